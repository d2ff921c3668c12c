package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.Catalog;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the functions that agents share may do, and every role. */
class SharedRightsTest extends SharedStackTestBed {
  @ParameterizedTest
  @MethodSource("stacks")
  void theRedriveReachesAgentsDeadLettersSecretsAndPlacesAndNothingElse(Synthesized stack) {
    Resource redrive = function(stack, "redrive");
    String prefix = stack.names().prefix();
    assertEquals("agentpost.deadletter.RedriveHandler", redrive.text("/Handler"));
    assertEquals("java25", redrive.text("/Runtime"));
    assertEquals("arm64", redrive.text("/Architectures/0"));
    String here = ":${AWS::Region}:${AWS::AccountId}:";
    assertEquals(
        deadLetters(stack),
        queues(
            stack,
            redrive,
            "sqs:GetQueueUrl,sqs:ReceiveMessage,sqs:ChangeMessageVisibility,sqs:DeleteMessage"));
    assertThat(rights(stack, redrive))
        .filteredOn(right -> !right.startsWith("sqs:"))
        .containsExactlyInAnyOrder(
            "secretsmanager:GetSecretValue arn:${AWS::Partition}:secretsmanager"
                + here
                + "secret:"
                + prefix
                + "/agents/*",
            "kms:Decrypt " + stack.key(),
            "secretsmanager:GetSecretValue arn:${AWS::Partition}:secretsmanager"
                + here
                + "secret:"
                + prefix
                + "/directory/agents-??????",
            "dynamodb:GetItem,dynamodb:UpdateItem " + health(stack).arn());
    assertThat(stack.root().all("AWS::Lambda::Permission"))
        .noneMatch(permission -> permission.text("/FunctionName").contains(redrive.id()));
  }

  /** What a function of the root stack may do, beyond its log and traces. */
  private static List<String> rights(Synthesized stack, Resource function) {
    Resource role =
        stack.root().all("AWS::IAM::Role").stream()
            .filter(one -> one.arn().equals(function.text("/Role")))
            .findFirst()
            .orElseThrow();
    return stack.root().rights(role).stream()
        .map(
            right ->
                String.join(",", Template.strings(right.path("Action")))
                    + " "
                    + String.join(",", stack.root().texts(right.path("Resource"))))
        .filter(right -> !right.startsWith("logs:") && !right.startsWith("xray:"))
        .toList();
  }

