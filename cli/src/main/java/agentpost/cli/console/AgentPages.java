package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.agents.AgentView;
import agentpost.cli.agents.AgentsOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.local.eventbridge.delivery.PendingDelivery;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.Rule;

/** How agents are, what they subscribed to, and buttons that break them. */
final class AgentPages {
  private final AgentsOptions place;
  private final AgentFaults faults;
  private final DeliveryHistory history;
  private final AnswerTimes times;
  private final Supplier<List<PendingDelivery>> pending;

  /**
   * @param pending deliveries that are neither made nor given up
   */
  AgentPages(
      AgentsOptions place,
      AgentFaults faults,
      DeliveryHistory history,
      AnswerTimes times,
      Supplier<List<PendingDelivery>> pending) {
    this.place = place;
    this.faults = faults;
    this.history = history;
    this.times = times;
    this.pending = pending;
  }

  /**
   * @param underWay events whose first attempt is not over
   * @param fault that the console has it have; empty if it has none
   * @param deliveries what its owner said to them, if anybody asked
   */
  record Row(
      String name,
      String link,
      String where,
      String circuit,
      String rate,
      String answers,
      String underWay,
      String retrying,
      String letters,
      String lettersLink,
      String deliveries,
      String events,
      String fault) {}

  View list(PageRequest page) {
    if (page.isPost()) {
      return change(page);
    }
    List<Row> rows = rows();
    return new View.Html(
        "agents",
        "Agents",
        "agents",
        Map.of("rows", rows, "empty", rows.isEmpty(), "stack", place.prefix()));
  }

  private List<Row> rows() {
    if (!place.stacks().contains(place.prefix())) {
      return List.of();
    }
    Map<String, JsonNode> patterns = patterns();
    Map<String, Long> underWay =
        pending.get().stream()
            .filter(delivery -> delivery.attemptsMade() == 0)
            .collect(Collectors.groupingBy(PendingDelivery::rule, Collectors.counting()));
    return AgentView.findAll(place).stream()
        .map(
            agent ->
                row(
                    agent,
                    underWay.getOrDefault(place.names().agent(agent.name()), 0L),
                    Optional.ofNullable(patterns.get(agent.name()))))
        .toList();
  }

  private Row row(AgentView agent, long underWay, Optional<JsonNode> pattern) {
    Optional<AnswerTimes.Summary> answers = times.of(place.names().agent(agent.name()));
    return new Row(
        agent.name(),
        Links.to("agent", "name", agent.name()),
        agent.place(),
        agent.circuit(),
        answers.map(AnswerTimes.Summary::lastMinute).orElse(0) + " answers in the last minute",
        answers.map(AgentPages::describe).orElse(""),
        Long.toString(underWay),
        agent.retrying().map(String::valueOf).orElse("?"),
        agent.letters().map(String::valueOf).orElse("-"),
        Links.to("dead-letters", "agent", agent.name()),
        agent.state().orElse(""),
        pattern
            .map(
                one ->
                    one.path("detail-type")
                        .valueStream()
                        .map(type -> type.isTextual() ? type.asText() : type.toString())
                        .collect(Collectors.joining(", ")))
            .orElse(""),
        faults.of(agent.name()).map(AgentFaults.Fault::label).orElse(""));
  }

  private static String describe(AnswerTimes.Summary answers) {
    return "p50 "
        + answers.median().toMillis()
        + " ms, p95 "
        + answers.p95().toMillis()
        + " ms, of "
        + answers.count();
  }

  /** Of the rules that are there now, by agent. */
  private Map<String, JsonNode> patterns() {
    String prefix = place.names().partPrefix();
    return place.withClient(
        EventBridgeClient.builder(),
        client -> {
          Map<String, JsonNode> patterns = new TreeMap<>();
          for (Rule rule :
              client
                  .listRules(list -> list.eventBusName(place.prefix()).namePrefix(prefix))
                  .rules()) {
            if (rule.eventPattern() != null
                && Json.parse(rule.eventPattern().getBytes(UTF_8))
                    instanceof Json.Parsed.Read(var pattern)) {
              patterns.put(rule.name().substring(prefix.length()), pattern);
            }
          }
          return patterns;
        });
  }

  View show(PageRequest page) {
    String name = page.isPost() ? page.field("name") : page.query("name");
    Optional<Row> found = rows().stream().filter(row -> row.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      return View.message(
          404, "No such agent", "The catalog has no agent " + name + "; Agents lists them all.");
    }
    Optional<JsonNode> pattern = Optional.ofNullable(patterns().get(name));
    String text =
        page.isPost() ? page.field("envelope") : history.envelope(page.query("event")).orElse("");
    Map<String, Object> model = new HashMap<>();
    model.put("row", found.get());
    model.put("pattern", pattern.map(JsonNode::toPrettyString).orElse(""));
    model.put("text", text);
    model.put("recent", recent(name));
    model.put("checked", false);
    model.put("matches", false);
    model.put("problem", "");
    model.put("conditions", List.of());
    if (!text.isEmpty() && pattern.isPresent()) {
      check(text, pattern.get(), model);
    }
    return new View.Html("agent", name, "agents", model);
  }

  private static void check(String text, JsonNode pattern, Map<String, Object> model) {
    switch (Json.parse(text.getBytes(UTF_8))) {
      case Json.Parsed.NotJson(var why) -> model.put("problem", "The event " + why);
      case Json.Parsed.Read(var envelope) -> {
        ObjectNode event =
            JsonNodeFactory.instance
                .objectNode()
                .put("source", envelope.path("metadata").path("source_service").asText())
                .put("detail-type", envelope.path("event_type").asText());
        event.set("detail", envelope);
        model.put("checked", true);
        model.put("matches", PatternCheck.matches(pattern, event));
        model.put("conditions", PatternCheck.explain(pattern, event));
      }
    }
  }

  private List<TimelinePages.Row> recent(String agent) {
    return history
        .page(
            Long.MAX_VALUE,
            5,
            event -> event.deliveries().stream().anyMatch(one -> one.agent().equals(agent)))
        .stream()
        .map(TimelinePages.Row::of)
        .toList();
  }

  private View change(PageRequest page) {
    String name = page.field("name");
    JsonNode entry = CatalogDirectory.read(place, place.names().agentDirectory()).get(name);
    if (entry == null) {
      throw new CommandFailure("the catalog has no agent " + name);
    }
    Optional<AgentFaults.Fault> fault =
        Stream.of(AgentFaults.Fault.values())
            .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(page.field("fault")))
            .findFirst();
    if (fault.isPresent()) {
      faults.begin(
          name,
          entry.has("external")
              ? Optional.of(URI.create(entry.path("endpoint").asText()))
              : Optional.empty(),
          fault.get());
    } else {
      faults.end(name);
    }
    history.touch();
    return new View.Redirect(
        page.field("back").equals("agent") ? Links.to("agent", "name", name) : Links.to("agents"));
  }
}
