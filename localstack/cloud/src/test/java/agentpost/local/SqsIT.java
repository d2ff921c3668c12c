package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.testing.Programs;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * SQS in both of its protocols: forms and XML as clients of before November 2023 speak, and JSON.
 */
class SqsIT {
  private static final String SIGNED =
      "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/sqs/aws4_request, SignedHeaders=host,"
          + " Signature=0";
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  /** Every operation, and every limit, by boto3: {@code clients/sqs_client.py}. */
  private static void clients(String python, String protocol) throws Exception {
    Path script = Path.of(SqsIT.class.getResource("/clients/sqs_client.py").toURI());
    Programs.Ended ended =
        Programs.run(List.of(python, script.toString(), cloud.endpoint().toString()));
    assertThat(ended.exit()).as(ended.out()).isZero();
    assertThat(ended.out().lines())
        .hasSizeGreaterThan(100)
        .allMatch(line -> line.startsWith(protocol) && line.endsWith(": as expected"));
  }

  @Test
  void boto3GetsWhatItExpects() throws Exception {
    assumeTrue(
        Programs.isInstalled("python3", "-c", "import boto3"),
        "python3 with boto3 is not installed: pip install boto3");
    clients("python3", "");
  }

  @Test
  void anOlderBoto3GetsTheSameByForms() throws Exception {
    String python = System.getenv("AGENTPOST_OLD_BOTO3");
    assumeTrue(
        python != null,
        "AGENTPOST_OLD_BOTO3 names no python that has boto3 before 1.28.83: python3 -m venv old &&"
            + " old/bin/pip install 'boto3==1.26.*'");
    clients(python, "query");
  }

  @Test
  void theAwsCliGetsWhatItExpects() throws Exception {
    assumeTrue(
        Programs.isInstalled("aws", "--version"),
        "the aws CLI is not installed: pip install awscli");
    List<String> aws = List.of("aws", "--endpoint-url", cloud.endpoint().toString(), "sqs");
    String url = cloud.endpoint() + "/000000000000/cli";
    assertThat(aws(aws, "create-queue", "--queue-name", "cli")).contains(url);
    assertThat(aws(aws, "send-message", "--queue-url", url, "--message-body", "hello"))
        .contains("MD5OfMessageBody");
    assertThat(aws(aws, "receive-message", "--queue-url", url)).contains("\"Body\": \"hello\"");
    assertThat(aws(aws, "receive-message", "--queue-url", url, "--max-number-of-messages", "11"))
        .contains("(InvalidParameterValue)", "Must be between 1 and 10");
  }

  private static String aws(List<String> aws, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(aws);
    command.addAll(List.of(arguments));
    return Programs.run(command).out();
  }

  /** AWS's SDK compares the digests of bodies and attributes with its own. */
  @Test
  void theSdkFindsItsDigestsRight() {
    try (SqsClient sqs = cloud.clients("test").create(SqsClient.builder())) {
      String url = sqs.createQueue(create -> create.queueName("digests")).queueUrl();
      Map<String, MessageAttributeValue> attributes =
          Map.of(
              "binary",
              MessageAttributeValue.builder()
                  .dataType("Binary.png")
                  .binaryValue(SdkBytes.fromByteArray(new byte[] {0, -1}))
                  .build(),
              "number",
              MessageAttributeValue.builder().dataType("Number").stringValue("12.5").build(),
              "text",
              MessageAttributeValue.builder().dataType("String").stringValue("ü 😀").build());
      sqs.sendMessage(send -> send.queueUrl(url).messageBody("ü 😀").messageAttributes(attributes));
      assertThat(
              sqs.receiveMessage(
                      receive -> receive.queueUrl(url).messageAttributeNames("bin.*", "text"))
                  .messages()
                  .getFirst()
                  .messageAttributes())
          .containsOnlyKeys("binary", "text");
    }
  }

