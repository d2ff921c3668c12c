package agentpost.cli.cloud;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.Progress;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.EniNotReadyException;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.ResourceNotReadyException;
import software.amazon.awssdk.services.lambda.model.SnapStartNotReadyException;

/**
 * Calls a function that nobody may have called for weeks. Lambda puts such a one away, its snapshot
 * after 14 days and its network interfaces too, and the call that finds it so, or finds it {@code
 * Pending}, has them made again: "wait until the function version reaches the Active state, and
 * then invoke it again" (developer guide, "Troubleshooting SnapStart errors"; API reference,
 * Invoke).
 */
public record FunctionCaller(LambdaClient client, Duration pause, Progress progress) {
  static final Duration PAUSE = Duration.ofSeconds(5);

  /** Ten minutes of pauses. A snapshot takes some. */
  static final int MAX_TRIES = 120;

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * @param missing what is wrong if there is no such function
   * @param afterFailure what a person should know if it failed
   */
  public JsonNode call(
      String name, ObjectNode input, Supplier<CommandFailure> missing, String afterFailure) {
    try {
      InvokeResponse answer = invoke(name, SdkBytes.fromUtf8String(input.toString()));
      JsonNode report = JSON.readTree(answer.payload().asUtf8String());
      if (answer.functionError() != null) {
        throw new CommandFailure(
            name
                + " failed: "
                + report.path("errorMessage").asText()
                + "; its log has more"
                + afterFailure);
      }
      return report;
    } catch (ResourceNotFoundException e) {
      throw missing.get();
    } catch (JsonProcessingException e) {
      throw new CommandFailure(name + " answered something that is not JSON");
    }
  }

  private InvokeResponse invoke(String name, SdkBytes payload) {
    for (int tried = 1; ; tried++) {
      try {
        InvokeResponse answer =
            client.invoke(
                invoke ->
                    invoke.functionName(name).qualifier(ResourceNames.ALIAS).payload(payload));
        progress.end();
        return answer;
      } catch (SnapStartNotReadyException
          | ResourceNotReadyException
          | ResourceConflictException
          | EniNotReadyException e) {
        await(name, tried, e);
      }
    }
  }

  private void await(String name, int tried, LambdaException e) {
    if (tried == MAX_TRIES) {
      progress.end();
      throw new CommandFailure(
          name
              + " is still not ready after "
              + pause.multipliedBy(MAX_TRIES - 1L).toMinutes()
              + " minutes, so nothing was done; run this again later. Lambda says: "
              + e.getMessage());
    }
    progress.report(
        (double) tried / MAX_TRIES,
        "nobody has called " + name + " for a while; waiting until Lambda has it ready again");
    try {
      Thread.sleep(pause);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("no longer waiting for " + name + "; nothing was done");
    }
  }
}
