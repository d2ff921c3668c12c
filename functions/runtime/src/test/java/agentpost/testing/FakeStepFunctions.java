package agentpost.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.SendTaskFailureRequest;
import software.amazon.awssdk.services.sfn.model.SendTaskFailureResponse;
import software.amazon.awssdk.services.sfn.model.SendTaskSuccessRequest;
import software.amazon.awssdk.services.sfn.model.SendTaskSuccessResponse;
import software.amazon.awssdk.services.sfn.model.SfnException;

/** Hears how tasks ended, and fails the calls when it is told to. */
public final class FakeStepFunctions implements SfnClient {
  private final List<String> heard = new ArrayList<>();
  private Optional<RuntimeException> fault = Optional.empty();
  private int calls;

  public synchronized void failing(Optional<RuntimeException> how) {
    fault = how;
  }

  /**
   * As Step Functions says it: an error code of its own or of all services', and in the message
   * what nobody is to see.
   */
  public static RuntimeException error(String code, int status, String message) {
    return SfnException.builder()
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .errorCode(code)
                .errorMessage(message)
                .serviceName("Sfn")
                .build())
        .statusCode(status)
        .message(message)
        .build();
  }

  /** What was taken, in its order: the token, and the output or the error and its cause. */
  public synchronized List<String> heard() {
    return List.copyOf(heard);
  }

  public synchronized int calls() {
    return calls;
  }

  @Override
  public synchronized SendTaskSuccessResponse sendTaskSuccess(SendTaskSuccessRequest request) {
    hear(request.taskToken() + " succeeded " + request.output());
    return SendTaskSuccessResponse.builder().build();
  }

  @Override
  public synchronized SendTaskFailureResponse sendTaskFailure(SendTaskFailureRequest request) {
    hear(request.taskToken() + " failed " + request.error() + ": " + request.cause());
    return SendTaskFailureResponse.builder().build();
  }

  private void hear(String what) {
    calls++;
    fault.ifPresent(
        e -> {
          throw e;
        });
    heard.add(what);
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
