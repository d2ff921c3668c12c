package agentpost.infra.catalog;

import agentpost.infra.catalog.Catalog.SigningPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code rotation} and {@code signature}; the figures' reasons are in
 * docs/adr/0016-secrets.md.
 */
final class RotationReader {
  private static final String[] OF_ROTATION = {"every", "overlap"};

  /** Both sides read the secret where it is. */
  private static final SigningPolicy HOSTED =
      new SigningPolicy(false, Optional.of(Duration.ofDays(90)), Duration.ofHours(24));

  /** A person has to install it: when is for that person to say, and there is a week for it. */
  private static final SigningPolicy EXTERNAL =
      new SigningPolicy(false, Optional.empty(), Duration.ofDays(7));

  private RotationReader() {}

  /**
   * @param defaults the catalog's, if it has any
   */
  static SigningPolicy agent(YamlNode agent, Optional<YamlNode> defaults, boolean external) {
    SigningPolicy usual = external ? EXTERNAL : HOSTED;
    SigningPolicy keys =
        rotation(agent, defaults.map(section -> rotation(section, usual)).orElse(usual));
    if (agent.get("signature").isEmpty()) {
      return keys;
    }
    boolean ed25519 =
        agent
            .text("signature", "hmac or ed25519", List.of("hmac", "ed25519")::contains)
            .filter("ed25519"::equals)
            .isPresent();
    return new SigningPolicy(ed25519, keys.every(), keys.overlap());
  }

  static SigningPolicy processor(YamlNode processor, boolean external) {
    return rotation(processor, external ? EXTERNAL : HOSTED);
  }

  private static SigningPolicy rotation(YamlNode section, SigningPolicy otherwise) {
    if (section.get("rotation").isEmpty()) {
      return otherwise;
    }
    if (section.isOff("rotation", OF_ROTATION)) {
      return new SigningPolicy(otherwise.ed25519(), Optional.empty(), otherwise.overlap());
    }
    return section
        .section("rotation", OF_ROTATION)
        .map(keys -> check(keys, otherwise))
        .orElse(otherwise);
  }

  private static SigningPolicy check(YamlNode keys, SigningPolicy otherwise) {
    Optional<Duration> every =
        keys.get("every").isPresent()
            ? Optional.of(keys.duration("every", "2d", "1000d", Duration.ofDays(90)))
            : otherwise.every();
    Duration overlap = keys.duration("overlap", "1h", "90d", otherwise.overlap());
    every
        .filter(period -> !period.equals(Duration.ofDays(period.toDays())))
        .ifPresent(
            period ->
                keys.problems()
                    .add(
                        keys.pathOf("every")
                            + " must be whole days, as Secrets Manager has them; got "
                            + period.toHours()
                            + "h"));
    // Secrets Manager chooses the hour of the day, so the time between two rotations may be a day
    // shorter.
    every
        .filter(period -> overlap.compareTo(period.minusDays(1)) > 0)
        .ifPresent(
            period ->
                keys.problems()
                    .add(
                        keys.pathOf("overlap")
                            + " must be a day shorter than every, which is "
                            + period.toDays()
                            + "d; got "
                            + overlap.toHours()
                            + "h"));
    return new SigningPolicy(otherwise.ed25519(), every, overlap);
  }
}
