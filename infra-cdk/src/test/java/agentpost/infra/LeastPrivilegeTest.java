package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.catalog.Catalog;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every function may do what its code can do, and nothing else. A finding says what to add to its
 * role, or to take away.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
class LeastPrivilegeTest {
  /** The rights of roles that are no function's: what services ask for on everything, and why. */
  private static final Map<String, String> ON_EVERYTHING =
      Map.of(
          "apigateway.amazonaws.com",
              "one role for all APIs of the account, with the rights that API Gateway asks for"
                  + " (developer guide, \"Set up CloudWatch logging\")",
          "states.amazonaws.com",
              "deliveries of logs have no names before they are made, and X-Ray has no resources to"
                  + " name");

  private static Synthesized examples;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    examples = Synthesized.of(directory, Synthesized.EXAMPLES, Map.of("workflow", "true"));
  }

  private static List<Template> nested(Synthesized stack) {
    return stack.nested().values().stream().map(Synthesized.Nested::template).toList();
  }

  private static List<String> findings(Synthesized stack) {
    return RoleAudit.findings(stack.root(), nested(stack));
  }

  @Test
  void everyFunctionOfTheExamplesMayDoWhatItsCodeCanAndNothingElse() {
    assertThat(findings(examples)).isEmpty();
  }

  @Test
  void everyFunctionOfTheCatalogMayDoWhatItsCodeCanAndNothingElse(@TempDir Path directory) {
    assertThat(findings(Synthesized.real(directory))).isEmpty();
  }

  @Test
  void aRelayThatInvokesAgentsMayInvokeThemAndNothingElse(@TempDir Path directory)
      throws IOException {
    String catalog = Files.readString(Synthesized.EXAMPLES) + "deliveries: functionUrl\n";
    assertThat(findings(Synthesized.of(directory, catalog, Map.of("workflow", "true")))).isEmpty();
  }

  @Test
  void noWorkflowNeedsNoRightsOnOne(@TempDir Path directory) {
    assertThat(findings(Synthesized.of(directory, Synthesized.EXAMPLES, Map.of()))).isEmpty();
  }

  @Test
  void oneAgentAloneNeedsNoMore(@TempDir Path directory) {
    assertThat(
            findings(
                Synthesized.of(
                    directory,
                    "agents: {plain: {subscribes: [user.signed_up], hosted: {handler:"
                        + " agentpost.onboarding.PersonalizationHandler}}}",
                    Map.of())))
        .isEmpty();
  }

  @Test
  void aHundredAgentsNeedNoMoreEach(@TempDir Path directory) {
    List<String> agents = new ArrayList<>();
    for (int i = 0; agents.size() < 100; i++) {
      for (Catalog.Agent agent : examples.catalog().agents()) {
        if (agent.place() instanceof Catalog.Placement.Hosted hosted) {
          String uses =
              hosted.uses().stream()
                  .map(use -> use.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "));
          agents.add(
              "  "
                  + agent.name()
                  + "-"
                  + i
                  + ": {subscribes: [user.signed_up], hosted: {handler: "
                  + hosted.handler()
                  + ", uses: ["
                  + uses
                  + "]}}");
        }
      }
      agents.add(
          "  elsewhere-"
              + i
              + ": {subscribes: [user.signed_up], external: {url: 'https://agents.example.com/"
              + i
              + "'}}");
    }
    String shared =
        "email: {from: a@example.com, support: b@example.com}\n"
            + "processors: {calendar: {hosted: {handler: agentpost.calendar.CalendarHandler}},"
            + " printer: {external: {}}}\n";
    Synthesized many =
        Synthesized.of(
            directory,
            shared + "agents:\n" + String.join("\n", agents) + "\n",
            Map.of("stage", "many"));
    assertThat(nested(many)).hasSizeGreaterThan(100);
    assertThat(findings(many)).isEmpty();
  }

  @Test
  void whatTheCatalogSaysAnAgentUsesAndItsCodeDoesNotIsFound(@TempDir Path directory) {
    String catalog =
        "agents: {plain: {subscribes: [user.signed_up], hosted: {handler:"
            + " agentpost.onboarding.PersonalizationHandler, uses: [state]}}}";
    assertThat(findings(Synthesized.of(directory, catalog, Map.of())))
        .containsExactlyInAnyOrder(tooMuch("GetItem"), tooMuch("PutItem"));
  }

  private static String tooMuch(String action) {
    return "agentpost-plain: may dynamodb:"
        + action
        + " on arn:aws:dynamodb:us-east-1:111122223333:table/agentpost-agent-state, which no call"
        + " reachable from agentpost.onboarding.PersonalizationHandler needs";
  }

  @Test
  void noRoleHasAStarForAnActionAndOnlyNamedServicesHaveOneForAResource() {
    for (Template template : examples.templates().toList()) {
      DocumentedNames named = new DocumentedNames(template, Optional.empty());
      for (Template.Resource role : template.all("AWS::IAM::Role")) {
        String service =
            template.text(role.at("/AssumeRolePolicyDocument/Statement/0/Principal/Service"));
        for (JsonNode statement : template.rights(role)) {
          assertThat(Template.strings(statement.path("Action")))
              .as(service + " " + statement)
              .isNotEmpty()
              .noneMatch(action -> action.contains("*"));
          if (!service.equals("lambda.amazonaws.com")
              && named.texts(statement.path("Resource")).contains("*")) {
            assertThat(ON_EVERYTHING.keySet()).as(statement.toString()).contains(service);
          }
        }
      }
    }
  }

  /**
   * The ingest function's events cannot pass for others': the condition's sources are the
   * settings'.
   */
  @Test
  void whereARoleSaysWhichSourcesTheyAreTheFunctionsSettingsSayTheSame() {
    Template ingest = examples.ingest().template();
    Template.Resource function = ingest.only("AWS::Lambda::Function");
    List<String> sources =
        ingest.rights(ingest.only("AWS::IAM::Role")).stream()
            .filter(
                statement ->
                    Template.strings(statement.path("Action")).contains("events:PutEvents"))
            .flatMap(statement -> statement.path("Condition").findValues("events:source").stream())
            .flatMap(values -> Template.strings(values).stream())
            .toList();
    assertThat(sources)
        .isNotEmpty()
        .containsExactlyInAnyOrder(function.text("/Environment/Variables/SOURCES").split(","));
  }

  /**
   * What puts events for an agent does it under the agent's name, also Scheduler; and what has no
   * agent has a source of its own.
   */
  @Test
  void everyRoleThatMayPutEventsHasItsOwnSourceAsACondition() {
    Set<String> found = new TreeSet<>();
    for (Template template : examples.templates().toList()) {
      for (Template.Resource role : template.all("AWS::IAM::Role")) {
        String service =
            template
                .text(role.at("/AssumeRolePolicyDocument/Statement/0/Principal/Service"))
                .replace(".amazonaws.com", "");
        sources(template, role).forEach(source -> found.add(service + " " + source));
      }
    }
    List<String> expected =
        new ArrayList<>(List.of("lambda alerts", "lambda health", "lambda operations"));
    examples.catalog().sources().forEach(source -> expected.add("lambda " + source.name()));
    for (Catalog.Agent agent : examples.catalog().agents()) {
      if (agent.place() instanceof Catalog.Placement.Hosted hosted) {
        expected.add("lambda " + agent.name());
        if (hosted.uses().contains(Catalog.Capability.SCHEDULE)
            || hosted.uses().contains(Catalog.Capability.CANCEL)) {
          expected.add("scheduler " + agent.name());
        }
      }
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** A star, where a right to put events has no condition on its source. */
  private static List<String> sources(Template template, Template.Resource role) {
    return template.rights(role).stream()
        .filter(
            statement -> Template.strings(statement.path("Action")).contains("events:PutEvents"))
        .map(statement -> statement.at("/Condition/ForAllValues:StringEquals/events:source"))
        .flatMap(
            condition ->
                condition.isMissingNode() ? Stream.of("*") : Template.strings(condition).stream())
        .toList();
  }

  // Mistakes, each planted in a copy of the real templates.

  private static List<String> withMistake(String agent, Consumer<ArrayNode> mistake) {
    Template template = examples.agent(agent).template();
    Template wrong = new Template(template.json().deepCopy(), template.parameters());
    Template.Resource policy =
        wrong.all("AWS::IAM::Policy").stream()
            .filter(one -> one.id().contains("Function"))
            .findFirst()
            .orElseThrow();
    mistake.accept((ArrayNode) policy.at("/PolicyDocument/Statement"));
    return RoleAudit.findings(
        examples.root(),
        Stream.concat(
                nested(examples).stream().filter(one -> !one.equals(template)), Stream.of(wrong))
            .toList());
  }

  private static ObjectNode statement(ArrayNode statements, String action) {
    for (JsonNode statement : statements) {
      if (Template.strings(statement.path("Action")).contains(action)) {
        return (ObjectNode) statement;
      }
    }
    throw new AssertionError("Nothing allows " + action + " in " + statements);
  }

  private static void remove(ArrayNode statements, String action) {
    ObjectNode statement = statement(statements, action);
    statements.removeIf(statement::equals);
  }

  @Test
  void aGrantThatWasForgottenIsFound() {
    assertThat(withMistake("welcome-agent", statements -> remove(statements, "ses:SendEmail")))
        .containsExactly(
            "agentpost-welcome-agent: may not ses:SendEmail on hello@example.com (EMAIL_FROM),"
                + " which agentpost.mail.SesMailer.sendEmail needs, reachable from"
                + " agentpost.onboarding.WelcomeHandler");
  }

  @Test
  void oneActionThatWasForgottenIsFound() {
    assertThat(
            withMistake(
                "welcome-agent",
                statements ->
                    statement(statements, "dynamodb:UpdateItem")
                        .putArray("Action")
                        .add("dynamodb:PutItem")
                        .add("dynamodb:DeleteItem")))
        .containsExactly(
            "agentpost-welcome-agent: may not dynamodb:UpdateItem on agentpost-claims"
                + " (CLAIMS_TABLE), which agentpost.webhook.ClaimStore.markDone needs, reachable"
                + " from agentpost.onboarding.WelcomeHandler");
  }

  @Test
  void anActionTooManyIsFound() {
    assertThat(
            withMistake(
                "welcome-agent",
                statements ->
                    statement(statements, "dynamodb:UpdateItem")
                        .withArray("Action")
                        .add("dynamodb:Query")))
        .containsExactly(
            "agentpost-welcome-agent: may dynamodb:Query on"
                + " arn:aws:dynamodb:us-east-1:111122223333:table/agentpost-claims, which no call"
                + " reachable from agentpost.onboarding.WelcomeHandler needs");
  }

  @Test
  void aTableThatIsNotItsOwnIsFound() {
    assertThat(
            withMistake(
                "welcome-agent",
                statements ->
                    statements
                        .addObject()
                        .put("Effect", "Allow")
                        .put("Action", "dynamodb:PutItem")
                        .put(
                            "Resource",
                            "arn:aws:dynamodb:us-east-1:111122223333:table/agentpost-health")))
        .containsExactly(
            "agentpost-welcome-agent: may dynamodb:PutItem on rows of others in"
                + " arn:aws:dynamodb:us-east-1:111122223333:table/agentpost-health",
            "agentpost-welcome-agent: may dynamodb:PutItem on"
                + " arn:aws:dynamodb:us-east-1:111122223333:table/agentpost-health, which no call"
                + " reachable from agentpost.onboarding.WelcomeHandler needs");
  }

  @Test
  void anotherAgentsSecretIsFound() {
    String secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:agentpost/agents/*";
    assertThat(
            withMistake(
                "welcome-agent",
                statements ->
                    statement(statements, "secretsmanager:GetSecretValue").put("Resource", secret)))
        .containsExactly(
            "agentpost-welcome-agent: may not secretsmanager:GetSecretValue on"
                + " agentpost/agents/welcome-agent (WEBHOOK_SECRET), which"
                + " agentpost.secrets.SecretStore.load needs, reachable from"
                + " agentpost.onboarding.WelcomeHandler",
            "agentpost-welcome-agent: may secretsmanager:GetSecretValue on "
                + secret
                + ", which no call reachable from agentpost.onboarding.WelcomeHandler needs");
  }

  private static ObjectNode onTable(ArrayNode statements, String table) {
    for (JsonNode statement : statements) {
      if (statement.path("Resource").toString().contains(table)) {
        return (ObjectNode) statement;
      }
    }
    throw new AssertionError("Nothing is allowed on " + table + " in " + statements);
  }

  @Test
  void whatMayPublishInOthersNamesIsFound() {
    assertThat(
            withMistake(
                "welcome-agent",
                statements -> statement(statements, "events:PutEvents").remove("Condition")))
        .containsExactly(
            "agentpost-welcome-agent: may put events as anyone, and its own source is"
                + " welcome-agent");
    assertThat(
            withMistake(
                "welcome-agent",
                statements ->
                    ((ObjectNode)
                            statement(statements, "events:PutEvents")
                                .at("/Condition/ForAllValues:StringEquals"))
                        .put("events:source", "operations")))
        .containsExactly(
            "agentpost-welcome-agent: may put events as operations, and its own source is"
                + " welcome-agent");
  }

  @Test
  void whatMaySendMailInOthersNamesIsFound() {
    assertThat(
            withMistake(
                "welcome-agent",
                statements -> statement(statements, "ses:SendEmail").remove("Condition")))
        .containsExactly(
            "agentpost-welcome-agent: may send mail as anyone, and its sender is"
                + " hello@example.com");
  }

  @Test
  void whatMayWriteOthersOperationsIsFound() {
    assertThat(
            withMistake(
                "scheduling-agent",
                statements -> onTable(statements, "operations").remove("Condition")))
        .singleElement()
        .asString()
        .startsWith(
            "agentpost-scheduling-agent: may dynamodb:PutItem, dynamodb:UpdateItem on rows of"
                + " others in ")
        .endsWith("table/agentpost-operations");
    assertThat(
            withMistake(
                "scheduling-agent",
                statements ->
                    ((ObjectNode)
                            onTable(statements, "operations")
                                .at("/Condition/ForAllValues:StringLike"))
                        .put("dynamodb:LeadingKeys", "*")))
        .singleElement()
        .asString()
        .contains("on rows of others in ");
  }

  @Test
  void aStarForAnActionOrAResourceIsFound() {
    Set<String> found =
        Set.copyOf(
            withMistake(
                "welcome-agent",
                statements ->
                    statements
                        .addObject()
                        .put("Effect", "Allow")
                        .put("Action", "events:*")
                        .put("Resource", "*")));
    assertThat(found)
        .containsExactly(
            "agentpost-welcome-agent: may events:* on *: an action has a name, without a star");
    assertThat(
            withMistake(
                "welcome-agent",
                statements -> statement(statements, "events:PutEvents").put("Resource", "*")))
        .containsExactly(
            "agentpost-welcome-agent: may events:PutEvents on everything",
            "agentpost-welcome-agent: may not events:PutEvents on agentpost (BUS_NAME), which"
                + " agentpost.publish.EventBridgePublisher.entry needs, reachable from"
                + " agentpost.onboarding.WelcomeHandler");
  }

  /** Of another agent, of all of them, and of those whose names begin with its own. */
  @ParameterizedTest
  @ValueSource(strings = {"onboarding-coordinator.*", "*", "trial-monitor*", "trial-monitor-*"})
  void whatMayChangeOthersSchedulesIsFound(String schedules) {
    String arn = "arn:aws:scheduler:us-east-1:111122223333:schedule/agentpost/" + schedules;
    for (String action : List.of("scheduler:CreateSchedule", "scheduler:DeleteSchedule")) {
      assertThat(
              withMistake(
                  "trial-monitor",
                  statements -> statement(statements, action).put("Resource", arn)))
          .containsExactly(
              "agentpost-trial-monitor: may " + action + " on schedules of others in " + arn);
    }
  }
}
