package agentpost.local.nothinglost;

import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Calls to a store as they are over a network, through an SDK: not answered now and then, answered
 * but not heard, or made twice.
 */
final class UnreliableStore {
  /** What a call does at the store, at one moment. */
  @FunctionalInterface
  interface Effect<T> {
    T happens();
  }

  private final Simulation simulation;

  UnreliableStore(Simulation simulation) {
    this.simulation = simulation;
  }

  /**
   * @param what for the journal, as in {@code claim}
   */
  <T> T call(String what, Effect<T> effect) {
    return simulation.step(what, () -> now(what, effect));
  }

  private synchronized <T> T now(String what, Effect<T> effect) {
    if (simulation.actor().isEmpty() || !simulation.strikes(simulation.rates().store())) {
      return effect.happens();
    }
    switch (simulation.dice().nextInt(3)) {
      case 0 -> throw failed("unavailable", what);
      case 1 -> {
        effect.happens();
        throw failed("answer lost", what);
      }
      default -> {
        // The answer to the first was lost, so the SDK made the call again.
        simulation.journal().count("store: made twice: " + what);
        simulation.tell(() -> what + " is made twice");
        T unheard = effect.happens();
        T heard = effect.happens();
        if (!unheard.equals(heard)) {
          // Letters of a receive that nobody heard of stay hidden for their time.
          simulation.actor().ifPresent(Program::disturb);
        }
        return heard;
      }
    }
  }

  private SdkClientException failed(String how, String what) {
    simulation.journal().count("store: " + how + ": " + what);
    simulation.tell(() -> what + ": " + how);
    simulation.actor().ifPresent(Program::disturb);
    return SdkClientException.create(how);
  }
}
