package agentpost.callback;

import agentpost.operations.Operation;
import agentpost.operations.OperationResult;
import agentpost.operations.TaskToken;
import agentpost.platform.Platform;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sfn.SfnClient;

/** Ends the tasks of workflows that wait for operations, as those ended. */
final class WorkflowTasks {
  /**
   * The task has ended or never was, or would not take this result at any other time either.
   * Everything else may be mended: rights, keys, rates.
   */
  private static final Set<String> FINAL =
      Set.of("TaskTimedOut", "TaskDoesNotExist", "InvalidToken", "InvalidOutput");

  private static final String FAILED = "agentpost.Failed";
  private static final String TIMED_OUT = "agentpost.TimedOut";

  /** What came of it; never an exception's message, which may have the token in it. */
  sealed interface NotifyResult {
    record Taken() implements NotifyResult {}

    /** There is nobody to tell. */
    record Gone(String why) implements NotifyResult {}

    record NotNow(String why) implements NotifyResult {}
  }

  private final SfnClient client;

  WorkflowTasks(SfnClient client) {
    this.client = client;
  }

  static WorkflowTasks from(Platform platform) {
    return new WorkflowTasks(platform.aws().create(SfnClient.builder()));
  }

  NotifyResult tell(TaskToken task, Operation operation, OperationResult ending) {
    try {
      switch (ending) {
        case OperationResult.Completed(var result) ->
            client.sendTaskSuccess(send -> send.taskToken(task.value()).output(result.toString()));
        case OperationResult.Failed(var error) -> fail(task, FAILED, error);
        case OperationResult.TimedOut _ ->
            fail(
                task,
                TIMED_OUT,
                "there was no callback by the operation's deadline, " + operation.deadline());
      }
      return new NotifyResult.Taken();
    } catch (AwsServiceException e) {
      AwsErrorDetails details = e.awsErrorDetails();
      String code =
          details == null || details.errorCode() == null
              ? "status " + e.statusCode()
              : details.errorCode();
      return FINAL.contains(code) ? new NotifyResult.Gone(code) : new NotifyResult.NotNow(code);
    } catch (SdkException e) {
      return new NotifyResult.NotNow(e.getClass().getSimpleName());
    }
  }

  private void fail(TaskToken task, String error, String cause) {
    client.sendTaskFailure(send -> send.taskToken(task.value()).error(error).cause(cause));
  }
}
