package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.lambda.LocalNetwork;
import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Functions that a queue, a schedule or a busy API calls, as a template declares them. */
class EventSourceIT {
  private static final String FUNCTION =
      "{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'%s','Handler':'agentpost.local.testing.%s'%s}}";

  @TempDir private static Path cdkOut;
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static LocalCloud cloud;
  private static SqsClient queues;
  private static AwsClients aws;

  @BeforeAll
  static void start() throws Exception {
    List<String> resources = new ArrayList<>();
    for (String name : List.of("partial", "whole")) {
      resources.add(
          "'"
              + name
              + "Dlq':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'"
              + name
              + "-dlq'}}");
      resources.add(
          "'"
              + name
              + "':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'"
              + name
              + "','VisibilityTimeout':3,'RedrivePolicy':{'deadLetterTargetArn':{'Fn::GetAtt':['"
              + name
              + "Dlq','Arn']},'maxReceiveCount':2}}}");
      resources.add(
          "'" + name + "Worker':" + FUNCTION.formatted(name + "-worker", "OddWorker", ""));
      resources.add(
          "'"
              + name
              + "Source':{'Type':'AWS::Lambda::EventSourceMapping','Properties':{'EventSourceArn':{'Fn::GetAtt':['"
              + name
              + "','Arn']},'FunctionName':{'Fn::Sub':'${"
              + name
              + "Worker.Arn}:live'},'BatchSize':5,'ScalingConfig':{'MaximumConcurrency':2}"
              + (name.equals("partial")
                  ? ",'FunctionResponseTypes':['ReportBatchItemFailures']"
                  : "")
              + "}}");
    }
    resources.add(
        "'Busy':" + FUNCTION.formatted("busy", "OddHandler", ",'ReservedConcurrentExecutions':0"));
    resources.add("'Failing':" + FUNCTION.formatted("failing", "OddHandler", ""));
    resources.add(
        "'Odd':"
            + FUNCTION.formatted(
                "odd", "OddHandler", ",'Environment':{'Variables':{'ODD':'parameters'}}"));
    resources.add(
        "'Api':{'Type':'AWS::ApiGateway::RestApi','Properties':{'Body':" + document(true) + "}}");
    resources.add(
        "'Plain':{'Type':'AWS::ApiGateway::RestApi','Properties':{'Body':"
            + document(false)
            + "}}");
    resources.add("'Swept':" + FUNCTION.formatted("swept", "MapLoggingHandler", ""));
    resources.add(
        "'Minute':{'Type':'AWS::Scheduler::Schedule','Properties':{'Name':'minute','ScheduleExpression':'rate(1"
            + " minute)','FlexibleTimeWindow':{'Mode':'OFF'},"
            + "'Target':{'Arn':{'Fn::Sub':'${Swept.Arn}:live'},'RoleArn':'arn:aws:iam::000000000000:role/r','Input':'{\\\"a\\\":1}'}}}");
    resources.add(
        "'Table':{'Type':'AWS::DynamoDB::Table','Properties':{'TableName':'open','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'open','AttributeType':'S'},"
            + "{'AttributeName':'deadline','AttributeType':'N'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'GlobalSecondaryIndexes':[{'IndexName':'by-deadline','KeySchema':"
            + "[{'AttributeName':'open','KeyType':'HASH'},{'AttributeName':'deadline','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}],"
            + "'TimeToLiveSpecification':{'AttributeName':'expires_at','Enabled':true}}}");
    Templates.write(
        cdkOut,
        "sources",
        ("{'Resources':{"
                + String.join(",", resources)
                + "},'Outputs':{'Api':{'Value':"
                + url("Api")
                + "},'Plain':{'Value':"
                + url("Plain")
                + "},'Name':{'Value':{'Ref':'Api'}}}}")
            .replace('\'', '"'));
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    cloud.listenToLogs((function, line) -> LOG.add(function + ": " + line));
    cloud.deploy(cdkOut);
    aws = cloud.clients("test");
    queues = aws.create(SqsClient.builder());
  }

  @AfterAll
  static void stop() {
    queues.close();
    cloud.close();
  }

