package agentpost.publish;

import agentpost.event.Event;
import agentpost.metrics.MetricLine;
import java.time.Clock;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Ends loops of agents that answer each other: what has come through too many of them is not
 * published. Such an event is as refused as one that is too large, so its cause becomes a dead
 * letter of the agent that answered.
 */
public final class HopLimit implements Publisher {
  /**
   * After as many invocations Lambda ends loops of its own functions
   * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html); it sees none that go
   * through EventBridge.
   */
  public static final int MAX_HOPS = 16;

  private final Publisher publisher;
  private final String bus;
  private final Clock clock;
  private final Consumer<String> log;

  /**
   * @param publisher takes what is within the limit
   */
  public HopLimit(Publisher publisher, String bus, Clock clock, Consumer<String> log) {
    this.publisher = publisher;
    this.bus = bus;
    this.clock = clock;
    this.log = log;
  }

  @Override
  public Publication publish(List<Event> events) {
    List<Event> beyond =
        events.stream().filter(event -> event.metadata().hops() > MAX_HOPS).toList();
    if (beyond.isEmpty()) {
      return publisher.publish(events);
    }
    for (Event event : beyond) {
      SequencedMap<String, String> dimensions = new TreeMap<>();
      dimensions.put("Agent", event.metadata().sourceService());
      dimensions.put("Bus", bus);
      log.accept(
          MetricLine.withoutTotals(clock.instant(), dimensions)
              .metric("HopLimitReached", 1, "Count")
              .property("event_type", event.type())
              .property("correlation_id", event.metadata().correlationId().value())
              .text());
    }
    return new Publication.Failed(
        beyond.stream()
            .map(
                event ->
                    event.type()
                        + " would be hop "
                        + event.metadata().hops()
                        + " from the first event, and at most "
                        + MAX_HOPS
                        + " are published; do agents answer each other? ./agentpost agents graph"
                        + " shows loops")
            .toList(),
        true);
  }
}
