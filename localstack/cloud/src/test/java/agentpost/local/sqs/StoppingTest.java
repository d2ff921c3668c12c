package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StoppingTest {
  /** The whole cloud's end would wait with it. */
  @Test
  void aReceiveThatWaitsIsCutOffAndNotWaitedFor() {
    ElasticMq queues = new ElasticMq(4566);
    String queue =
        queues
            .ask("CreateQueue", JsonNodeFactory.instance.objectNode().put("QueueName", "empty"))
            .path("QueueUrl")
            .asText();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest receive =
          HttpRequest.newBuilder(queues.address())
              .header("x-amz-target", "AmazonSQS.ReceiveMessage")
              .header("content-type", "application/x-amz-json-1.0")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"QueueUrl\":\"" + queue + "\",\"WaitTimeSeconds\":20}"))
              .build();
      CompletableFuture<HttpResponse<String>> waiting =
          http.sendAsync(receive, HttpResponse.BodyHandlers.ofString());
      queues.ask(
          "SendMessage",
          JsonNodeFactory.instance.objectNode().put("QueueUrl", queue).put("MessageBody", "first"));
      assertThat(waiting.join().body()).contains("first");
      CompletableFuture<HttpResponse<String>> again =
          http.sendAsync(receive, HttpResponse.BodyHandlers.ofString());
      queues.stop();
      Awaitility.await().until(again::isDone);
      assertThat(again).isCompletedExceptionally();
    }
  }
}
