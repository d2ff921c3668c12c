package agentpost.local.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a client is answered by AWS (API reference). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqsServiceTest {
  private static final JsonMapper JSON = new JsonMapper();
  private final SqsService sqs = new SqsService(4566, new ResourcePolicies());
  private int made;
  private String queue = "";

  @AfterAll
  void stop() {
    sqs.stop();
  }

  @BeforeEach
  void makeQueue() throws IOException {
    queue = "q-" + made++;
    assertThat(ask("CreateQueue", "{'QueueName':'" + queue + "'}").status()).isEqualTo(200);
  }

  /** JSON with single quotes; {@code URL} is the queue's. */
  private AwsResponse ask(String operation, String input) {
    return sqs.handle(
        new AwsRequest(
            "POST",
            "/",
            Map.of(),
            Map.of("x-amz-target", "AmazonSQS." + operation),
            input
                .replace("URL", SqsService.url("http://localhost", queue))
                .replace('\'', '"')
                .getBytes(UTF_8)));
  }

  private JsonNode answer(String operation, String input) throws IOException {
    AwsResponse response = ask(operation, input);
    JsonNode body = JSON.readTree(response.body());
    assertThat(response.status()).as(body.toString()).isEqualTo(200);
    return body;
  }

  private String received() throws IOException {
    answer("SendMessage", "{'QueueUrl':'URL','MessageBody':'m'}");
    return answer("ReceiveMessage", "{'QueueUrl':'URL'}").at("/Messages/0/ReceiptHandle").asText();
  }

  private static String error(AwsResponse response) throws IOException {
    return response.status() + " " + JSON.readTree(response.body()).path("__type").asText();
  }

  @Test
  void anEntryThatIsInvalidFailsAlone() throws IOException {
    JsonNode sent =
        answer(
            "SendMessageBatch",
            "{'QueueUrl':'URL','Entries':[{'Id':'a','MessageBody':'fine'},"
                + "{'Id':'b','MessageBody':'\\u0001'},"
                + "{'Id':'c','MessageBody':'late','DelaySeconds':901},"
                + "{'Id':'d','MessageBody':'x','MessageAttributes':{'n':{'DataType':'Number','StringValue':'y'}}}]}");
    assertThat(sent.path("Successful").findValuesAsText("Id")).containsExactly("a");
    assertThat(sent.path("Failed").findValuesAsText("Id")).containsExactly("b", "c", "d");
    assertThat(sent.path("Failed").findValuesAsText("Code"))
        .containsExactly(
            "InvalidMessageContents", "InvalidParameterValue", "InvalidParameterValue");
    assertThat(sent.at("/Failed/0/SenderFault").asBoolean()).isTrue();
    assertThat(
            answer("ReceiveMessage", "{'QueueUrl':'URL','MaxNumberOfMessages':10}")
                .path("Messages")
                .findValuesAsText("Body"))
        .containsExactly("fine");
  }

  @Test
  void ifAllAreInvalidAllFail() throws IOException {
    JsonNode sent =
        answer(
            "SendMessageBatch",
            "{'QueueUrl':'URL','Entries':[{'Id':'b','MessageBody':'\\u0001'}]}");
    assertThat(sent.path("Failed")).hasSize(1);
    queue = "nobodys";
    assertThat(
            error(
                ask(
                    "SendMessageBatch",
                    "{'QueueUrl':'URL','Entries':[{'Id':'b','MessageBody':'\\u0001'}]}")))
        .isEqualTo("400 com.amazonaws.sqs#QueueDoesNotExist");
  }

  @Test
  void aVisibilityThatIsInvalidFailsAlone() throws IOException {
    String handle = received();
    JsonNode changed =
        answer(
            "ChangeMessageVisibilityBatch",
            "{'QueueUrl':'URL','Entries':[{'Id':'a','ReceiptHandle':'"
                + handle
                + "','VisibilityTimeout':0},{'Id':'b','ReceiptHandle':'"
                + handle
                + "','VisibilityTimeout':43201}]}");
    assertThat(changed.path("Successful").findValuesAsText("Id")).containsExactly("a");
    assertThat(changed.path("Failed").findValuesAsText("Id")).containsExactly("b");
  }

  @Test
  void whatIsDeletedMayBeDeletedAgain() throws IOException {
    String handle = received();
    for (int i = 0; i < 3; i++) {
      answer("DeleteMessage", "{'QueueUrl':'URL','ReceiptHandle':'" + handle + "'}");
    }
    JsonNode deleted =
        answer(
            "DeleteMessageBatch",
            "{'QueueUrl':'URL','Entries':[{'Id':'a','ReceiptHandle':'"
                + handle
                + "'},{'Id':'b','ReceiptHandle':'nonsense'}]}");
    assertThat(deleted.path("Successful").findValuesAsText("Id")).containsExactly("a");
    assertThat(deleted.path("Failed").findValuesAsText("Id")).containsExactly("b");
    assertThat(error(ask("DeleteMessage", "{'QueueUrl':'URL','ReceiptHandle':'nonsense'}")))
        .isEqualTo("400 com.amazonaws.sqs#ReceiptHandleIsInvalid");
  }

  @Test
  void aMessagesOwnDelayIsKept() throws IOException {
    answer("SendMessage", "{'QueueUrl':'URL','MessageBody':'m','DelaySeconds':900}");
    assertThat(
            answer("GetQueueAttributes", "{'QueueUrl':'URL','AttributeNames':['All']}")
                .at("/Attributes/ApproximateNumberOfMessagesDelayed")
                .asText())
        .isEqualTo("1");
  }

  /** AWS has a client wait a minute; whoever empties queues between tests would have to, too. */
  @Test
  void aQueueMayBePurgedAndMadeAgainAtOnce() throws IOException {
    for (int i = 0; i < 2; i++) {
      answer("PurgeQueue", "{'QueueUrl':'URL'}");
    }
    for (int i = 0; i < 2; i++) {
      answer("DeleteQueue", "{'QueueUrl':'URL'}");
      answer("CreateQueue", "{'QueueName':'" + queue + "'}");
    }
  }
}
