package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Long polls: what they wait for, and that nothing waits for them. */
@Timeout(15)
class WaitingReceiveTest {
  private final SqsService sqs = new SqsService(4566, new ResourcePolicies());

  private static ObjectNode input() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("QueueUrl", SqsService.url("http://localhost", "q"));
  }

  @BeforeEach
  void makeQueue() {
    sqs.call("CreateQueue", JsonNodeFactory.instance.objectNode().put("QueueName", "q"));
  }

  /** One that waits already. */
  private CompletableFuture<JsonNode> receive() {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    answer.complete(sqs.call("ReceiveMessage", input().put("WaitTimeSeconds", 20)));
                  } catch (AwsException e) {
                    answer.completeExceptionally(e);
                  }
                });
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return answer;
  }

  private static String body(JsonNode answer) {
    return answer.at("/Messages/0/Body").asText();
  }

  @Test
  void aMessageIsGivenToOneOfThoseWhoWait() throws Exception {
    CompletableFuture<JsonNode> one = receive();
    CompletableFuture<JsonNode> other = receive();
    sqs.call("SendMessage", input().put("MessageBody", "first"));
    CompletableFuture<Object> any = CompletableFuture.anyOf(one, other);
    assertThat(body((JsonNode) any.get())).isEqualTo("first");
    assertThat(one.isDone() && other.isDone()).isFalse();
    sqs.call("SendMessage", input().put("MessageBody", "second"));
    assertThat(Set.of(body(one.get()), body(other.get())))
        .containsExactlyInAnyOrder("first", "second");
  }

  @Test
  void aMessageThatIsDelayedIsGivenWhenItIsDue() throws Exception {
    CompletableFuture<JsonNode> waiting = receive();
    sqs.call("SendMessage", input().put("MessageBody", "later").put("DelaySeconds", 1));
    assertThat(body(waiting.get())).isEqualTo("later");
  }

  @Test
  void aMessageThatIsGivenBackIsGivenToWhoWaits() throws Exception {
    sqs.call("SendMessage", input().put("MessageBody", "back"));
    String handle = sqs.call("ReceiveMessage", input()).at("/Messages/0/ReceiptHandle").asText();
    CompletableFuture<JsonNode> waiting = receive();
    sqs.call(
        "ChangeMessageVisibility",
        input().put("ReceiptHandle", handle).put("VisibilityTimeout", 0));
    assertThat(body(waiting.get())).isEqualTo("back");
  }

  /** The whole cloud's end would wait with it. */
  @Test
  void aReceiveThatWaitsEndsWithTheService() {
    CompletableFuture<JsonNode> waiting = receive();
    sqs.stop();
    assertThat(waiting)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(AwsException.class)
        .withMessageContaining("closing");
  }

  @Test
  void aReceiveThatWaitsEndsWithItsQueue() {
    CompletableFuture<JsonNode> waiting = receive();
    sqs.call("DeleteQueue", input());
    assertThat(waiting)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("does not exist");
  }
}
