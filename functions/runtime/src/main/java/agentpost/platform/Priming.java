package agentpost.platform;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;

import agentpost.metrics.MetricLine;
import java.util.Map;
import java.util.TreeMap;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Runs something once before SnapStart takes its snapshot, so that the classes and connections an
 * invocation needs are loaded and compiled in it: restored functions answer their first request in
 * half the time. What is run must leave nothing behind. Each restored environment is counted as a
 * cold start. Elsewhere than on Lambda there is no checkpoint and nothing is run.
 */
public final class Priming implements Resource {
  private final Platform platform;
  private final String bus;
  private final Runnable rehearsal;

  private Priming(Platform platform, Runnable rehearsal) {
    this.platform = platform;
    this.bus = Environment.require(platform.environment(), BUS_NAME).get(BUS_NAME);
    this.rehearsal = rehearsal;
  }

  /**
   * The context holds what is registered by a weak reference: whoever asks for priming keeps this.
   */
  public static Priming with(Platform platform, Runnable rehearsal) {
    Priming priming = new Priming(platform, rehearsal);
    Core.getGlobalContext().register(priming);
    return priming;
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    rehearsal.run();
  }

  /**
   * Nothing to refresh: caches age by the clock, credentials and connections by the SDK, and the
   * JVM's random numbers by Lambda.
   */
  @Override
  public void afterRestore(Context<? extends Resource> context) {
    platform
        .log()
        .accept(
            new MetricLine(platform.clock().instant(), new TreeMap<>(Map.of("Bus", bus)))
                .metric("ColdStarts", 1, "Count")
                .text());
  }
}
