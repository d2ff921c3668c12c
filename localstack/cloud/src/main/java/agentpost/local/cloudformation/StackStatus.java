package agentpost.local.cloudformation;

/** As CloudFormation calls them (user guide, "Stack status codes"). */
public enum StackStatus {
  REVIEW_IN_PROGRESS,
  CREATE_IN_PROGRESS,
  CREATE_COMPLETE,
  ROLLBACK_IN_PROGRESS,
  ROLLBACK_COMPLETE,
  ROLLBACK_FAILED,
  UPDATE_IN_PROGRESS,
  UPDATE_COMPLETE,
  UPDATE_ROLLBACK_IN_PROGRESS,
  UPDATE_ROLLBACK_COMPLETE,
  UPDATE_ROLLBACK_FAILED,
  DELETE_IN_PROGRESS,
  DELETE_COMPLETE,
  DELETE_FAILED;

  /** Whether something is done to the stack. */
  public boolean isUnderWay() {
    return this != REVIEW_IN_PROGRESS && name().endsWith("_IN_PROGRESS");
  }
}
