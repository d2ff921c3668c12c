package agentpost.calendar;

import agentpost.operations.OperationId;
import java.time.Instant;
import java.util.Map;

/** Which slots are taken. */
interface SlotStore {
  /**
   * The slots that are taken from the first instant to before the second, and for which operation.
   */
  Map<Instant, OperationId> takenSlots(Instant from, Instant to);

  /** Takes the slot that begins then for this operation. True if it has it, now or from before. */
  boolean take(Instant slot, OperationId id);

  /** Gives the slot that begins then back, if this operation has it. */
  void release(Instant slot, OperationId id);
}
