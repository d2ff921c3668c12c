package agentpost.operations;

/** The result of starting an operation. */
public sealed interface StartResult {
  OperationId id();

  /**
   * It is recorded and the processor has it: one of the {@code operation.*} events will say how it
   * ended.
   */
  record Accepted(OperationId id) implements StartResult {}

  /**
   * It was started before and has ended; the event that says so is published, or is about to be.
   */
  record AlreadyFinished(OperationId id, OperationStatus outcome) implements StartResult {}

  /**
   * Not certain yet: start it again with the same request, which sends it again under the same id.
   */
  record TryAgain(OperationId id, String why) implements StartResult {}
}
