package agentpost.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * When an agent is not asked for a while; the figures' reasons are in
 * docs/adr/0011-breaker-and-recovery.md.
 *
 * @param failures of the last {@code of} deliveries, none longer ago than {@code within}
 * @param open how long, at first; twice as long each time that a probe fails, up to {@code longest}
 */
public record BreakerPolicy(
    int failures, int of, Duration within, Duration open, Duration longest) {
  public static final BreakerPolicy DEFAULT =
      new BreakerPolicy(
          5, 10, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10));
  private static final String KEY = "breaker";
  private static final String[] KEYS = {"failures", "of", "within", "open", "longest"};

  /** More of the last deliveries than that are no longer the last ones. */
  private static final int MAX_SAMPLE_SIZE = 100;

  public BreakerPolicy {
    if (failures < 1 || of < failures) {
      throw new IllegalArgumentException(
          "failures must be no more than of, which is " + of + "; got " + failures);
    }
    if (!within.isPositive() || !open.isPositive() || longest.compareTo(open) < 0) {
      throw new IllegalArgumentException(
          "longest must be no shorter than open, which is "
              + open.toSeconds()
              + "s; got "
              + longest.toSeconds()
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
              int failures = breaker.integer("failures", 1, MAX_SAMPLE_SIZE, base.failures());
              int of = breaker.integer("of", 1, MAX_SAMPLE_SIZE, base.of());
              Duration within = breaker.duration("within", "1m", "24h", base.within());
              Duration open = breaker.duration("open", "5s", "1h", base.open());
              Duration longest = breaker.duration("longest", "5s", "24h", base.longest());
              return breaker.make(
                  () -> new BreakerPolicy(failures, of, within, open, longest), base);
            });
  }

  /** As a directory entry has it, with durations in seconds. */
  static Optional<BreakerPolicy> fromEntry(CatalogNode entry) {
    return entry
        .section(KEY, KEYS)
        .map(
            breaker -> {
              int failures = breaker.integer("failures", 1);
              int of = breaker.integer("of", 1);
              Duration within = breaker.seconds("within");
              Duration open = breaker.seconds("open");
              Duration longest = breaker.seconds("longest");
              return breaker.make(
                  () -> new BreakerPolicy(failures, of, within, open, longest), DEFAULT);
            });
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("failures", failures)
        .put("of", of)
        .put("within", within.toSeconds())
        .put("open", open.toSeconds())
        .put("longest", longest.toSeconds());
  }
}
