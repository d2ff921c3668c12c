package agentpost.local.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The state machine of the template, in the cloud's Step Functions. Its task invokes {@code
 * start-operation}, which asks the calendar by {@code POST /process-data}; the scenario takes what
 * that puts into the calendar's queue, and calls back as the worker would.
 */
interface WorkflowScenarios extends Scenario {
  Duration PAST_THE_DEADLINE = Duration.ofSeconds(7202);
  JsonMapper JSON = new JsonMapper();

  private SfnClient stepFunctions() {
    return cloud().aws().create(SfnClient.builder());
  }

  private void refused() {
    assertThatThrownBy(() -> execution("lead-0"))
        .isInstanceOfSatisfying(
            SfnException.class,
            no ->
                assertThat(no.awsErrorDetails().errorMessage())
                    .isEqualTo("The local cloud does not support AWSStepFunctions.StartExecution"));
  }

  private void workflow(Step scenario) throws Exception {
    expect(
        Gap.NO_STEP_FUNCTIONS,
        () -> {
          assumeTrue(
              cloud().invokesFunctions(),
              "AGENTPOST_LAMBDA_ENDPOINT does not say where LocalStack invokes functions");
          scenario.run();
        },
        this::refused);
  }

  private String execution(String lead) {
    String arn =
        "arn:aws:states:us-east-1:000000000000:stateMachine:" + cloud().app().named("book-demo");
    String input =
        JSON.createObjectNode().put("lead_id", lead).put("time_zone", "Europe/Berlin").toString();
    return stepFunctions()
        .startExecution(start -> start.stateMachineArn(arn).input(input))
        .executionArn();
  }

  private DescribeExecutionResponse describe(String execution) {
    return stepFunctions().describeExecution(describe -> describe.executionArn(execution));
  }

  private DescribeExecutionResponse ended(String execution) {
    Scenario.eventually(() -> describe(execution).status() != ExecutionStatus.RUNNING);
    return describe(execution);
  }

