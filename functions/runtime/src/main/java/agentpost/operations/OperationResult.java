package agentpost.operations;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** How an operation ended. Two endings are the same if their status and what came with it are. */
public sealed interface OperationResult {
  OperationStatus status();

  /** The work is done. */
  record Completed(ObjectNode result) implements OperationResult {
    @Override
    public OperationStatus status() {
      return OperationStatus.COMPLETED;
    }
  }

  /** The work cannot be done, in a sentence of the processor's. */
  record Failed(String error) implements OperationResult {
    @Override
    public OperationStatus status() {
      return OperationStatus.FAILED;
    }
  }

  /** Nobody said anything by the deadline. */
  record TimedOut() implements OperationResult {
    @Override
    public OperationStatus status() {
      return OperationStatus.TIMED_OUT;
    }
  }
}
