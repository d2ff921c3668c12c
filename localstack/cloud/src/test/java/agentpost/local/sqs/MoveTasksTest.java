package agentpost.local.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** StartMessageMoveTask and its like. */
class MoveTasksTest {
  private static final JsonMapper JSON = new JsonMapper();
  private final SqsService sqs = new SqsService(4566, new ResourcePolicies());

  /** JSON with single quotes; {@code URL} and {@code ARN} stand before a queue's name. */
  private JsonNode ask(String operation, String input) {
    try {
      return sqs.call(
          operation,
          (ObjectNode)
              JSON.readTree(
                  input
                      .replace("URL:", SqsService.url("http://localhost", ""))
                      .replace("ARN:", Queues.arn(""))
                      .replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(input, e);
    }
  }

  @BeforeEach
  void makeQueues() {
    ask("CreateQueue", "{'QueueName':'dlq'}");
    ask(
        "CreateQueue",
        "{'QueueName':'q','Attributes':{'VisibilityTimeout':'0','RedrivePolicy':"
            + "'{\\\"deadLetterTargetArn\\\":\\\"ARN:dlq\\\",\\\"maxReceiveCount\\\":1}'}}");
    for (int i = 0; i < 20; i++) {
      ask("SendMessage", "{'QueueUrl':'URL:q','MessageBody':'" + i + "'}");
    }
    for (int i = 0; i < 4; i++) {
      ask("ReceiveMessage", "{'QueueUrl':'URL:q','MaxNumberOfMessages':10}");
    }
    assertEquals(20, count("dlq"));
  }

  @AfterEach
  void stop() {
    sqs.stop();
  }

  private int count(String queue) {
    return ask(
            "GetQueueAttributes",
            "{'QueueUrl':'URL:" + queue + "','AttributeNames':['ApproximateNumberOfMessages']}")
        .at("/Attributes/ApproximateNumberOfMessages")
        .asInt();
  }

  private JsonNode task() {
    return ask("ListMessageMoveTasks", "{'SourceArn':'ARN:dlq'}").at("/Results/0");
  }

  private void awaitStatus(String status) {
    await().until(() -> task().path("Status").asText().equals(status));
  }

  @Test
  void deadLettersGoBackToWhereTheyAreFromAsNewOnes() {
    ask("StartMessageMoveTask", "{'SourceArn':'ARN:dlq'}");
    awaitStatus("COMPLETED");
    assertEquals(20, count("q"));
    assertEquals(0, count("dlq"));
    assertEquals(20, task().path("ApproximateNumberOfMessagesMoved").asInt());
    assertThat(task().has("TaskHandle")).isFalse();
    assertThat(ask("StartMessageMoveTask", "{'SourceArn':'ARN:dlq'}").has("TaskHandle")).isTrue();
    assertEquals(
        "1",
        ask("ReceiveMessage", "{'QueueUrl':'URL:q','AttributeNames':['All']}")
            .at("/Messages/0/Attributes/ApproximateReceiveCount")
            .asText());
  }

  @Test
  void orToAnotherQueue() {
    ask("CreateQueue", "{'QueueName':'other'}");
    ask("StartMessageMoveTask", "{'SourceArn':'ARN:dlq','DestinationArn':'ARN:other'}");
    awaitStatus("COMPLETED");
    assertEquals(20, count("other"));
  }

  @Test
  void whatWasSentToTheDeadLetterQueueItselfStaysWithoutADestination() {
    ask("PurgeQueue", "{'QueueUrl':'URL:dlq'}");
    ask("SendMessage", "{'QueueUrl':'URL:dlq','MessageBody':'by hand'}");
    ask("StartMessageMoveTask", "{'SourceArn':'ARN:dlq'}");
    awaitStatus("FAILED");
    assertEquals("CouldNotDetermineMessageSource", task().path("FailureReason").asText());
    assertEquals(1, count("dlq"));
  }

  @Test
  void aSlowOneCanBeCancelledAndIsAloneMeanwhile() {
    String start = "{'SourceArn':'ARN:dlq','MaxNumberOfMessagesPerSecond':1}";
    String handle = ask("StartMessageMoveTask", start).path("TaskHandle").asText();
    assertThatThrownBy(() -> ask("StartMessageMoveTask", start))
        .isInstanceOf(AwsException.class)
        .hasMessageContaining("already a task running");
    ask("CancelMessageMoveTask", "{'TaskHandle':'" + handle + "'}");
    awaitStatus("CANCELLED");
    assertThat(count("dlq")).isPositive();
    assertEquals(20, count("dlq") + count("q"));
  }

  @Test
  void whatIsWrongIsNamed() {
    for (String[] wrong :
        new String[][] {
          {"{'SourceArn':'ARN:none'}", "SourceArn parameter doesn't exist"},
          {"{'SourceArn':'ARN:q'}", "must be configured as a Dead Letter Queue"},
          {"{'SourceArn':'ARN:dlq','DestinationArn':'ARN:none'}", "DestinationArn"},
          {"{'SourceArn':'ARN:dlq','DestinationArn':'ARN:dlq'}", "must not be the same"},
          {"{'SourceArn':'ARN:dlq','MaxNumberOfMessagesPerSecond':501}", "between 1 and 500"},
        }) {
      assertThatThrownBy(() -> ask("StartMessageMoveTask", wrong[0]))
          .isInstanceOf(AwsException.class)
          .hasMessageContaining(wrong[1]);
    }
    assertThatThrownBy(() -> ask("CancelMessageMoveTask", "{'TaskHandle':'none'}"))
        .hasMessageContaining("TaskHandle");
  }
}
