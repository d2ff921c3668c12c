package agentpost.callback;

import java.time.Instant;

/** Which slots are taken. */
@FunctionalInterface
interface Bookings {
  /** Takes the slot that begins then for this operation. True if it has it, now or from before. */
  boolean take(Instant slot, OperationId id);
}
