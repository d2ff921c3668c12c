package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What names another region or another account is refused, and never taken for what is here. */
class ForeignScopeIT {
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    assertThat(post("AWSEvents.CreateEventBus", "{'Name':'orders'}").statusCode()).isEqualTo(200);
    assertThat(
            post(
                    "AWSEvents.PutRule",
                    "{'Name':'r','EventBusName':'orders','EventPattern':'{}'}"
                        .replace("'{}'", "'{\\\"source\\\":[\\\"s\\\"]}'"))
                .statusCode())
        .isEqualTo(200);
    assertThat(post("AmazonSQS.CreateQueue", "{'QueueName':'q'}").statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
    }
  }

  private static HttpResponse<String> post(String target, String body) throws Exception {
    return send(
        HttpRequest.newBuilder(cloud.endpoint())
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.1")
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  private static JsonNode entry(String bus) throws Exception {
    HttpResponse<String> answer =
        post(
            "AWSEvents.PutEvents",
            "{'Entries':[{'Source':'s','DetailType':'t','Detail':'{}','EventBusName':'"
                + bus
                + "'},{'Source':'s','DetailType':'t','Detail':'{}','EventBusName':'orders'}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode result = new JsonMapper().readTree(answer.body());
    assertThat(result.path("Entries").path(1).path("EventId").asText()).isNotEmpty();
    return result.path("Entries").path(0);
  }

  @ParameterizedTest
  @CsvSource({
    "eu-west-1:000000000000, InvalidArgument",
    "us-east-2:000000000000, InvalidArgument",
    "eu-west-1:111111111111, InvalidArgument",
    "us-east-1:111111111111, AccessDeniedException"
  })
  void anEventForABusElsewhereFailsAloneAndIsNotDropped(String where, String code)
      throws Exception {
    JsonNode entry = entry("arn:aws:events:" + where + ":event-bus/orders");
    assertThat(entry.path("ErrorCode").asText()).isEqualTo(code);
    assertThat(entry.path("ErrorMessage").asText()).isNotEmpty();
    assertThat(entry.has("EventId")).isFalse();
  }

  @Test
  void theBusThatIsHereHasAnArnToo() throws Exception {
    assertThat(
            entry("arn:aws:events:us-east-1:000000000000:event-bus/orders")
                .path("EventId")
                .asText())
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://sqs.eu-west-1.amazonaws.com/000000000000/q",
        "https://eu-west-1.queue.amazonaws.com/000000000000/q",
        "https://sqs-fips.us-west-2.amazonaws.com/000000000000/q",
        "http://sqs.eu-central-1.localhost.localstack.cloud:4566/000000000000/q"
      })
  void aQueueOfAnotherRegionIsNotTheOneHere(String url) throws Exception {
    for (String operation :
        new String[] {"GetQueueAttributes", "ReceiveMessage", "PurgeQueue", "DeleteQueue"}) {
      HttpResponse<String> answer = post("AmazonSQS." + operation, "{'QueueUrl':'" + url + "'}");
      assertThat(answer.statusCode()).as(operation).isEqualTo(400);
      assertThat(answer.body()).contains("The address " + url + " is not valid for this endpoint.");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://sqs.us-east-1.amazonaws.com/000000000000/q",
        "https://us-east-1.queue.amazonaws.com/000000000000/q",
        "http://localhost:1/000000000000/q",
        "http://sqs.my-host.example:4566/000000000000/q"
      })
  void theQueueHereIsKnownByAnyOfItsAddresses(String url) throws Exception {
    assertThat(post("AmazonSQS.GetQueueAttributes", "{'QueueUrl':'" + url + "'}").statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PutRule {'Name':'x','EventPattern':'{}','RoleArn':'ROLE'}",
        "PutTargets"
            + " {'Rule':'r','EventBusName':'orders','Targets':[{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q','RoleArn':'ROLE'}]}"
      })
  void aRoleOfAnotherAccountIsGivenToNobody(String request) throws Exception {
    String[] parts = request.replace("ROLE", "arn:aws:iam::111111111111:role/r").split(" ", 2);
    HttpResponse<String> answer = post("AWSEvents." + parts[0], parts[1]);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body())
        .contains("AccessDeniedException", "Cross-account pass role is not allowed.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:sqs:eu-west-1:000000000000:q",
        "arn:aws:sqs:us-east-1:111111111111:q",
        "arn:aws:sns:us-east-1:000000000000:q",
        "arn:aws:sqs:us-east-1:000000000000:q.fifo"
      })
  void deadLettersGoToAStandardQueueHere(String queue) throws Exception {
    String deadLetters = "'DeadLetterConfig':{'Arn':'" + queue + "'}";
    for (HttpResponse<String> answer :
        List.of(
            post("AWSEvents.CreateEventBus", "{'Name':'x'," + deadLetters + "}"),
            post("AWSEvents.UpdateEventBus", "{'Name':'orders'," + deadLetters + "}"),
            post(
                "AWSEvents.PutTargets",
                "{'Rule':'r','EventBusName':'orders','Targets':[{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q',"
                    + deadLetters
                    + "}]}"))) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(answer.body())
          .contains("A dead-letter queue must be a standard queue of SQS in us-east-1");
    }
  }

  @Test
  void anArchiveAndAReplayAreOfABusHere() throws Exception {
    for (String request :
        new String[] {
          "CreateArchive {'ArchiveName':'a','EventSourceArn':'BUS'}",
          "StartReplay"
              + " {'ReplayName':'r','EventSourceArn':'arn:aws:events:eu-west-1:000000000000:archive/a','EventStartTime':1,'EventEndTime':2,'Destination':{'Arn':'BUS'}}",
          "PutRule {'Name':'x','EventPattern':'{}','EventBusName':'BUS'}",
          "DescribeEventBus {'Name':'BUS'}"
        }) {
      String[] parts =
          request
              .replace("BUS", "arn:aws:events:eu-west-1:000000000000:event-bus/orders")
              .split(" ", 2);
      HttpResponse<String> answer = post("AWSEvents." + parts[0], parts[1]);
      assertThat(answer.statusCode()).as(request + answer.body()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "secretsmanager.GetSecretValue|{'SecretId':'arn:aws:secretsmanager:eu-west-1:000000000000:secret:s-000000'}|ResourceNotFoundException",
        "AmazonSSM.GetParameter|{'Name':'arn:aws:ssm:eu-west-1:000000000000:parameter/p'}|ParameterNotFound",
        "AmazonSQS.GetQueueUrl|{'QueueName':'q','QueueOwnerAWSAccountId':'111111111111'}|QueueDoesNotExist"
      })
  void whatIsElsewhereIsNotFound(String target, String body, String code) throws Exception {
    HttpResponse<String> answer = post(target, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(code);
  }
}
