package agentpost.health;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One agent's circuit as its row has it.
 *
 * @param failed deliveries of the current window that failed
 * @param seen deliveries of the current window that are known of: those, and the successes that were reported with them
 * @param open nothing while it is closed
 * @param closedAt when it last closed
 */
public record Circuit(long failed, long seen, Optional<Open> open, Optional<Instant> closedAt) {
  public static final Circuit CLOSED = new Circuit(0, 0, Optional.empty(), Optional.empty());

  /**
   * @param since when it tripped
   * @param until when the next probe may be made
   * @param time how long this opening lasts
   * @param probeUntil until when someone else's probe holds it, by the wall's clock
   */
  public record Open(Instant since, Instant until, Duration time, Optional<Instant> probeUntil) {}

  public static Circuit of(Map<String, AttributeValue> row) {
    return new Circuit(
        HealthTable.number(row, "failed_count").orElse(0L),
        HealthTable.number(row, "seen_count").orElse(0L),
        HealthTable.at(row, "open_until")
            .map(
                until ->
                    new Open(
                        HealthTable.at(row, "opened_at").orElse(until),
                        until,
                        Duration.ofMillis(HealthTable.number(row, "open_millis").orElse(0L)),
                        HealthTable.at(row, "probe_until"))),
        HealthTable.at(row, "closed_at"));
  }

  /** As many of the window have failed as trip it, even if the window has grown beyond {@code of}: then by their share. */
  boolean trips(int failures, int of) {
    return failed >= failures && failed * of >= seen * failures;
  }
}
