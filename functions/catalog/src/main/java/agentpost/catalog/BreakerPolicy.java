package agentpost.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * When an agent is not asked for a while; the figures' reasons are in
 * docs/adr/0011-breaker-and-recovery.md.
 *
 * @param failureThreshold failures among the last {@code windowSize} deliveries, none longer ago
 *     than {@code window}
 * @param openDuration at first; doubled each time that a probe fails, up to {@code maxOpenDuration}
 */
public record BreakerPolicy(
    int failureThreshold,
    int windowSize,
    Duration window,
    Duration openDuration,
    Duration maxOpenDuration) {
  public static final BreakerPolicy DEFAULT =
      new BreakerPolicy(
          5, 10, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10));
  private static final String KEY = "breaker";
  private static final String[] KEYS = {
    "failureThreshold", "windowSize", "window", "openDuration", "maxOpenDuration"
  };

  /** More of the last deliveries than that are no longer the last ones. */
  private static final int MAX_WINDOW_SIZE = 100;

  public BreakerPolicy {
    if (failureThreshold < 1 || windowSize < failureThreshold) {
      throw new IllegalArgumentException(
          "failureThreshold must be no more than windowSize, which is "
              + windowSize
              + "; got "
              + failureThreshold);
    }
    if (!window.isPositive()
        || !openDuration.isPositive()
        || maxOpenDuration.compareTo(openDuration) < 0) {
      throw new IllegalArgumentException(
          "maxOpenDuration must be no shorter than openDuration, which is "
              + openDuration.toSeconds()
              + "s; got "
              + maxOpenDuration.toSeconds()
              + "s");
    }
  }

  /**
   * As the catalog writes it.
   *
   * @param otherwise what counts for a section without the key; nothing if it is off there
   */
  public static Optional<BreakerPolicy> read(
      CatalogNode section, Optional<BreakerPolicy> otherwise) {
    if (section.get(KEY).isEmpty()) {
      return otherwise;
    }
    if (section.isOff(KEY, KEYS)) {
      return Optional.empty();
    }
    BreakerPolicy base = otherwise.orElse(DEFAULT);
    return section
        .section(KEY, KEYS)
        .map(
            breaker -> {
              int threshold =
                  breaker.integer("failureThreshold", 1, MAX_WINDOW_SIZE, base.failureThreshold());
              int size = breaker.integer("windowSize", 1, MAX_WINDOW_SIZE, base.windowSize());
              Duration window = breaker.duration("window", "1m", "24h", base.window());
              Duration open = breaker.duration("openDuration", "5s", "1h", base.openDuration());
              Duration maxOpen =
                  breaker.duration("maxOpenDuration", "5s", "24h", base.maxOpenDuration());
              return breaker.make(
                  () -> new BreakerPolicy(threshold, size, window, open, maxOpen), base);
            });
  }

  /** As a directory entry has it, with durations in seconds. */
  static Optional<BreakerPolicy> fromEntry(CatalogNode entry) {
    return entry
        .section(KEY, KEYS)
        .map(
            breaker -> {
              int threshold = breaker.integer("failureThreshold", 1);
              int size = breaker.integer("windowSize", 1);
              Duration window = breaker.seconds("window");
              Duration open = breaker.seconds("openDuration");
              Duration maxOpen = breaker.seconds("maxOpenDuration");
              return breaker.make(
                  () -> new BreakerPolicy(threshold, size, window, open, maxOpen), DEFAULT);
            });
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("failureThreshold", failureThreshold)
        .put("windowSize", windowSize)
        .put("window", window.toSeconds())
        .put("openDuration", openDuration.toSeconds())
        .put("maxOpenDuration", maxOpenDuration.toSeconds());
  }
}
