package agentpost.delivery;

import agentpost.health.HealthTable;
import agentpost.platform.Platform;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * The webhooks of others. Before the first event its owner is asked, by a signed challenge, whether
 * it wants events at this URL; after a 410 it is left alone (ADR 15). What is posted goes by the
 * {@link AddressGuard}.
 */
final class ExternalAgents {
  /**
   * @param clock the wall's, for signatures and leases
   * @param deadlines for waits
   * @param jitter from 0 to 1
   */
  record Parts(
      GuardedPost post, HealthTable table, Clock clock, Clock deadlines, DoubleSupplier jitter) {}

  private final Parts parts;
  private final ConsentCache cache = new ConsentCache();

  ExternalAgents(
      GuardedPost post, HealthTable table, Clock clock, Clock deadlines, DoubleSupplier jitter) {
    this.parts = new Parts(post, table, clock, deadlines, jitter);
  }

  static ExternalAgents from(Platform platform) {
    return new ExternalAgents(
        GuardedPost.from(platform),
        HealthTable.from(platform),
        platform.clock(),
        platform.deadlines(),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  /** An attempt that is to be made. */
  ExternalDelivery begin(ExternalDelivery.Target target) {
    return new ExternalDelivery(parts, cache, target);
  }
}
