package agentpost.local.testing;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.util.List;

/**
 * Logs each message with how often it came, fails those that say {@code fail}, and the whole batch
 * where one says {@code crash}.
 */
public final class OddWorker implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private final Platform platform;

  public OddWorker(Platform platform) {
    this.platform = platform;
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    List<SQSEvent.SQSMessage> messages = event.getRecords();
    messages.forEach(
        message ->
            platform
                .log()
                .accept(
                    message.getBody()
                        + " #"
                        + message.getAttributes().get("ApproximateReceiveCount")));
    if (messages.stream().anyMatch(message -> message.getBody().startsWith("crash"))) {
      throw new IllegalStateException("a worker's mistake");
    }
    return new SQSBatchResponse(
        messages.stream()
            .filter(message -> message.getBody().startsWith("fail"))
            .map(
                message ->
                    new SQSBatchResponse.BatchItemFailure(
                        message.getBody().equals("fail-nameless")
                            ? "no such id"
                            : message.getMessageId()))
            .toList());
  }
}
