package agentpost.delivery;

import agentpost.health.Circuit;
import agentpost.health.CircuitStore;
import java.time.Instant;
import java.util.Optional;

/** What a delivery may do. */
sealed interface Admission {
  /**
   * @param slot nothing if the table did not answer
   */
  record Deliver(Optional<CircuitStore.Slot> slot) implements Admission {}

  record Probe(Instant lease, Circuit.Open open) implements Admission {}

  record Refuse(DeliveryAttempt attempt) implements Admission {}
}
