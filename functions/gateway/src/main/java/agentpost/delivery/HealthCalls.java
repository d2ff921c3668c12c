package agentpost.delivery;

import agentpost.health.CircuitStore;
import agentpost.health.HealthTable;
import agentpost.platform.LogFields;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;

/** The table of health as deliveries call it: in the time that each has left, never in its way. */
final class HealthCalls {
  /** So long the table is not asked again after it did not answer, by this instance. */
  static final Duration TABLE_COOLDOWN = Duration.ofSeconds(5);

  /**
   * EventBridge hangs up at 5 s. What is left until then, with a little for the way back, is what a
   * call to the table may take,
   */
  private static final Duration DELIVERY_TIMEOUT = Duration.ofMillis(4_800);

  /**
   * up to this, so that the agent keeps most of it: the first call of an instance has a connection
   * to make.
   */
  private static final Duration MAX_CALL_TIMEOUT = Duration.ofSeconds(1);

  private static final Duration MIN_CALL_TIMEOUT = Duration.ofMillis(100);

  private final HealthTable table;
  private final Clock clock;
  private final DoubleSupplier jitter;
  private volatile Instant askAgain = Instant.MIN;

  HealthCalls(HealthTable table, Clock clock, DoubleSupplier jitter) {
    this.table = table;
    this.clock = clock;
    this.jitter = jitter;
  }

  OfDelivery since(Instant start) {
    return new OfDelivery(start);
  }

  /** Those of one delivery. */
  final class OfDelivery {
    private final Instant start;
    private LogFields fields = LogFields.NONE;

    private OfDelivery(Instant start) {
      this.start = start;
    }

    /** Nothing if the table did not answer, or not lately. */
    <T> Optional<T> call(Function<CircuitStore, T> call) {
      Instant now = clock.instant();
      if (now.isBefore(askAgain)) {
        return Optional.empty();
      }
      Duration left = DELIVERY_TIMEOUT.minus(Duration.between(start, now));
      Duration within =
          left.compareTo(MAX_CALL_TIMEOUT) > 0
              ? MAX_CALL_TIMEOUT
              : left.compareTo(MIN_CALL_TIMEOUT) < 0 ? MIN_CALL_TIMEOUT : left;
      try {
        return Optional.of(call.apply(new CircuitStore(table.withTimeout(within), jitter)));
      } catch (SdkException e) {
        askAgain = now.plus(TABLE_COOLDOWN);
        fields =
            LogFields.of(
                "health", "the table of health did not answer: " + e.getClass().getSimpleName());
        return Optional.empty();
      }
    }

    /** What the delivery's line in the log says of them. */
    LogFields fields() {
      return fields;
    }
  }
}
