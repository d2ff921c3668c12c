package agentpost.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * How dead letters that failed for a reason that passes go out by themselves; the figures' reasons
 * are in docs/adr/0024-recovery.md.
 *
 * @param initialBackoff after a probe that failed; doubled each time, up to {@code maxBackoff}
 */
public record RecoveryPolicy(Duration initialBackoff, Duration maxBackoff) {
  public static final RecoveryPolicy DEFAULT =
      new RecoveryPolicy(Duration.ofMinutes(1), Duration.ofMinutes(15));
  private static final String KEY = "recovery";
  private static final String[] KEYS = {"enabled", "initialBackoff", "maxBackoff"};

  public RecoveryPolicy {
    if (!initialBackoff.isPositive() || maxBackoff.compareTo(initialBackoff) < 0) {
      throw new IllegalArgumentException(
          "maxBackoff must be no shorter than initialBackoff, which is "
              + initialBackoff.toSeconds()
              + "s; got "
              + maxBackoff.toSeconds()
              + "s");
    }
  }

  /**
   * As the catalog writes it.
   *
   * @param otherwise what counts for a section without the key; nothing if it is off there
   */
  public static Optional<RecoveryPolicy> read(
      CatalogNode section, Optional<RecoveryPolicy> otherwise) {
    if (section.get(KEY).isEmpty()) {
      return otherwise;
    }
    if (section.isOff(KEY, KEYS)) {
      return Optional.empty();
    }
    RecoveryPolicy base = otherwise.orElse(DEFAULT);
    return section
        .section(KEY, KEYS)
        .flatMap(
            recovery -> {
              Duration initial =
                  recovery.duration("initialBackoff", "1m", "24h", base.initialBackoff());
              Duration max = recovery.duration("maxBackoff", "1m", "24h", base.maxBackoff());
              RecoveryPolicy policy = recovery.make(() -> new RecoveryPolicy(initial, max), base);
              return recovery.flag("enabled", otherwise.isPresent())
                  ? Optional.of(policy)
                  : Optional.empty();
            });
  }

  /** As a directory entry has it, with durations in seconds. */
  static Optional<RecoveryPolicy> fromEntry(CatalogNode entry) {
    return entry
        .section(KEY, KEYS)
        .flatMap(
            recovery -> {
              Duration initial = recovery.seconds("initialBackoff");
              Duration max = recovery.seconds("maxBackoff");
              RecoveryPolicy policy =
                  recovery.make(() -> new RecoveryPolicy(initial, max), DEFAULT);
              return recovery.flag("enabled") ? Optional.of(policy) : Optional.empty();
            });
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("enabled", true)
        .put("initialBackoff", initialBackoff.toSeconds())
        .put("maxBackoff", maxBackoff.toSeconds());
  }
}
