package agentpost.callback;

import agentpost.operations.Processor;
import agentpost.platform.Platform;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A worker whose processor is given; slots are booked if none is. */
final class TestWorker extends WorkerHandler {
  TestWorker(Platform platform) {
    this(platform, new BookedSlots(platform.aws().create(DynamoDbClient.builder())));
  }

  TestWorker(Platform platform, Processor processor) {
    super(platform, _ -> processor);
  }
}
