package agentpost.infra.catalog;

import agentpost.infra.catalog.Catalog.Breaker;
import agentpost.infra.catalog.Catalog.Recovery;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads {@code breaker} and {@code recovery}; the figures' reasons are in
 * docs/adr/0011-breaker-and-recovery.md and 0024-recovery.md.
 */
final class ResilienceReader {
  static final Breaker BREAKER =
      new Breaker(5, 10, Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofMinutes(10));
  static final Recovery RECOVERY = new Recovery(Duration.ofMinutes(1), Duration.ofMinutes(15));
  private static final String[] OF_BREAKER = {"failures", "of", "within", "open", "longest"};
  private static final String[] OF_RECOVERY = {"auto", "wait", "longest"};

  /** More of the last deliveries than that are no longer the last ones. */
  private static final int MAX_SAMPLE_SIZE = 100;

  private ResilienceReader() {}

  /**
   * @param otherwise what counts for a section without the key; nothing if it is off there
   */
  static Optional<Breaker> breaker(YamlNode section, Optional<Breaker> otherwise) {
    if (section.get("breaker").isEmpty()) {
      return otherwise;
    }
    if (section.isOff("breaker", OF_BREAKER)) {
      return Optional.empty();
    }
    Breaker base = otherwise.orElse(BREAKER);
    Optional<YamlNode> keys = section.section("breaker", OF_BREAKER);
    return keys.map(
        breaker ->
            check(
                breaker,
                new Breaker(
                    breaker.integer("failures", 1, MAX_SAMPLE_SIZE, base.failures()),
                    breaker.integer("of", 1, MAX_SAMPLE_SIZE, base.of()),
                    breaker.duration("within", "1m", "24h", base.within()),
                    breaker.duration("open", "5s", "1h", base.open()),
                    breaker.duration("longest", "5s", "24h", base.longest()))));
  }

  private static Breaker check(YamlNode keys, Breaker breaker) {
    if (breaker.failures() > breaker.of()) {
      keys.problems()
          .add(
              keys.pathOf("failures")
                  + " must be no more than of, which is "
                  + breaker.of()
                  + "; got "
                  + breaker.failures());
    }
    if (breaker.longest().compareTo(breaker.open()) < 0) {
      keys.problems()
          .add(
              keys.pathOf("longest")
                  + " must be no shorter than open, which is "
                  + breaker.open().toSeconds()
                  + "s; got "
                  + breaker.longest().toSeconds()
                  + "s");
    }
    return breaker;
  }

  /**
   * @param otherwise as of {@link #breaker}
   */
  static Optional<Recovery> recovery(YamlNode section, Optional<Recovery> otherwise) {
    if (section.get("recovery").isEmpty()) {
      return otherwise;
    }
    if (section.isOff("recovery", OF_RECOVERY)) {
      return Optional.empty();
    }
    Recovery base = otherwise.orElse(RECOVERY);
    Optional<YamlNode> keys = section.section("recovery", OF_RECOVERY);
    Optional<Recovery> recovery =
        keys.map(
            found ->
                check(
                    found,
                    new Recovery(
                        found.duration("wait", "1m", "24h", base.first()),
                        found.duration("longest", "1m", "24h", base.longest()))));
    boolean auto = keys.map(found -> found.flag("auto", otherwise.isPresent())).orElse(false);
    return auto ? recovery : Optional.empty();
  }

  private static Recovery check(YamlNode keys, Recovery recovery) {
    if (recovery.longest().compareTo(recovery.first()) < 0) {
      keys.problems()
          .add(
              keys.pathOf("longest")
                  + " must be no shorter than wait, which is "
                  + recovery.first().toSeconds()
                  + "s; got "
                  + recovery.longest().toSeconds()
                  + "s");
    }
    return recovery;
  }
}
