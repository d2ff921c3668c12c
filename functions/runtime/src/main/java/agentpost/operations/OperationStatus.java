package agentpost.operations;

/** Where an operation stands. It leaves {@code PENDING} once and never comes back. */
public enum OperationStatus {
  PENDING,
  COMPLETED,
  FAILED,
  TIMED_OUT
}