  private static String document(boolean busy) {
    String responses =
        ",'x-amazon-apigateway-gateway-responses':{'INTEGRATION_FAILURE':{'statusCode':'503','responseParameters':{'gatewayresponse.header.Retry-After':'@7@'}},"
            + "'DEFAULT_5XX':{'responseParameters':{'gatewayresponse.header.Retry-After':'@8@'}}}";
    return "{'paths':{"
        + path("busy", "busy")
        + ","
        + path("odd/{a}", "odd")
        + ","
        + path("none", "none")
        + "}"
        + (busy ? responses.replace("@", "\\u0027") : "")
        + "}";
  }

  private static String path(String path, String function) {
    return "'/"
        + path
        + "':{'post':{'x-amazon-apigateway-integration':{'type':'aws_proxy','uri':'arn:aws:lambda:us-east-1:0:function:"
        + function
        + ":live/invocations'}}}";
  }

  private static String url(String api) {
    return "{'Fn::Sub':'https://${" + api + "}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod'}";
  }

  private static String queueUrl(String name) {
    return queues.getQueueUrl(get -> get.queueName(name)).queueUrl();
  }

  private static void send(String queue, String... bodies) {
    List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
    for (String body : bodies) {
      entries.add(
          SendMessageBatchRequestEntry.builder()
              .id("m" + entries.size())
              .messageBody(body)
              .build());
    }
    queues.sendMessageBatch(batch -> batch.queueUrl(queueUrl(queue)).entries(entries));
  }

  private static long times(String line) {
    return LOG.stream().filter(line::equals).count();
  }

