package agentpost.leads;

import agentpost.event.Event;
import agentpost.metrics.MetricLine;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Turns what happens to leads and new users into CloudWatch metrics, one line an event. A crash
 * between the line and the claim counts an event twice, which CloudWatch does now and then itself
 * (it promises "at least once"): these are for graphs, not for accounts.
 */
final class MetricsAgent implements Agent {
  /** CloudWatch drops values of more than two weeks ago or two hours ahead (PutMetricData). */
  private static final Duration MAX_AGE = Duration.ofDays(14);

  private static final Duration MAX_FUTURE_SKEW = Duration.ofHours(2);

  /** What leads' sources begin with; all others are one. */
  private static final List<String> SOURCES =
      List.of("demo_request", "webinar", "partner", "marketing_campaign", "fair", "referral");

  private final String bus;
  private final Consumer<String> log;
  private final Clock clock;

  /**
   * @param bus the bus's name, which is the stage's: two stages in one account do not mix
   */
  MetricsAgent(String bus, Consumer<String> log, Clock clock) {
    this.bus = bus;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "lead.captured" ->
          count(
              event,
              line(event, Map.of("Source", source(Lead.of(event))))
                  .metric("LeadsCaptured", 1, "Count"));
      case "lead.qualified" ->
          count(event, scoreMetric(event).metric("LeadsQualified", 1, "Count"));
      case "lead.disqualified" ->
          count(event, scoreMetric(event).metric("LeadsDisqualified", 1, "Count"));
      case "demo.scheduled" -> count(event, demo(event));
      case "onboarding.completed" ->
          count(
              event,
              line(event, Map.of())
                  .metric(
                      "OnboardingTime",
                      Math.round(event.data().path("took_seconds").asDouble()),
                      "Seconds"));
      default -> new Outcome.Refused("this agent does not know " + event.type());
    };
  }

  private Outcome count(Event event, MetricLine line) {
    if (event.timestamp().isBefore(clock.instant().minus(MAX_AGE))
        || event.timestamp().isAfter(clock.instant().plus(MAX_FUTURE_SKEW))) {
      return new Outcome.Done(List.of(), "CloudWatch takes no value of " + event.timestamp());
    }
    log.accept(
        line.property("event_id", event.id().value())
            .property("correlation_id", event.metadata().correlationId().value())
            .text());
    return new Outcome.Done(List.of(), "counted " + event.type());
  }

  private MetricLine scoreMetric(Event event) {
    return line(event, Map.of()).metric("LeadScore", event.data().path("score").asLong(), "None");
  }

  private MetricLine demo(Event event) {
    OffsetDateTime starts = event.time("starts_at");
    return line(event, Map.of())
        .metric("DemosScheduled", 1, "Count")
        .metric(
            "DemoWait",
            Math.max(0, Duration.between(event.timestamp(), starts.toInstant()).toSeconds()),
            "Seconds")
        .metric("BookingAttempts", event.data().path("attempt").asInt(1), "Count");
  }

  private MetricLine line(Event event, Map<String, String> more) {
    LinkedHashMap<String, String> dimensions = new LinkedHashMap<>();
    dimensions.put("Bus", bus);
    dimensions.putAll(more);
    return new MetricLine(event.timestamp(), dimensions);
  }

  private static String source(Lead lead) {
    return SOURCES.stream().filter(lead.source()::startsWith).findFirst().orElse("other");
  }
}
