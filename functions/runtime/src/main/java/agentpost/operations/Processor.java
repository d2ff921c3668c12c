package agentpost.operations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * The long work itself. It may be called twice with the same id, if a crash came before the result
 * was stored, and must then return the same result.
 */
@FunctionalInterface
public interface Processor {
  /**
   * @param acceptedAt when the request was queued; the same on every attempt
   */
  Work process(OperationId id, ObjectNode dataToProcess, Instant acceptedAt);

  /**
   * Takes back what {@code process} did: the operation ended without it, so nobody will use the
   * result. May be called again, also when it has been taken back and someone else has what was
   * freed.
   */
  default void undo(OperationId id, ObjectNode result) {}

  /** What came of it. */
  sealed interface Work {
    record Completed(ObjectNode result) implements Work {}

    /**
     * @param error for the initiator, in a sentence
     */
    record Failed(String error) implements Work {}
  }
}
