package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.callback.NotStarted;
import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.CatalogException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code -c workflow=true} adds to a stage, and that nothing of it is there otherwise. */
@SuppressWarnings("NullAway.Init") // set before all tests
class WorkflowTest {
  private static Synthesized stack;
  private static Template operations;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    stack =
        Synthesized.of(directory, Synthesized.MIXED, Map.of("stage", "try7", "workflow", "true"));
    operations = stack.operations().template();
  }

  private static Resource function(String part) {
    return operations.all("AWS::Lambda::Function").stream()
        .filter(one -> one.text("/FunctionName").equals("agentpost-try7-" + part))
        .findFirst()
        .orElseThrow();
  }

  private static Resource machine() {
    return operations.only("AWS::StepFunctions::StateMachine");
  }

  private static JsonNode definition() throws JsonProcessingException {
    return new JsonMapper().readTree(machine().text("/DefinitionString"));
  }

  private static Resource role(String arn) {
    return operations.all("AWS::IAM::Role").stream()
        .filter(one -> one.arn().equals(arn))
        .findFirst()
        .orElseThrow();
  }

  /** Actions by what they are for; logs and traces, which every function has, aside. */
  private static Map<String, Set<String>> allowed(String roleArn) {
    return operations.rights(role(roleArn)).stream()
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

  @Test
  void theTaskWaitsForATokenLongerThanTheOperationMayTake() throws JsonProcessingException {
    assertEquals("agentpost-try7-book-demo", machine().text("/StateMachineName"));
    JsonNode task = definition().at("/States/BookDemo");
    assertEquals(
        "arn:${Partition}:states:::lambda:invoke.waitForTaskToken", task.path("Resource").asText());
    assertEquals("${StartOperation}", task.at("/Parameters/FunctionName").asText());
    assertEquals("$$.Task.Token", task.at("/Parameters/Payload/task_token.$").asText());
    // The timeout handler comes by every minute, and for an hour's quarter it may be that it
    // cannot.
    assertTrue(
        task.path("TimeoutSeconds").asInt()
            >= task.at("/Parameters/Payload/deadline_seconds").asInt() + 15 * 60);
    assertEquals(
        "Succeed",
        definition().at("/States").path(task.path("Next").asText()).path("Type").asText());
    assertThat(Template.strings(task.at("/Retry/0/ErrorEquals")))
        .contains(NotStarted.class.getName());
  }

  /**
   * A person starts it after a month: nobody called {@code process-data} meanwhile, whose snapshot
   * Lambda makes again then, within ten minutes.
   */
  @Test
  void startsAfterAQuietMonth() throws JsonProcessingException {
    assertTrue(function("start-operation").at("/SnapStart").isMissingNode());
    JsonNode retry = definition().at("/States/BookDemo/Retry/0");
    double wait = 0;
    double interval = retry.path("IntervalSeconds").asInt();
    for (int tried = 0; tried < retry.path("MaxAttempts").asInt(); tried++) {
      wait += Math.min(interval, retry.path("MaxDelaySeconds").asInt());
      interval *= retry.path("BackoffRate").asInt();
    }
    // Full jitter takes half away.
    assertThat(wait / 2).isGreaterThan(600);
  }

  @Test
  void whatTheDefinitionLeavesOpenIsFilledIn() {
    Map<String, String> filled =
        machine().at("/DefinitionSubstitutions").properties().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, value -> operations.text(value.getValue())));
    assertEquals(
        Map.of(
            "Partition",
            "${AWS::Partition}",
            "StartOperation",
            function("start-operation").arn() + ":live"),
        filled);
    assertThat(
            machine().text("/DefinitionString").replaceAll("\\$\\{(Partition|StartOperation)}", ""))
        .doesNotContain("${");
  }

  @Test
  void itIsTracedAndLoggedWithoutTheTokens() {
    assertTrue(machine().at("/TracingConfiguration/Enabled").asBoolean());
    assertEquals("ALL", machine().text("/LoggingConfiguration/Level"));
    assertFalse(machine().at("/LoggingConfiguration/IncludeExecutionData").asBoolean(true));
    Resource log =
        operations.all("AWS::Logs::LogGroup").stream()
            .filter(
                one ->
                    one.text("/LogGroupName")
                        .equals("/aws/vendedlogs/states/agentpost-try7-book-demo"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        log.arn(),
        machine().text("/LoggingConfiguration/Destinations/0/CloudWatchLogsLogGroup/LogGroupArn"));
    assertEquals(30, log.at("/RetentionInDays").asInt());
  }

  @Test
  void itCallsItsFunctionsAliasAndNothingElse() {
    Resource role = role(machine().text("/RoleArn"));
    assertEquals(
        "states.amazonaws.com",
        role.text("/AssumeRolePolicyDocument/Statement/0/Principal/Service"));
    assertEquals(
        Map.of(function("start-operation").arn() + ":live", Set.of("lambda:InvokeFunction")),
        allowed(machine().text("/RoleArn")));
    assertThat(machine().dependsOn()).anyMatch(id -> id.contains("DefaultPolicy"));
  }

  @Test
  void itsFunctionMayStartOperationsAtTheHostedProcessorAndEndNone() {
    Resource start = function("start-operation");
    String api = stack.root().output("ApiUrl");
    assertEquals("book-demo", start.text("/Environment/Variables/AGENT"));
    assertEquals("calendar", start.text("/Environment/Variables/PROCESSOR"));
    assertEquals(
        "agentpost-try7/processors/", start.text("/Environment/Variables/PROCESSOR_SECRET_PREFIX"));
    assertEquals(api + "/process-data", start.text("/Environment/Variables/PROCESSOR_URL"));
    assertEquals(
        api + "/webhooks/process-complete", start.text("/Environment/Variables/CALLBACK_URL"));
    String secret =
        operations.all("AWS::SecretsManager::Secret").stream()
            .filter(one -> one.text("/Name").equals("agentpost-try7/processors/calendar"))
            .findFirst()
            .orElseThrow()
            .ref();
    String table =
        stack.root().all("AWS::DynamoDB::Table").stream()
            .filter(one -> one.text("/TableName").endsWith("-operations"))
            .findFirst()
            .orElseThrow()
            .arn();
    assertEquals(
        Map.of(
            secret,
            Set.of("secretsmanager:GetSecretValue"),
            stack.key(),
            Set.of("kms:Decrypt"),
            table,
            Set.of("dynamodb:PutItem", "dynamodb:UpdateItem")),
        allowed(start.text("/Role")));
  }

  @Test
  void whoEndsOperationsMayEndItsTasksAndNoOtherStateMachines() {
    for (String part : List.of("callback-handler", "timeout-handler")) {
      assertThat(allowed(function(part).text("/Role")))
          .as(part)
          .containsEntry(
              machine().ref(), Set.of("states:SendTaskSuccess", "states:SendTaskFailure"));
    }
    String rights =
        operations.all("AWS::IAM::Policy").stream()
            .map(policy -> policy.json().toString())
            .filter(policy -> policy.contains("states:"))
            .collect(Collectors.joining("\n"));
    assertEquals(2, rights.lines().count(), rights);
  }

  @Test
  void nothingOfItIsThereUnlessItIsAskedFor(@TempDir Path directory) {
    Synthesized plain = Synthesized.of(directory, Synthesized.MIXED, Map.of());
    assertThat(plain.templateFiles())
        .allSatisfy(
            file ->
                assertThat(Synthesized.content(file))
                    .doesNotContain("AWS::StepFunctions", "states:", "start-operation"));
  }

  @Test
  void anotherWordThanTrueOrFalseIsRefused(@TempDir Path directory) {
    assertThatThrownBy(
            () -> Synthesized.of(directory, Synthesized.MIXED, Map.of("workflow", "yes")))
        .isInstanceOf(CatalogException.class)
        .hasMessage("-c workflow=yes:\n  it is true or false");
  }

  @Test
  void withoutAHostedProcessorThereIsNobodyToAsk(@TempDir Path directory) {
    String catalog =
        "processors: {printer: {external: {}}}\n"
            + "agents: {crm: {subscribes: [user.signed_up], external: {url:"
            + " https://crm.example.com}}}";
    assertThatThrownBy(() -> Synthesized.of(directory, catalog, Map.of("workflow", "true")))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("hosted processor");
  }
}
