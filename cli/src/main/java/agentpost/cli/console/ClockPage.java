package agentpost.cli.console;

import agentpost.cli.operations.OperationView;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.DurationText;
import agentpost.local.LocalCloud;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The cloud's clock, which can be set forward to what is due next. */
final class ClockPage {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LocalCloud cloud;
  private final DeliveryHistory history;
  private final OperationPages operations;

  ClockPage(LocalCloud cloud, DeliveryHistory history, OperationPages operations) {
    this.cloud = cloud;
    this.history = history;
    this.operations = operations;
  }

  /**
   * @param what is due
   */
  record Step(Instant at, String what) {}

  View handle(PageRequest page) {
    Optional<Step> next = nextStep();
    if (page.isPost()) {
      next.ifPresent(this::skip);
      return new View.Redirect(Links.to("clock"));
    }
    Instant now = cloud.now();
    return new View.Html(
        "clock",
        "Clock",
        "clock",
        Map.of(
            "due", next.map(step -> Times.of(step.at())),
            "what", next.map(Step::what).orElse(""),
            "left",
                next.map(step -> DurationText.of(Duration.between(now, step.at()))).orElse("")));
  }

  private Optional<Step> nextStep() {
    Stream<Step> attempt =
        history.nextDue().stream().map(at -> new Step(at, "the next attempt of a delivery"));
    Stream<Step> deadlines =
        operations.findAll().stream()
            .filter(OperationView::isOpen)
            .map(
                one -> new Step(one.deadline(), "the deadline of " + one.agent() + "'s operation"));
    return Stream.concat(attempt, deadlines).min((one, other) -> one.at().compareTo(other.at()));
  }

  private void skip(Step step) {
    Duration by = Duration.between(cloud.now(), step.at());
    if (!by.isNegative()) {
      try {
        cloud.advance(by, PATIENCE);
      } catch (IllegalStateException e) {
        throw new CommandFailure("the clock stopped on its way: " + e.getMessage());
      }
    }
    history.touch();
  }
}