  /** Those that a function may do all of this with, and no more than this. */
  private static Set<String> queues(Synthesized stack, Resource function, String actions) {
    List<String> rights =
        rights(stack, function).stream().filter(right -> right.startsWith("sqs:")).toList();
    assertThat(rights).isNotEmpty().allMatch(right -> right.startsWith(actions + " "));
    return rights.stream()
        .flatMap(right -> Stream.of(right.substring(right.indexOf(' ') + 1).split(",")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> deadLetters(Synthesized stack) {
    String here = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:";
    return stack.catalog().agents().stream()
        .map(agent -> here + stack.names().deadLetters(agent.name()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Resource health(Synthesized stack) {
    return stack.root().all("AWS::DynamoDB::Table").stream()
        .filter(table -> table.text("/TableName").endsWith("-health"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void theRecoveryRunsEveryMinuteAndReachesWhatItNeedsAndNothingElse(Synthesized stack) {
    Resource recovery = function(stack, "recovery");
    String prefix = stack.names().prefix();
    assertEquals("agentpost.deadletter.RecoveryHandler", recovery.text("/Handler"));
    assertThat(recovery.at("/Timeout").asInt()).as("over before the next run").isLessThan(60);
    Resource schedule = stack.root().only("AWS::Scheduler::Schedule");
    assertEquals(prefix + "-recovery", schedule.text("/Name"));
    assertEquals("rate(1 minute)", schedule.text("/ScheduleExpression"));
    assertEquals(recovery.arn() + ":live", schedule.text("/Target/Arn"));
    assertEquals(0, schedule.at("/Target/RetryPolicy/MaximumRetryAttempts").asInt(-1));
    String here = ":${AWS::Region}:${AWS::AccountId}:";
    assertEquals(
        deadLetters(stack),
        queues(
            stack,
            recovery,
            "sqs:GetQueueUrl,sqs:GetQueueAttributes,sqs:ReceiveMessage,sqs:ChangeMessageVisibility,sqs:DeleteMessage"));
    assertThat(rights(stack, recovery))
        .filteredOn(right -> !right.startsWith("sqs:"))
        .containsExactlyInAnyOrder(
            "secretsmanager:GetSecretValue arn:${AWS::Partition}:secretsmanager"
                + here
                + "secret:"
                + prefix
                + "/agents/*",
            "kms:Decrypt " + stack.key(),
            "secretsmanager:GetSecretValue arn:${AWS::Partition}:secretsmanager"
                + here
                + "secret:"
                + prefix
                + "/directory/agents-??????",
            "dynamodb:GetItem,dynamodb:UpdateItem,dynamodb:Scan " + health(stack).arn(),
            "events:PutEvents " + stack.root().only("AWS::Events::EventBus").arn());
  }

  /** An agent that could write there could close its own circuit, or another's. */
  @ParameterizedTest
  @MethodSource("stacks")
  void onlyWhoDeliversKnowsOfAgentsHealth(Synthesized stack) {
    assertThat(rights(stack, function(stack, "relay")))
        .contains("dynamodb:GetItem,dynamodb:UpdateItem " + health(stack).arn());
    assertThat(stack.templates())
        .filteredOn(template -> !template.equals(stack.root()))
        .allSatisfy(
            template ->
                assertThat(template.all("AWS::IAM::Policy"))
                    .noneMatch(
                        policy ->
                            policy.json().toString().toLowerCase(Locale.ROOT).contains("health")));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void rightsNameWhatTheyAreFor(Synthesized stack) {
    Set<String> withoutResources = Set.of("xray:PutTraceSegments", "xray:PutTelemetryRecords");
    stack
        .templates()
        .forEach(
            template ->
                template
                    .all("AWS::IAM::Policy")
                    .forEach(
                        policy -> {
                          for (JsonNode statement : policy.at("/PolicyDocument/Statement")) {
                            List<String> actions = Template.strings(statement.path("Action"));
                            assertThat(actions)
                                .as(policy.id())
                                .isNotEmpty()
                                .noneMatch(action -> action.contains("*"));
                            if (!withoutResources.containsAll(actions)) {
                              assertThat(template.texts(statement.path("Resource")))
                                  .as(policy.id() + " " + actions)
                                  .isNotEmpty()
                                  .doesNotContain("*");
                            }
                          }
                        }));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void everyFunctionHasARoleOfItsOwn(Synthesized stack) {
    stack
        .templates()
        .forEach(
            template -> {
              List<String> roles =
                  template.all("AWS::Lambda::Function").stream()
                      .map(function -> function.text("/Role"))
                      .toList();
              assertThat(roles).doesNotHaveDuplicates();
              assertThat(template.all("AWS::IAM::Role"))
                  .allSatisfy(
                      role -> assertTrue(role.at("/ManagedPolicyArns").isMissingNode(), role.id()));
            });
  }

  private static boolean plans(Catalog.Agent agent) {
    return agent.place() instanceof Catalog.Placement.Hosted hosted
        && (hosted.uses().contains(Catalog.Capability.SCHEDULE)
            || hosted.uses().contains(Catalog.Capability.CANCEL));
  }

  /** Otherwise a rule or schedule of a stranger could be made to use them. */
  @ParameterizedTest
  @MethodSource("stacks")
  void rolesThatServicesTakeAreForThisAccount(Synthesized stack) {
    assertThat(stack.templates().flatMap(template -> template.all("AWS::IAM::Role").stream()))
        .filteredOn(
            role ->
                Set.of("events.amazonaws.com", "scheduler.amazonaws.com")
                    .contains(role.text("/AssumeRolePolicyDocument/Statement/0/Principal/Service")))
        .hasSize(
            1
                + stack.catalog().agents().size()
                + (int) stack.catalog().agents().stream().filter(SharedRightsTest::plans).count()
                + (stack.catalog().processors().isEmpty() ? 0 : 1))
        .allSatisfy(
            role ->
                assertEquals(
                    "${AWS::AccountId}",
                    role.text(
                        "/AssumeRolePolicyDocument/Statement/0/Condition/StringEquals/aws:SourceAccount")));
  }
}
