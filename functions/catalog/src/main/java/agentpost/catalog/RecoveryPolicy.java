package agentpost.catalog;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * How dead letters that failed for a reason that passes go out by themselves; the figures' reasons
 * are in docs/adr/0024-recovery.md.
 *
 * @param first wait after a probe that failed; doubled each time, up to {@code longest}
 */
public record RecoveryPolicy(Duration first, Duration longest) {
  public static final RecoveryPolicy DEFAULT =
      new RecoveryPolicy(Duration.ofMinutes(1), Duration.ofMinutes(15));
  private static final String KEY = "recovery";
  private static final String[] KEYS = {"auto", "wait", "longest"};

  public RecoveryPolicy {
    if (!first.isPositive() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "longest must be no shorter than wait, which is "
              + first.toSeconds()
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
              Duration first = recovery.duration("wait", "1m", "24h", base.first());
              Duration longest = recovery.duration("longest", "1m", "24h", base.longest());
              RecoveryPolicy policy = recovery.make(() -> new RecoveryPolicy(first, longest), base);
              return recovery.flag("auto", otherwise.isPresent())
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
              Duration first = recovery.seconds("wait");
              Duration longest = recovery.seconds("longest");
              RecoveryPolicy policy =
                  recovery.make(() -> new RecoveryPolicy(first, longest), DEFAULT);
              return recovery.flag("auto") ? Optional.of(policy) : Optional.empty();
            });
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("auto", true)
        .put("wait", first.toSeconds())
        .put("longest", longest.toSeconds());
  }
}
