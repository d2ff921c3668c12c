package agentpost.infra.catalog;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.CatalogNode;
import agentpost.infra.catalog.Catalog.SigningPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Reads {@code rotation} and {@code signature}; the figures' reasons are in
 * docs/adr/0016-secrets.md.
 */
final class RotationReader {
  private static final String[] OF_ROTATION = {"interval", "overlap"};

  /** Both sides read the secret where it is. */
  private static final SigningPolicy HOSTED =
      new SigningPolicy(
          AgentSettings.DEFAULT_SIGNATURE, Optional.of(Duration.ofDays(90)), Duration.ofHours(24));

  /** A person has to install it: when is for that person to say, and there is a week for it. */
  private static final SigningPolicy EXTERNAL =
      new SigningPolicy(AgentSettings.DEFAULT_SIGNATURE, Optional.empty(), Duration.ofDays(7));

  private RotationReader() {}

  /**
   * @param defaults the catalog's, if it has any
   * @param signatures names of the schemes that there are
   */
  static SigningPolicy agent(
      CatalogNode agent,
      Optional<CatalogNode> defaults,
      boolean external,
      SortedSet<String> signatures) {
    SigningPolicy usual = external ? EXTERNAL : HOSTED;
    SigningPolicy keys =
        rotation(agent, defaults.map(section -> rotation(section, usual)).orElse(usual));
    return new SigningPolicy(
        agent.name("signature", signatures, keys.scheme()), keys.interval(), keys.overlap());
  }

  static SigningPolicy processor(CatalogNode processor, boolean external) {
    return rotation(processor, external ? EXTERNAL : HOSTED);
  }

  private static SigningPolicy rotation(CatalogNode section, SigningPolicy otherwise) {
    if (section.get("rotation").isEmpty()) {
      return otherwise;
    }
    if (section.isOff("rotation", OF_ROTATION)) {
      return new SigningPolicy(otherwise.scheme(), Optional.empty(), otherwise.overlap());
    }
    return section
        .section("rotation", OF_ROTATION)
        .map(keys -> check(keys, otherwise))
        .orElse(otherwise);
  }

  private static SigningPolicy check(CatalogNode keys, SigningPolicy otherwise) {
    Optional<Duration> interval =
        keys.get("interval").isPresent()
            ? Optional.of(keys.duration("interval", "2d", "1000d", Duration.ofDays(90)))
            : otherwise.interval();
    Duration overlap = keys.duration("overlap", "1h", "90d", otherwise.overlap());
    interval
        .filter(period -> !period.equals(Duration.ofDays(period.toDays())))
        .ifPresent(
            period ->
                keys.problems()
                    .add(
                        keys.pathOf("interval")
                            + " must be whole days, as Secrets Manager has them; got "
                            + period.toHours()
                            + "h"));
    // Secrets Manager chooses the hour of the day, so the time between two rotations may be a day
    // shorter.
    interval
        .filter(period -> overlap.compareTo(period.minusDays(1)) > 0)
        .ifPresent(
            period ->
                keys.problems()
                    .add(
                        keys.pathOf("overlap")
                            + " must be a day shorter than interval, which is "
                            + period.toDays()
                            + "d; got "
                            + overlap.toHours()
                            + "h"));
    return new SigningPolicy(otherwise.scheme(), interval, overlap);
  }
}
