package agentpost.operations;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * The long work itself. Of two calls with the same id the second must come to the same result: a
 * crash can come before it was kept.
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