  private static List<String> letters(String queue, int count) {
    List<String> letters = new CopyOnWriteArrayList<>();
    String url = queueUrl(queue);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              letters.addAll(
                  queues
                      .receiveMessage(receive -> receive.queueUrl(url).maxNumberOfMessages(10))
                      .messages()
                      .stream()
                      .map(Message::body)
                      .toList());
              return letters.size() >= count;
            });
    return letters;
  }

  @Test
  void aPoisonMessageComesAgainUntilItIsADeadLetterAndThoseBesideItAreDoneOnce() {
    send("partial", "pass-1", "fail-1", "pass-2");
    assertThat(letters("partial-dlq", 1)).containsExactly("fail-1");
    assertThat(times("partial-worker: fail-1 #1")).isEqualTo(1);
    assertThat(times("partial-worker: fail-1 #2")).isEqualTo(1);
    assertThat(LOG)
        .contains("partial-worker: pass-1 #1", "partial-worker: pass-2 #1")
        .doesNotContain(
            "partial-worker: pass-1 #2", "partial-worker: pass-2 #2", "partial-worker: fail-1 #3");
  }

  @Test
  void withoutPartialResponsesABatchThatFailsComesAgainAndOneThatAnswersIsDone() {
    send("whole", "crash-1");
    assertThat(letters("whole-dlq", 1)).containsExactly("crash-1");
    assertThat(times("whole-worker: crash-1 #2")).isEqualTo(1);
    send("whole", "fail-2");
    await().until(() -> times("whole-worker: fail-2 #1") == 1);
    await()
        .until(
            () ->
                queues
                    .getQueueAttributes(
                        get -> get.queueUrl(queueUrl("whole")).attributeNamesWithStrings("All"))
                    .attributesAsStrings()
                    .entrySet()
                    .stream()
                    .filter(
                        attribute -> attribute.getKey().startsWith("ApproximateNumberOfMessages"))
                    .allMatch(attribute -> attribute.getValue().equals("0")));
    assertThat(times("whole-worker: fail-2 #2")).isZero();
  }

  private static HttpResponse<String> post(String api, String path) throws Exception {
    URI url = URI.create(cloud.outputs().getOrDefault("sources", Map.of()).get(api) + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(url).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aFunctionWithoutRoomIsAnsweredForAsTheApisDocumentSays() throws Exception {
    HttpResponse<String> busy = post("Api", "/busy");
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.headers().firstValue("Retry-After")).contains("7");
    HttpResponse<String> none = post("Api", "/none");
    assertThat(none.statusCode()).isEqualTo(500);
    assertThat(none.headers().firstValue("Retry-After")).contains("8");
  }

  private static HttpResponse<String> concurrency(String method, String function, String body)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                cloud.endpoint().resolve("/2017-10-31/functions/" + function + "/concurrency"))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aFunctionIsTakenDownByItsConcurrencyAndItsQueueWaitsForIt() throws Exception {
    assertThat(
            concurrency("PUT", "partial-worker", "{\"ReservedConcurrentExecutions\":0}")
                .statusCode())
        .isEqualTo(200);
    send("partial", "pass-waiting");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(4))
        .until(() -> times("partial-worker: pass-waiting #1") == 0);
    assertThat(concurrency("DELETE", "partial-worker", "").statusCode()).isEqualTo(204);
    await()
        .until(
            () -> LOG.stream().anyMatch(line -> line.startsWith("partial-worker: pass-waiting #")));
    HttpResponse<String> none =
        concurrency("PUT", "nobody", "{\"ReservedConcurrentExecutions\":1}");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.headers().firstValue("x-amzn-ErrorType")).contains("ResourceNotFoundException");
    assertThat(concurrency("PUT", "busy", "{}").statusCode()).isEqualTo(400);
    assertThat(concurrency("GET", "busy", "").body())
        .contains("GET /2017-10-31/functions/busy/concurrency");
  }

  private static HttpResponse<String> invoke(String function, String event, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                cloud.endpoint().resolve("/2015-03-31/functions/" + function + "/invocations"))
            .POST(HttpRequest.BodyPublishers.ofString(event));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aFunctionIsInvokedByItsNameOrAliasAndAnsweredFor() throws Exception {
    HttpResponse<String> answer = invoke("swept", "{\"invoked\":1}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{}");
    assertThat(answer.headers().firstValue("X-Amz-Function-Error")).isEmpty();
    assertThat(LOG).contains("swept: {invoked=1}");
    assertThat(invoke("swept%3Alive", "{}").statusCode()).isEqualTo(200);
    assertThat(
            invoke("arn:aws:lambda:us-east-1:000000000000:function:swept:live", "{}").statusCode())
        .isEqualTo(200);
  }

  @Test
  void aFunctionThatFailsIsAnsweredForWithItsError() throws Exception {
    HttpResponse<String> failed = invoke("failing", "{}");
    assertThat(failed.statusCode()).isEqualTo(200);
    assertThat(failed.headers().firstValue("X-Amz-Function-Error")).contains("Unhandled");
    assertThat(failed.body())
        .isEqualTo(
            "{\"errorMessage\":\"an agent's"
                + " mistake\",\"errorType\":\"java.lang.IllegalStateException\"}");
  }

  @Test
  void whatCannotBeInvokedIsRefusedAsOnAws() throws Exception {
    HttpResponse<String> none = invoke("nobody", "{}");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(none.headers().firstValue("x-amzn-ErrorType")).contains("ResourceNotFoundException");
    assertThat(invoke("busy", "{}").statusCode()).isEqualTo(429);
    HttpResponse<String> never = invoke("swept", "{}", "X-Amz-Invocation-Type", "Never");
    assertThat(never.statusCode()).isEqualTo(400);
    assertThat(never.body()).contains("enum value set: [Event, RequestResponse, DryRun]");
  }

  @Test
  void withoutAWordInTheDocumentItIsAnInternalError() throws Exception {
    HttpResponse<String> busy = post("Plain", "/busy");
    assertThat(busy.statusCode()).isEqualTo(500);
    assertThat(busy.headers().firstValue("Retry-After")).isEmpty();
  }

  @Test
  void aScheduleInvokesItsFunctionEveryMinuteOfTheClouds() {
    await().until(() -> times("swept: {a=1}") >= 3);
  }

  @Test
  void anIndexHasTheRowsThatHaveItsKeysInItsOrder() {
    DynamoDbClient tables = aws.create(DynamoDbClient.builder());
    for (int deadline : new int[] {30, 10, 20}) {
      tables.putItem(
          put ->
              put.tableName("open")
                  .item(
                      Map.of(
                          "id",
                          AttributeValue.fromS("row-" + deadline),
                          "open",
                          AttributeValue.fromS("yes"),
                          "deadline",
                          AttributeValue.fromN("" + deadline))));
    }
    tables.putItem(put -> put.tableName("open").item(Map.of("id", AttributeValue.fromS("closed"))));
    assertThat(
            tables
                .query(
                    query ->
                        query
                            .tableName("open")
                            .indexName("by-deadline")
                            .keyConditionExpression("#open = :yes AND deadline < :now")
                            .expressionAttributeNames(Map.of("#open", "open"))
                            .expressionAttributeValues(
                                Map.of(
                                    ":yes",
                                    AttributeValue.fromS("yes"),
                                    ":now",
                                    AttributeValue.fromN("25"))))
                .items())
        .extracting(row -> row.getOrDefault("id", AttributeValue.fromS("no id")).s())
        .containsExactly("row-10", "row-20");
    assertThat(
            tables
                .describeTimeToLive(describe -> describe.tableName("open"))
                .timeToLiveDescription()
                .attributeName())
        .isEqualTo("expires_at");
  }

  /**
   * What a function sends to the API's own name, through the address guard, comes to the front
   * door; the guard sees a public address.
   */
  @Test
  void onFunctionsNetworkTheApisOwnNameIsPublicAndLeadsToTheFrontDoor() throws Exception {
    LocalNetwork network = new LocalNetwork(() -> cloud.endpoint().getPort());
    String host =
        cloud.outputs().getOrDefault("sources", Map.of()).get("Name")
            + ".execute-api.us-east-1.amazonaws.com";
    InetAddress address = network.resolve(host).getFirst();
    assertThat(
            address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isAnyLocalAddress())
        .isFalse();
    try (Socket socket = network.connect(host, address, 443, Duration.ofSeconds(3))) {
      socket
          .getOutputStream()
          .write(
              ("POST /prod/odd/here HTTP/1.1\r\nHost: "
                      + host
                      + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .contains("{a=here}");
    }
    assertThat(network.resolve("localhost")).allMatch(InetAddress::isLoopbackAddress);
  }

  /** Taken away and put back while the cloud runs, the queue and the function stay. */
  @Test
  void aMappingIsTakenAwayAndMadeAgain(@TempDir Path directory) throws Exception {
    String queue =
        "'Late':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'late','VisibilityTimeout':1}},'LateWorker':"
            + FUNCTION.formatted("late-worker", "OddWorker", "");
    String source =
        ",'Source':{'Type':'AWS::Lambda::EventSourceMapping','Properties':{'EventSourceArn':{'Fn::GetAtt':['Late','Arn']},'FunctionName':{'Ref':'LateWorker'},'BatchSize':1%s}}";
    deploy(directory, queue + source.formatted(""));
    send("late", "first");
    await().until(() -> times("late-worker: first #1") == 1);
    deploy(directory, queue);
    // The poll that was under way ends within its second; what comes in it is still its own.
    AtomicInteger sent = new AtomicInteger();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              send("late", "kept-" + sent.incrementAndGet());
              return queues
                  .receiveMessage(
                      receive ->
                          receive
                              .queueUrl(queueUrl("late"))
                              .waitTimeSeconds(2)
                              .visibilityTimeout(0))
                  .messages()
                  .stream()
                  .anyMatch(message -> message.body().equals("kept-" + sent.get()));
            });
    deploy(directory, queue + source.formatted(",'ScalingConfig':{'MaximumConcurrency':3}"));
    send("late", "last");
    await()
        .untilAsserted(
            () ->
                assertThat(LOG)
                    .as(() -> sent + " sent; " + LOG)
                    .anyMatch(line -> line.startsWith("late-worker: kept-" + sent + " #"))
                    .contains("late-worker: last #1"));
  }

  private static void deploy(Path directory, String resources) throws IOException {
    Templates.write(
        directory, "late", "{'Resources':{%s}}".formatted(resources).replace('\'', '"'));
    cloud.deploy(directory);
  }

  @Test
  void anEventSourceThatIsNoQueueIsRefusedByName(@TempDir Path directory) throws Exception {
    Templates.write(
        directory,
        "streams",
        "{\"Resources\":{\"S\":{\"Type\":\"AWS::Lambda::EventSourceMapping\",\"Properties\":{\"EventSourceArn\":\"arn:aws:kinesis:us-east-1:0:stream/s\",\"FunctionName\":\"f\"}}}}");
    assertThatThrownBy(() -> cloud.deploy(directory))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining("arn:aws:kinesis");
  }
}
