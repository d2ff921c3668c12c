package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.callback.CompleterHandler;
import agentpost.callback.StartOperationHandler;
import agentpost.callback.SweeperHandler;
import agentpost.local.testing.StateMachine;
import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import agentpost.platform.Network;
import agentpost.platform.Platform;
import agentpost.secrets.WebhookSecrets;
import agentpost.signing.Signer;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.SfnClientBuilder;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/**
 * The state machine as the CDK app synthesizes it, run by LocalStack's Step Functions. {@code localstack/host-mode start} starts a LocalStack and says
 * what to export.
 *
 * <p>Without Docker LocalStack has no Lambda, so this test plays that service: LocalStack, as {@code host-mode} sets it up, invokes functions at
 * AGENTPOST_LAMBDA_ENDPOINT, by Lambda's own Invoke call, and the handlers run in this JVM. The processor is played, too; the operations table, the
 * secret and the bus are the local cloud's. The tokens, the waiting, the retries and the end of executions are LocalStack's.
 */
@EnabledIfEnvironmentVariable(
    named = "AGENTPOST_LOCALSTACK_ENDPOINT",
    matches = "http.*",
    disabledReason = "AGENTPOST_LOCALSTACK_ENDPOINT names no LocalStack; 'localstack/host-mode start' starts one and says what to export")
@EnabledIfEnvironmentVariable(
    named = "AGENTPOST_LAMBDA_ENDPOINT",
    matches = "http://(127\\.0\\.0\\.1|localhost):\\d+",
    disabledReason = "AGENTPOST_LAMBDA_ENDPOINT does not say where on this machine LocalStack invokes functions; 'localstack/host-mode start' says it")
class StepFunctionsIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
  private static final Duration PAST_THE_DEADLINE = Duration.ofSeconds(7202);
  private static final String SECRET = "agentpost/processors/calendar";

  @TempDir private static Path directory;
  private static StateMachine machine;
  private static LocalCloud cloud;
  private static HttpServer lambda;
  private static HttpServer calendar;
  private static SfnClient stepFunctions;
  private static String arn;
  private static final Map<String, String> ENVIRONMENT = new HashMap<>();
  private static final List<String> INVOKED = new CopyOnWriteArrayList<>();
  private static final List<JsonNode> ASKED = new CopyOnWriteArrayList<>();
  private static final Queue<Integer> ANSWERS = new ConcurrentLinkedQueue<>();
  private static final List<String> ENDS = new ArrayList<>();
  private static final List<String> LOG = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    machine = StateMachine.synthesized(directory);
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    Templates.write(
        directory,
        "workflow",
        """
        {"Resources":{"Bus":{"Type":"AWS::Events::EventBus","Properties":{"Name":"agentpost"}},
         "Secret":{"Type":"AWS::SecretsManager::Secret","Properties":{"Name":"agentpost/processors/calendar",
          "GenerateSecretString":{"SecretStringTemplate":"{}","GenerateStringKey":"current","PasswordLength":64,"ExcludePunctuation":true}}},
         "Operations":{"Type":"AWS::DynamoDB::Table","Properties":{"TableName":"agentpost-operations","KeySchema":[{"AttributeName":"correlation_id","KeyType":"HASH"}],
          "AttributeDefinitions":[{"AttributeName":"correlation_id","AttributeType":"S"},{"AttributeName":"open","AttributeType":"S"},{"AttributeName":"deadline","AttributeType":"N"},
           {"AttributeName":"unpublished","AttributeType":"S"},{"AttributeName":"completed_at","AttributeType":"N"}],
          "GlobalSecondaryIndexes":[
           {"IndexName":"open-by-deadline","KeySchema":[{"AttributeName":"open","KeyType":"HASH"},{"AttributeName":"deadline","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}},
           {"IndexName":"unpublished","KeySchema":[{"AttributeName":"unpublished","KeyType":"HASH"},{"AttributeName":"completed_at","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]}}}}""");
    cloud.deploy(directory);
    calendar = server(0, StepFunctionsIT::asked);
    URI invocations = URI.create(System.getenv("AGENTPOST_LAMBDA_ENDPOINT"));
    lambda = server(invocations.getPort(), StepFunctionsIT::invoked);
    ENVIRONMENT.putAll(
        Map.of(
            "AGENT", machine.environment().getOrDefault("AGENT", ""),
            "PROCESSOR", machine.environment().getOrDefault("PROCESSOR", ""),
            "PROCESSORS", machine.environment().getOrDefault("PROCESSOR", ""),
            "PROCESSOR_SECRET_PREFIX", machine.environment().getOrDefault("PROCESSOR_SECRET_PREFIX", ""),
            "OPERATIONS_TABLE", "agentpost-operations",
            "BUS_NAME", "agentpost",
            "PROCESSOR_URL", "http://127.0.0.1:" + calendar.getAddress().getPort() + "/process-data",
            "CALLBACK_URL", "https://api.example.com/webhooks/process-complete"));
    stepFunctions = new Clients().create(SfnClient.builder());
    arn =
        stepFunctions
            .createStateMachine(
                create -> create.name("agentpost-book-demo-" + UUID.randomUUID()).definition(machine.definition()).roleArn("arn:aws:iam::000000000000:role/book-demo"))
            .stateMachineArn();
  }

  @AfterAll
  static void stop() throws IOException {
    Files.write(Path.of("target", "step-functions.txt"), ENDS);
    stepFunctions.deleteStateMachine(delete -> delete.stateMachineArn(arn));
    stepFunctions.close();
    lambda.stop(0);
    calendar.stop(0);
    cloud.close();
  }

  /** Step Functions is LocalStack's, everything else the local cloud's. */
  private static final class Clients implements AwsClients {
    @Override
    public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
      if (!(builder instanceof SfnClientBuilder)) {
        return cloud.clients("workflow").create(builder);
      }
      return builder
          .httpClient(UrlConnectionHttpClient.create())
          .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
          .region(Region.US_EAST_1)
          .endpointOverride(URI.create(System.getenv("AGENTPOST_LOCALSTACK_ENDPOINT")))
          .build();
    }
  }

  private static Platform platform(Duration ahead) {
    return new Platform(
        ENVIRONMENT, Clock.systemUTC(), Clock.offset(Clock.systemUTC(), ahead), new Clients(), HttpClient.newHttpClient(), Network.internet(), LOG::add);
  }

  private static Context minute() {
    return (Context) Proxy.newProxyInstance(Context.class.getClassLoader(), new Class<?>[] {Context.class}, (_, _, _) -> 60_000);
  }

  private interface Answer {
    void to(HttpExchange exchange, byte[] body) throws IOException;
  }

  private static HttpServer server(int port, Answer answer) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/",
        exchange -> {
          answer.to(exchange, exchange.getRequestBody().readAllBytes());
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void respond(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Lambda's Invoke: the function's answer, or its error as the Java runtime reports it. */
  private static void invoked(HttpExchange exchange, byte[] event) throws IOException {
    INVOKED.add(exchange.getRequestURI().getPath());
    try {
      Map<String, Object> input = JSON.readValue(event, new TypeReference<>() {});
      respond(exchange, 200, JSON.writeValueAsString(new StartOperationHandler(platform(Duration.ZERO)).handleRequest(input, minute())));
    } catch (RuntimeException e) {
      exchange.getResponseHeaders().set("X-Amz-Function-Error", "Unhandled");
      ObjectNode error = JSON.createObjectNode().put("errorMessage", e.getMessage()).put("errorType", e.getClass().getName());
      respond(exchange, 200, error.toString());
    }
  }

  private static void asked(HttpExchange exchange, byte[] request) throws IOException {
    ASKED.add(JSON.readTree(request));
    Integer status = ANSWERS.poll();
    respond(exchange, status == null ? 202 : status, "{}");
  }

  private static String execution(String lead) {
    String input = JSON.createObjectNode().put("lead_id", lead).put("time_zone", "Europe/Berlin").toString();
    return stepFunctions.startExecution(start -> start.stateMachineArn(arn).input(input)).executionArn();
  }

  private static List<JsonNode> asked(String lead) {
    return ASKED.stream().filter(request -> request.at("/data_to_process/lead_id").asText().equals(lead)).toList();
  }

  /** The operation that was started for a lead, once the calendar was asked so often. */
  private static String operation(String lead, int times) {
    await().atMost(LONG_ENOUGH).until(() -> asked(lead).size() == times);
    return asked(lead).getLast().path("correlation_id").asText();
  }

  private static int callBack(String operation, String outcome) {
    String secret = cloud.clients("test").create(SecretsManagerClient.builder()).getSecretValue(get -> get.secretId(SECRET)).secretString();
    String body = "{\"correlation_id\":\"" + operation + "\"," + outcome + "}";
    Map<String, String> headers = new Signer(WebhookSecrets.parse(secret)).sign(operation, Instant.now(), body.getBytes(UTF_8));
    APIGatewayProxyRequestEvent event =
        new APIGatewayProxyRequestEvent().withHttpMethod("POST").withPath("/webhooks/process-complete").withHeaders(headers).withBody(body);
    return new CompleterHandler(platform(Duration.ZERO)).handleRequest(event, minute()).getStatusCode();
  }

  private static DescribeExecutionResponse ended(String execution, TestReporter report) {
    await().atMost(LONG_ENOUGH).until(() -> describe(execution).status() != ExecutionStatus.RUNNING);
    DescribeExecutionResponse ended = describe(execution);
    String how = ended.statusAsString() + (ended.output() == null ? "" : " " + ended.output()) + (ended.error() == null ? "" : " " + ended.error() + ": " + ended.cause());
    report.publishEntry("execution", how);
    ENDS.add(how);
    return ended;
  }

  private static DescribeExecutionResponse describe(String execution) {
    return stepFunctions.describeExecution(describe -> describe.executionArn(execution));
  }

  @Test
  void anExecutionWaitsForTheCallbackAndSucceedsWithItsResult(TestReporter report) throws Exception {
    String execution = execution("lead-1");
    String operation = operation("lead-1", 1);
    assertThat(describe(execution).status()).isEqualTo(ExecutionStatus.RUNNING);
    assertThat(INVOKED.getLast()).contains(":function:agentpost-start-operation:live");
    assertThat(callBack(operation, "\"status\":\"completed\",\"result\":{\"starts_at\":\"2026-04-01T13:00:00Z\"}")).isEqualTo(200);
    DescribeExecutionResponse ended = ended(execution, report);
    assertThat(ended.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(JSON.readTree(ended.output()))
        .isEqualTo(JSON.readTree("{\"lead_id\":\"lead-1\",\"time_zone\":\"Europe/Berlin\",\"booking\":{\"starts_at\":\"2026-04-01T13:00:00Z\"}}"));
  }

  @Test
  void anExecutionFailsWithTheProcessorsError(TestReporter report) {
    String execution = execution("lead-2");
    assertThat(callBack(operation("lead-2", 1), "\"status\":\"failed\",\"error\":\"there is no free slot within three weeks\"")).isEqualTo(200);
    DescribeExecutionResponse ended = ended(execution, report);
    assertThat(ended.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(ended.error()).isEqualTo("agentpost.Failed");
    assertThat(ended.cause()).isEqualTo("there is no free slot within three weeks");
  }

  @Test
  void anExecutionWhoseOperationTimesOutIsFailedByTheSweeper(TestReporter report) {
    String execution = execution("lead-3");
    String operation = operation("lead-3", 1);
    await().atMost(LONG_ENOUGH).until(() -> LOG.stream().anyMatch(line -> line.contains(operation) && line.contains("accepted")));
    assertThat(new SweeperHandler(platform(PAST_THE_DEADLINE)).handleRequest(Map.of(), minute())).containsEntry("timed_out", 1);
    DescribeExecutionResponse ended = ended(execution, report);
    assertThat(ended.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(ended.error()).isEqualTo("agentpost.TimedOut");
    assertThat(ended.cause()).startsWith("there was no callback by the operation's deadline");
  }

  @Test
  void aProcessorThatIsBusyIsAskedAgainByTheWorkflowForTheSameOperation(TestReporter report) {
    ANSWERS.add(503);
    String execution = execution("lead-4");
    String operation = operation("lead-4", 2);
    assertThat(new ArrayList<>(asked("lead-4"))).extracting(request -> request.path("correlation_id").asText()).containsOnly(operation);
    await().atMost(LONG_ENOUGH).until(() -> LOG.stream().anyMatch(line -> line.contains(operation) && line.contains("accepted")));
    assertThat(callBack(operation, "\"status\":\"completed\",\"result\":{}")).isEqualTo(200);
    assertThat(ended(execution, report).status()).as("the second try's token was told").isEqualTo(ExecutionStatus.SUCCEEDED);
  }

  @Test
  void aCallbackForATaskThatIsOverIsTakenAndTellsNobody(TestReporter report) {
    String execution = execution("lead-5");
    String operation = operation("lead-5", 1);
    Map<String, AttributeValue> key = Map.of("correlation_id", AttributeValue.fromS(operation));
    Map<String, AttributeValue> row = new Clients().create(DynamoDbClient.builder()).getItem(get -> get.tableName("agentpost-operations").key(key)).item();
    stepFunctions.sendTaskFailure(send -> send.taskToken(row.getOrDefault("task_token", AttributeValue.fromS("")).s()).error("someone.else").cause("ended it"));
    assertThat(ended(execution, report).error()).isEqualTo("someone.else");
    assertThat(callBack(operation, "\"status\":\"completed\",\"result\":{}")).isEqualTo(200);
    assertThat(LOG).anyMatch(line -> line.contains(operation) && line.contains("no task waits any more"));
  }
}
