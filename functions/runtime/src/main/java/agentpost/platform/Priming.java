package agentpost.platform;

import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/**
 * Runs something once before SnapStart takes its snapshot, so that the classes and connections an
 * invocation needs are loaded and compiled in it: restored functions answer their first request in
 * half the time. What is run must leave nothing behind. Elsewhere than on Lambda there is no
 * checkpoint and nothing is run.
 */
public final class Priming implements Resource {
  private final Runnable rehearsal;

  private Priming(Runnable rehearsal) {
    this.rehearsal = rehearsal;
  }

  /**
   * The context holds what is registered by a weak reference: whoever asks for priming keeps this.
   */
  public static Priming with(Runnable rehearsal) {
    Priming priming = new Priming(rehearsal);
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
  public void afterRestore(Context<? extends Resource> context) {}
}
