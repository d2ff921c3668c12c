package agentpost.cli.console;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The timeline: the last events with their deliveries, and one correlation's as a tree. */
final class TimelinePages {
  private static final int PAGE_SIZE = 50;
  private static final int MAX_TREE = 500;

  private final DeliveryHistory history;

  TimelinePages(DeliveryHistory history) {
    this.history = history;
  }

  /**
   * @param correlation empty if the event has none
   */
  record Row(
      String anchor,
      Times at,
      String type,
      String id,
      String link,
      String correlation,
      String correlationLink,
      String puts,
      List<DeliveryRow> deliveries) {
    static Row of(DeliveryHistory.Event event) {
      return new Row(
          "event-" + event.number(),
          Times.of(event.at()),
          event.type(),
          event.id(),
          Links.event(event.id()),
          event.correlationId(),
          Links.to("correlation", "id", event.correlationId()),
          event.puts() == 1 ? "" : event.puts() + "×",
          event.deliveries().stream()
              .filter(delivery -> !delivery.isRecordOnly())
              .map(DeliveryRow::of)
              .toList());
    }
  }

  /** An event and those that it caused. */
  record Node(Row event, List<Node> children) {
    boolean hasChildren() {
      return !children.isEmpty();
    }
  }

  View list(PageRequest page) {
    String before = page.query("before");
    String search = page.query("q").strip();
    long from = before.matches("[0-9]{1,18}") ? Long.parseLong(before) : Long.MAX_VALUE;
    List<DeliveryHistory.Event> events = history.page(from, PAGE_SIZE + 1, matching(search));
    boolean hasOlder = events.size() > PAGE_SIZE;
    List<DeliveryHistory.Event> shown = events.subList(0, Math.min(PAGE_SIZE, events.size()));
    return new View.Html(
        "timeline",
        "Timeline",
        "",
        Map.of(
            "rows", shown.stream().map(Row::of).toList(),
            "empty", shown.isEmpty(),
            "search", search,
            "searched", !search.isEmpty(),
            "count", history.count(),
            "newest", Links.to("", "q", search),
            "paged", !before.isEmpty(),
            "older",
                hasOlder
                    ? Links.to("", "q", search, "before", Long.toString(shown.getLast().number()))
                    : ""));
  }

  private static Predicate<DeliveryHistory.Event> matching(String search) {
    if (search.isEmpty()) {
      return _ -> true;
    }
    String wanted = search.toLowerCase(Locale.ROOT);
    return event ->
        event.type().toLowerCase(Locale.ROOT).contains(wanted)
            || event.id().toLowerCase(Locale.ROOT).contains(wanted)
            || event.correlationId().toLowerCase(Locale.ROOT).contains(wanted)
            || event.deliveries().stream().anyMatch(one -> one.agent().contains(wanted));
  }

  View correlation(PageRequest page) {
    String id = page.query("id");
    List<DeliveryHistory.Event> events =
        history
            .page(Long.MAX_VALUE, MAX_TREE, event -> event.correlationId().equals(id))
            .reversed();
    return new View.Html(
        "correlation",
        "Who caused what",
        "",
        Map.of("id", id, "empty", events.isEmpty() || id.isEmpty(), "nodes", tree(events)));
  }

  /** Below its cause stands what is not its own cause in turn. */
  private static List<Node> tree(List<DeliveryHistory.Event> events) {
    Map<String, List<DeliveryHistory.Event>> byCause = new LinkedHashMap<>();
    Set<String> ids = new HashSet<>();
    events.forEach(event -> ids.add(event.id()));
    List<DeliveryHistory.Event> roots = new ArrayList<>();
    for (DeliveryHistory.Event event : events) {
      if (ids.contains(event.causationId())) {
        byCause.computeIfAbsent(event.causationId(), _ -> new ArrayList<>()).add(event);
      } else {
        roots.add(event);
      }
    }
    Set<String> placed = new HashSet<>();
    List<Node> nodes = new ArrayList<>();
    roots.forEach(event -> nodes.add(node(event, byCause, placed)));
    // What claims to be caused by itself has no root.
    for (DeliveryHistory.Event event : events) {
      if (!placed.contains(event.id())) {
        nodes.add(node(event, byCause, placed));
      }
    }
    return nodes;
  }

  private static Node node(
      DeliveryHistory.Event event,
      Map<String, List<DeliveryHistory.Event>> byCause,
      Set<String> placed) {
    placed.add(event.id());
    List<Node> children = new ArrayList<>();
    for (DeliveryHistory.Event child : byCause.getOrDefault(event.id(), List.of())) {
      if (!placed.contains(child.id())) {
        children.add(node(child, byCause, placed));
      }
    }
    return new Node(Row.of(event), children);
  }
}
