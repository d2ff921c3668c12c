package agentpost.callback;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;

/**
 * Does what the work queue holds. Environment: PROCESSOR, PROCESSOR_SECRET_PREFIX, CLAIMS_TABLE, AGENT_STATE_TABLE, WORK_QUEUE_URL,
 * CALLBACK_ALLOWED_PORTS (443 if absent). The event source reports batch item failures.
 */
public final class WorkerHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  public WorkerHandler() {
    this(Platform.lambda());
  }

  public WorkerHandler(Platform platform) {
    platform.log().accept("");
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    return new SQSBatchResponse(
        event.getRecords().stream().map(SQSEvent.SQSMessage::getMessageId).map(SQSBatchResponse.BatchItemFailure::new).toList());
  }

}