  private static HttpResponse<String> post(String path, String form, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(cloud.endpoint().resolve(path))
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    return HTTP.send(
        headers.length == 0 ? request.build() : request.headers(headers).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String form(String action, String more) {
    return "Action=" + action + "&Version=2012-11-05" + more;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  @Test
  void aFormIsSqssByItsSignatureOrItsVersionOrItsPath() throws Exception {
    String url = cloud.endpoint() + "/000000000000/forms";
    String made = "<CreateQueueResult><QueueUrl>" + url + "</QueueUrl></CreateQueueResult>";
    assertThat(post("/", "Action=CreateQueue&QueueName=forms", "Authorization", SIGNED).body())
        .contains(made, "xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"", "<RequestId>");
    assertThat(post("/", form("CreateQueue", "&QueueName=forms")).body()).contains(made);
    assertThat(post("/000000000000/forms", form("SendMessage", "&MessageBody=by+path")).body())
        .contains("<MessageId>");
    HttpRequest get =
        HttpRequest.newBuilder(
                cloud.endpoint().resolve("/?Action=GetQueueUrl&Version=2012-11-05&QueueName=forms"))
            .build();
    assertThat(HTTP.send(get, HttpResponse.BodyHandlers.ofString()).body())
        .contains("<QueueUrl>" + url + "</QueueUrl>");
    assertThat(post("/", form("ReceiveMessage", "&QueueUrl=" + encoded(url))).body())
        .contains("<Body>by path</Body>");
    // What is signed for another service is asked of that one: its rights were looked at.
    assertThat(
            post("/", form("ListQueues", ""), "Authorization", SIGNED.replace("/sqs/", "/sts/"))
                .body())
        .contains("<ErrorResponse>")
        .doesNotContain("ListQueuesResult");
  }

  @Test
  void formsOfOtherServicesStayTheirs() throws Exception {
    assertThat(post("/", "Action=GetCallerIdentity&Version=2011-06-15").body())
        .contains("<Account>000000000000</Account>");
    assertThat(post("/", "Action=DescribeStacks&Version=2010-05-15").body())
        .contains("DescribeStacksResponse");
    assertThat(post("/", "Action=DescribeStacks&Version=2010-05-15&NextToken=x").body())
        .contains("The local cloud does not support NextToken of DescribeStacks.");
    assertThat(post("/", "Action=GetCallerIdentity&Version=2011-06-15&StackName=x").body())
        .contains("does not support StackName of GetCallerIdentity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ReceiveMessage|&QueueUrl=/000000000000/none|AWS.SimpleQueueService.NonExistentQueue|The"
            + " specified queue does not exist.",
        "ReceiveMessage|&QueueUrl=none|InvalidAddress|The address none is not valid for this"
            + " endpoint.",
        "CreateQueue|&QueueName=a+b|InvalidParameterValue|Can only include alphanumeric characters",
        "CreateQueue|&QueueName=q&Nonsense=1|InvalidParameterValue|The local cloud does not support"
            + " Nonsense of CreateQueue.",
        "CreateQueue|&QueueName=q&Attribute.1.Name=Nope&Attribute.1.Value=1|InvalidAttributeName|Unknown"
            + " Attribute Nope.",
        "CreateQueue|&QueueName=q&Nonsense.1.Name=Nope|InvalidParameterValue|The local cloud does"
            + " not support Nonsense of CreateQueue.",
        "CreateQueue||InvalidParameterValue|Value null at 'queueName'",
        "AddPermission|&QueueUrl=/000000000000/q|InvalidAction|AddPermission",
        "Nonsense||InvalidAction|Nonsense",
        "SendMessageBatch|&QueueUrl=/000000000000/q&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=b&SendMessageBatchRequestEntry.1.Nonsense=c|InvalidParameterValue|Nonsense"
            + " of SendMessageBatch",
        "SendMessage|&QueueUrl=/000000000000/q&MessageBody=%zz|MalformedQueryString|syntax error",
        "SendMessage|&QueueUrl=/000000000000/q&MessageBody=x&DelaySeconds=soon|SerializationException|STRING_VALUE"
            + " can not be converted to Integer",
      })
  void whatIsRefusedIsRefusedInXml(String action, String more, String code, String message)
      throws Exception {
    HttpResponse<String> answer = post("/", form(action, more == null ? "" : more));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/xml");
    assertThat(answer.body())
        .contains("<Type>Sender</Type><Code>" + code + "</Code><Message>", message);
  }

  @Test
  void webPagesAndNamesOfOthersAreKeptOutOfTheseDoorsToo() throws Exception {
    assertThat(post("/", form("ListQueues", ""), "Origin", "https://pages.example").statusCode())
        .isEqualTo(403);
    try (RawClient client = new RawClient(cloud.endpoint().getPort())) {
      String form = form("ListQueues", "");
      String head =
          "POST / HTTP/1.1\r\n"
              + "Host: pages.example\r\n"
              + "Connection: close\r\n"
              + "Content-Type: application/x-www-form-urlencoded\r\n"
              + "Content-Length: "
              + form.length()
              + "\r\n\r\n";
      assertThat(client.send(head + form).answer())
          .startsWith("HTTP/1.1 403")
          .contains("<Code>AccessDeniedException</Code>");
    }
  }

  @Test
  void anotherRegionIsRefusedByName() throws Exception {
    HttpResponse<String> answer =
        post(
            "/", form("ListQueues", ""), "Authorization", SIGNED.replace("us-east-1", "eu-west-1"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .contains(
            "<Code>InvalidSignatureException</Code>",
            "Credential should be scoped to a valid region, not 'eu-west-1': the local cloud is"
                + " us-east-1");
  }

  /** A policy that was put by a form is the queue's: EventBridge is held to it. */
  @Test
  void aPolicyPutByAFormIsHeldTo() throws Exception {
    String policy =
        "{\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"sqs:*\"}]}";
    post(
        "/",
        form(
            "CreateQueue",
            "&QueueName=closed&Attribute.1.Name=Policy&Attribute.1.Value=" + encoded(policy)));
    String queue = "arn:aws:sqs:us-east-1:000000000000:closed";
    event(
        "PutRule", "{\"Name\":\"closed\",\"EventPattern\":\"{\\\"source\\\":[\\\"closed\\\"]}\"}");
    event(
        "PutTargets",
        "{\"Rule\":\"closed\",\"Targets\":[{\"Id\":\"1\",\"Arn\":\"" + queue + "\"}]}");
    event(
        "PutEvents",
        "{\"Entries\":[{\"Source\":\"closed\",\"DetailType\":\"t\",\"Detail\":\"{}\"}]}");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> get("/_agentpost/attempts?rule=closed").contains("NO_PERMISSIONS"));
  }

  private static void event(String operation, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(cloud.endpoint())
            .header("X-Amz-Target", "AWSEvents." + operation)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private static String get(String path) throws IOException, InterruptedException {
    return HTTP.send(
            HttpRequest.newBuilder(cloud.endpoint().resolve(path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
