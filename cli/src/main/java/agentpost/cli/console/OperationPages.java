package agentpost.cli.console;

import agentpost.cli.operations.OperationView;
import agentpost.cli.operations.OperationsOptions;
import agentpost.cli.terminal.DurationText;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Long work: what is open and until when, and what has ended how. */
final class OperationPages {
  private static final int MAX_SHOWN = 200;

  private final OperationsOptions place;

  OperationPages(OperationsOptions place) {
    this.place = place;
  }

  record Row(
      String id,
      String kind,
      String state,
      String agent,
      String purpose,
      String processor,
      int attempt,
      String age,
      Times deadline,
      String remaining,
      String correlationLink,
      String endLink,
      String error) {}

  List<OperationView> findAll() {
    return place.stacks().contains(place.prefix()) ? place.findAll() : List.of();
  }

  View list(PageRequest page) {
    Instant now = place.now();
    List<OperationView> all =
        findAll().stream()
            .sorted(
                Comparator.comparing(OperationView::isOpen)
                    .thenComparing(OperationView::startedAt)
                    .reversed())
            .toList();
    return new View.Html(
        "operations",
        "Operations",
        "operations",
        Map.of(
            "rows", all.stream().limit(MAX_SHOWN).map(one -> row(one, now)).toList(),
            "empty", all.isEmpty(),
            "more", all.size() > MAX_SHOWN ? Integer.toString(all.size() - MAX_SHOWN) : ""));
  }

  private static Row row(OperationView one, Instant now) {
    return new Row(
        one.id(),
        one.isOpen() ? "wait" : one.state().equals("COMPLETED") ? "ok" : "bad",
        one.state(),
        one.agent(),
        one.purpose(),
        one.processor(),
        one.attempt(),
        DurationText.of(one.age(now)),
        Times.of(one.deadline()),
        one.remaining(now),
        Links.to("correlation", "id", one.correlationId()),
        one.isOpen() ? Links.to("completion", "id", one.id()) : "",
        one.error().orElse(""));
  }
}
