package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations of a catalog with a processor that is hosted and one that is elsewhere, at a stage.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
class OperationsTest {
  private static final Set<String> PROCESSORS = Set.of("calendar", "printer");
  private static Synthesized stack;
  private static Template operations;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    stack = Synthesized.of(directory, Synthesized.MIXED, Map.of("stage", "try7"));
    operations = stack.operations().template();
  }

  private static Resource named(String type, String property, String name) {
    return operations.all(type).stream()
        .filter(resource -> resource.text(property).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Resource function(String part) {
    return named("AWS::Lambda::Function", "/FunctionName", "agentpost-try7-" + part);
  }

  private static Resource queue(String name) {
    return named("AWS::SQS::Queue", "/QueueName", "agentpost-try7-" + name);
  }

  private static List<JsonNode> rights(Resource function) {
    String role = function.text("/Role");
    return operations.all("AWS::IAM::Role").stream()
        .filter(one -> one.arn().equals(role))
        .findFirst()
        .map(operations::rights)
        .orElseThrow();
  }

  /** Actions by what they are for; logs and traces, which every function has, aside. */
  private static Map<String, Set<String>> allowed(Resource function) {
    return rights(function).stream()
        .filter(
            right ->
                !right.path("Action").toString().contains("\"logs:")
                    && !right.path("Action").toString().contains("\"xray:"))
        .flatMap(
            right ->
                operations.texts(right.path("Resource")).stream()
                    .map(
                        resource ->
                            Map.entry(
                                resource, Set.copyOf(Template.strings(right.path("Action"))))))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static String table(String name) {
    return stack.root().all("AWS::DynamoDB::Table").stream()
        .filter(table -> table.text("/TableName").equals("agentpost-try7-" + name))
        .findFirst()
        .orElseThrow()
        .arn();
  }

  private static String secret(String processor) {
    return named("AWS::SecretsManager::Secret", "/Name", "agentpost-try7/processors/" + processor)
        .ref();
  }

  private static String bus() {
    return stack.root().only("AWS::Events::EventBus").arn();
  }

  @Test
  void theTableFindsWhatIsOpenAndWhatIsUnpublished() {
    Resource table =
        stack.root().all("AWS::DynamoDB::Table").stream()
            .filter(one -> one.text("/TableName").endsWith("-operations"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        "[{\"AttributeName\":\"correlation_id\",\"KeyType\":\"HASH\"}]",
        table.at("/KeySchema").toString());
    assertEquals(
        Map.of(
            "open-by-deadline",
                "[{\"AttributeName\":\"open\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"deadline\",\"KeyType\":\"RANGE\"}]",
            "unpublished",
                "[{\"AttributeName\":\"unpublished\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"completed_at\",\"KeyType\":\"RANGE\"}]"),
        table
            .at("/GlobalSecondaryIndexes")
            .valueStream()
            .collect(
                Collectors.toMap(
                    index -> index.path("IndexName").asText(),
                    index -> index.path("KeySchema").toString())));
    assertThat(table.at("/GlobalSecondaryIndexes").valueStream())
        .allMatch(
            index -> index.at("/Projection/ProjectionType").asText().equals("KEYS_ONLY"),
            "no copy of what is in the rows");
    assertThat(table.at("/AttributeDefinitions").toString())
        .contains("{\"AttributeName\":\"deadline\",\"AttributeType\":\"N\"}");
  }

  @Test
  void everyProcessorHasASecretGeneratedByAws() {
    for (String processor : PROCESSORS) {
      Resource secret =
          named("AWS::SecretsManager::Secret", "/Name", "agentpost-try7/processors/" + processor);
      assertEquals("current", secret.text("/GenerateSecretString/GenerateStringKey"));
      assertEquals(64, secret.at("/GenerateSecretString/PasswordLength").asInt());
    }
    assertThat(operations.all("AWS::SecretsManager::Secret")).hasSize(PROCESSORS.size());
  }

  @Test
  void everyFunctionRunsFromASnapshotOnArm() {
    List<Resource> functions = operations.all("AWS::Lambda::Function");
    assertThat(functions)
        .extracting(function -> function.text("/FunctionName").replace("agentpost-try7-", ""))
        .containsExactlyInAnyOrder(
            "process-data", "calendar", "callback-handler", "timeout-handler");
    assertThat(functions)
        .allSatisfy(
            function -> {
              assertEquals("java25", function.text("/Runtime"));
              assertEquals("arm64", function.text("/Architectures/0"));
              assertEquals("PublishedVersions", function.text("/SnapStart/ApplyOn"));
            });
    assertThat(operations.all("AWS::Lambda::Alias")).hasSize(4);
  }

  @Test
  void workWaitsInAQueueThatIsEncryptedAndGivesUpIntoADeadLetterQueue() {
    Resource work = queue("calendar");
    Resource letters = queue("calendar-dlq");
    assertEquals(letters.arn(), operations.text(work.at("/RedrivePolicy/deadLetterTargetArn")));
    assertEquals(8, work.at("/RedrivePolicy/maxReceiveCount").asInt());
    assertTrue(
        work.at("/VisibilityTimeout").asInt() >= 6 * function("calendar").at("/Timeout").asInt(),
        "Lambda asks for six times the function's time-out");
    assertEquals(14 * 24 * 3600, letters.at("/MessageRetentionPeriod").asInt());
    for (Resource queue : List.of(work, letters)) {
      assertTrue(queue.at("/SqsManagedSseEnabled").asBoolean());
      Resource policy = named("AWS::SQS::QueuePolicy", "/Queues/0", queue.ref());
      assertEquals(
          "{\"Bool\":{\"aws:SecureTransport\":\"false\"}}",
          policy.at("/PolicyDocument/Statement/0/Condition").toString());
      assertEquals("Deny", policy.text("/PolicyDocument/Statement/0/Effect"));
    }
  }

  @Test
  void theWorkerGetsBatchesOfWhichItMayFailAPartAndNotAllOfThemAtOnce() {
    Resource mapping = operations.only("AWS::Lambda::EventSourceMapping");
    assertEquals(queue("calendar").arn(), mapping.text("/EventSourceArn"));
    assertEquals(function("calendar").arn() + ":live", mapping.text("/FunctionName"));
    assertEquals("[\"ReportBatchItemFailures\"]", mapping.at("/FunctionResponseTypes").toString());
    assertEquals(5, mapping.at("/BatchSize").asInt());
    assertEquals(4, mapping.at("/ScalingConfig/MaximumConcurrency").asInt());
    assertThat(mapping.dependsOn())
        .containsAll(
            operations.all("AWS::Lambda::Alias").stream()
                .map(Resource::id)
                .filter(id -> id.contains("Working"))
                .toList())
        .isNotEmpty();
  }

  @Test
  void thoseWhoAcceptWorkMayQueueItAndThoseWhoDoItMayTakeIt() {
    Set<String> claims = Set.of("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem");
    assertEquals(
        Map.of(
            secret("calendar"), Set.of("secretsmanager:GetSecretValue"),
            stack.key(), Set.of("kms:Decrypt"),
            queue("calendar").arn(), Set.of("sqs:SendMessage"),
            table("claims"), claims),
        allowed(function("process-data")));
    assertEquals(
        Map.of(
            secret("calendar"), Set.of("secretsmanager:GetSecretValue"),
            stack.key(), Set.of("kms:Decrypt"),
            queue("calendar").arn(),
                Set.of(
                    "sqs:ReceiveMessage",
                    "sqs:DeleteMessage",
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes"),
            table("claims"), claims,
            table("agent-state"),
                Set.of(
                    "dynamodb:GetItem",
                    "dynamodb:Query",
                    "dynamodb:PutItem",
                    "dynamodb:DeleteItem")),
        allowed(function("calendar")));
    assertEquals(List.of("calendar"), keys(function("process-data"), "claims"));
    assertEquals(List.of("calendar-worker"), keys(function("calendar"), "claims"));
    assertEquals(List.of("calendar"), keys(function("calendar"), "agent-state"));
  }

  /** The partition keys that a function may reach in a table. */
  private static List<String> keys(Resource function, String table) {
    return rights(function).stream()
        .filter(right -> operations.text(right.path("Resource")).equals(table(table)))
        .flatMap(
            right ->
                Template.strings(
                    right.at("/Condition/ForAllValues:StringEquals/dynamodb:LeadingKeys"))
                    .stream())
        .toList();
  }

  @Test
  void theCompleterReadsEveryProcessorsSecretAndMovesOperations() {
    Resource callbackHandler = function("callback-handler");
    assertEquals("calendar,printer", callbackHandler.text("/Environment/Variables/PROCESSORS"));
    assertEquals(
        "agentpost-try7/processors/",
        callbackHandler.text("/Environment/Variables/PROCESSOR_SECRET_PREFIX"));
    assertEquals(
        Map.of(
            secret("calendar"), Set.of("secretsmanager:GetSecretValue"),
            secret("printer"), Set.of("secretsmanager:GetSecretValue"),
            stack.key(), Set.of("kms:Decrypt"),
            table("operations"), Set.of("dynamodb:GetItem", "dynamodb:UpdateItem"),
            bus(), Set.of("events:PutEvents")),
        allowed(callbackHandler));
  }

  @Test
  void deadlinesAreLookedAtEveryMinuteByTheAliasAndNoOtherFunction() {
    Resource timeoutHandler = function("timeout-handler");
    Resource schedule = operations.only("AWS::Scheduler::Schedule");
    assertEquals("rate(1 minute)", schedule.text("/ScheduleExpression"));
    assertEquals("OFF", schedule.text("/FlexibleTimeWindow/Mode"));
    assertEquals(timeoutHandler.arn() + ":live", schedule.text("/Target/Arn"));
    assertThat(timeoutHandler.at("/Timeout").asInt()).as("over before the next").isLessThan(60);
    Resource role =
        operations.all("AWS::IAM::Role").stream()
            .filter(one -> one.arn().equals(schedule.text("/Target/RoleArn")))
            .findFirst()
            .orElseThrow();
    assertEquals(
        "scheduler.amazonaws.com",
        role.text("/AssumeRolePolicyDocument/Statement/0/Principal/Service"));
    assertThat(operations.rights(role))
        .extracting(
            right -> right.path("Action").asText() + " " + operations.text(right.path("Resource")))
        .containsExactly(
            "lambda:InvokeFunction " + timeoutHandler.arn() + ":live",
            "sqs:SendMessage " + schedule.text("/Target/DeadLetterConfig/Arn"));
    assertEquals(
        Map.of(
            table("operations"),
            Set.of("dynamodb:GetItem", "dynamodb:UpdateItem"),
            table("operations") + "/index/open-by-deadline",
            Set.of("dynamodb:Query"),
            table("operations") + "/index/unpublished",
            Set.of("dynamodb:Query"),
            bus(),
            Set.of("events:PutEvents")),
        allowed(timeoutHandler));
  }

  @Test
  void theRoutesLeadToTheirFunctionsAndEachIsOpenToItsRouteOnly() {
    JsonNode paths = stack.root().only("AWS::ApiGateway::RestApi").at("/Body/paths");
    Map<String, String> routes =
        Map.of("/process-data", "process-data", "/webhooks/process-complete", "callback-handler");
    for (Map.Entry<String, String> route : routes.entrySet()) {
      String path = route.getKey();
      String part = route.getValue();
      assertThat(paths.path(path).at("/post/x-amazon-apigateway-integration/uri/Fn::Sub").asText())
          .endsWith(":function:agentpost-try7-" + part + ":live/invocations");
      Resource permission =
          named("AWS::Lambda::Permission", "/FunctionName", function(part).arn() + ":live");
      assertThat(permission.text("/SourceArn")).endsWith("/prod/POST" + path);
    }
  }

  @Test
  void anAgentThatStartsOperationsKnowsWhereAndMayReadTheProcessorsSecrets() {
    Template agent = stack.agent("hosted-everything").template();
    Resource function = agent.only("AWS::Lambda::Function");
    assertThat(function.text("/Environment/Variables/PROCESSOR_URL"))
        .isEqualTo(stack.root().output("ApiUrl") + "/process-data");
    assertThat(function.text("/Environment/Variables/CALLBACK_URL"))
        .isEqualTo(stack.root().output("ApiUrl") + "/webhooks/process-complete");
    assertThat(agent.all("AWS::IAM::Policy").toString()).contains("secretsmanager:GetSecretValue");
    assertThat(stack.agent("hosted-everything").stack().dependsOn())
        .contains(stack.operations().stack().id());
    assertThat(stack.agent("hosted-plain").stack().dependsOn())
        .doesNotContain(stack.operations().stack().id());
  }

  @Test
  void anAgentHandlesAsMuchAtATimeAsTheCatalogSays() {
    assertEquals(
        3,
        stack
            .agent("hosted-everything")
            .template()
            .only("AWS::Lambda::Function")
            .at("/ReservedConcurrentExecutions")
            .asInt());
    assertTrue(
        stack
            .agent("hosted-plain")
            .template()
            .only("AWS::Lambda::Function")
            .at("/ReservedConcurrentExecutions")
            .isMissingNode());
  }

  @Test
  void aFunctionWithoutRoomIsSaidToBeBusyAndWhenToComeAgain() {
    JsonNode responses =
        stack
            .root()
            .only("AWS::ApiGateway::RestApi")
            .at("/Body/x-amazon-apigateway-gateway-responses");
    assertEquals("503", responses.at("/INTEGRATION_FAILURE/statusCode").asText());
    for (String type : List.of("INTEGRATION_FAILURE", "DEFAULT_5XX", "THROTTLED")) {
      assertEquals(
          "'5'",
          responses
              .path(type)
              .path("responseParameters")
              .path("gatewayresponse.header.Retry-After")
              .asText());
    }
  }

  @Test
  void aCatalogWithoutProcessorsHasNoneOfIt(@TempDir Path directory) {
    Synthesized none =
        Synthesized.of(
            directory,
            "agents: {crm: {subscribes: [user.signed_up], external: {url:"
                + " https://crm.example.com}}}",
            Map.of());
    assertThat(none.nested()).containsOnlyKeys("agentpost-crm", "alarms", "dashboards", "secrets");
    assertThat(none.root().only("AWS::ApiGateway::RestApi").at("/Body/paths").toString())
        .doesNotContain("process-");
  }
}