  /** The operation that was started for a lead, taken out of the calendar's queue. */
  private String operation(String lead) {
    SqsClient queues = cloud().aws().create(SqsClient.builder());
    String url =
        queues.getQueueUrl(get -> get.queueName(cloud().app().named("calendar"))).queueUrl();
    List<JsonNode> asked = new ArrayList<>();
    Scenario.eventually(
        () -> {
          queues
              .receiveMessage(receive -> receive.queueUrl(url))
              .messages()
              .forEach(message -> asked.add(read(message.body())));
          return asked.stream()
              .anyMatch(item -> item.at("/data_to_process/lead_id").asText().equals(lead));
        });
    String operation = asked.getLast().path("correlation_id").asText();
    Scenario.eventually(() -> isLogged(operation, "accepted"));
    return operation;
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalStateException("What the intake puts into the queue is JSON", e);
    }
  }

  private boolean isLogged(String... words) {
    return cloud().log().stream()
        .anyMatch(line -> List.of(words).stream().allMatch(line::contains));
  }

  private int callBack(String operation, String outcome) throws IOException, InterruptedException {
    Cloud.App app = cloud().app();
    String secret =
        cloud()
            .aws()
            .create(SecretsManagerClient.builder())
            .getSecretValue(get -> get.secretId(app.prefix() + "/processors/calendar"))
            .secretString();
    byte[] body = ("{\"correlation_id\":\"" + operation + "\"," + outcome + "}").getBytes(UTF_8);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(app.url() + "/webhooks/process-complete"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    new Signer(WebhookKeyStore.parse(secret))
        .sign(operation, Instant.now(), body)
        .forEach(request::header);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  @Hits(Gap.NO_STEP_FUNCTIONS)
  default void anExecutionWaitsForTheCallbackAndSucceedsWithItsResult() throws Exception {
    workflow(
        () -> {
          String execution = execution("lead-1");
          String operation = operation("lead-1");
          assertThat(describe(execution).status()).isEqualTo(ExecutionStatus.RUNNING);
          assertThat(
                  callBack(
                      operation,
                      "\"status\":\"completed\",\"result\":{\"starts_at\":\"2026-04-01T13:00:00Z\"}"))
              .isEqualTo(200);
          DescribeExecutionResponse ended = ended(execution);
          assertThat(ended.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
          assertThat(JSON.readTree(ended.output()))
              .isEqualTo(
                  JSON.readTree(
                      "{\"lead_id\":\"lead-1\",\"time_zone\":\"Europe/Berlin\",\"booking\":{\"starts_at\":\"2026-04-01T13:00:00Z\"}}"));
        });
  }

  @Test
  @Hits(Gap.NO_STEP_FUNCTIONS)
  default void anExecutionFailsWithTheErrorOfItsProcessor() throws Exception {
    workflow(
        () -> {
          String execution = execution("lead-2");
          assertThat(
                  callBack(
                      operation("lead-2"),
                      "\"status\":\"failed\",\"error\":\"there is no free slot within three"
                          + " weeks\""))
              .isEqualTo(200);
          DescribeExecutionResponse ended = ended(execution);
          assertThat(ended.status()).isEqualTo(ExecutionStatus.FAILED);
          assertThat(ended.error()).isEqualTo("agentpost.Failed");
          assertThat(ended.cause()).isEqualTo("there is no free slot within three weeks");
        });
  }

  @Test
  @Hits(Gap.NO_STEP_FUNCTIONS)
  default void anExecutionWhoseOperationTimesOutIsFailedByTheTimeoutHandler() throws Exception {
    workflow(
        () -> {
          String execution = execution("lead-3");
          operation("lead-3");
          cloud().ahead(PAST_THE_DEADLINE);
          try {
            LambdaClient lambda = cloud().aws().create(LambdaClient.builder());
            assertThat(
                    lambda
                        .invoke(
                            invoke -> invoke.functionName(cloud().app().named("timeout-handler")))
                        .payload()
                        .asUtf8String())
                .contains("\"timed_out\":1");
          } finally {
            cloud().ahead(Duration.ZERO);
          }
          DescribeExecutionResponse ended = ended(execution);
          assertThat(ended.status()).isEqualTo(ExecutionStatus.FAILED);
          assertThat(ended.error()).isEqualTo("agentpost.TimedOut");
          assertThat(ended.cause()).startsWith("there was no callback by the operation's deadline");
        });
  }

  @Test
  @Hits(Gap.NO_STEP_FUNCTIONS)
  default void aProcessorThatIsBusyIsAskedAgainByTheWorkflow() throws Exception {
    workflow(
        () -> {
          String busy = cloud().app().named("process-data");
          LambdaClient lambda = cloud().aws().create(LambdaClient.builder());
          lambda.putFunctionConcurrency(
              put -> put.functionName(busy).reservedConcurrentExecutions(0));
          String execution = execution("lead-4");
          Scenario.eventually(() -> isLogged("start-operation failed", "NotStarted"));
          lambda.deleteFunctionConcurrency(delete -> delete.functionName(busy));
          assertThat(callBack(operation("lead-4"), "\"status\":\"completed\",\"result\":{}"))
              .isEqualTo(200);
          assertThat(ended(execution).status())
              .as("the second try's token was told")
              .isEqualTo(ExecutionStatus.SUCCEEDED);
        });
  }

  @Test
  @Hits(Gap.NO_STEP_FUNCTIONS)
  default void aCallbackForATaskThatIsOverIsTakenAndTellsNobody() throws Exception {
    workflow(
        () -> {
          String execution = execution("lead-5");
          String operation = operation("lead-5");
          Map<String, AttributeValue> key =
              Map.of("correlation_id", AttributeValue.fromS(operation));
          Map<String, AttributeValue> row =
              cloud()
                  .aws()
                  .create(DynamoDbClient.builder())
                  .getItem(get -> get.tableName(cloud().app().named("operations")).key(key))
                  .item();
          String token = row.getOrDefault("task_token", AttributeValue.fromS("")).s();
          stepFunctions()
              .sendTaskFailure(
                  send -> send.taskToken(token).error("someone.else").cause("ended it"));
          assertThat(ended(execution).error()).isEqualTo("someone.else");
          assertThat(callBack(operation, "\"status\":\"completed\",\"result\":{}")).isEqualTo(200);
          assertThat(isLogged(operation, "no task waits any more")).isTrue();
        });
  }
}
