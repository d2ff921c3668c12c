package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.CatalogException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code canary}: new versions get a share of invocations before they get all. */
@SuppressWarnings("NullAway.Init") // set before all tests
class CanaryTest {
  private static final Set<String> MOVED =
      Set.of("agentpost-relay", "agentpost-hosted-plain", "agentpost-hosted-everything");

  private static Synthesized plain;
  private static Synthesized canary;

  @BeforeAll
  static void synthesize(@TempDir Path one, @TempDir Path other) {
    plain = Synthesized.of(one, Synthesized.MIXED, Map.of());
    canary = Synthesized.of(other, Synthesized.MIXED + "canary: {percentage: 20}\n", Map.of());
  }

  private static Stream<Resource> all(Synthesized stack, String type) {
    return stack.templates().flatMap(template -> template.all(type).stream());
  }

  private static JsonNode update(Resource alias) {
    return alias.json().at("/UpdatePolicy/CodeDeployLambdaAliasUpdate");
  }

  @Test
  void aCatalogThatSaysNothingHasNoneOfIt() {
    for (String type : List.of("Application", "DeploymentConfig", "DeploymentGroup")) {
      assertThat(all(plain, "AWS::CodeDeploy::" + type)).isEmpty();
    }
    assertThat(all(plain, "AWS::Lambda::Alias"))
        .isNotEmpty()
        .allMatch(alias -> update(alias).isMissingNode());
  }

  @Test
  void theRelayAndHostedAgentsAreMovedByGroupsOfTheirNames() {
    Resource application = canary.root().only("AWS::CodeDeploy::Application");
    assertEquals(
        "agentpost Lambda",
        application.text("/ApplicationName") + " " + application.text("/ComputePlatform"));
    assertThat(all(canary, "AWS::CodeDeploy::DeploymentGroup"))
        .extracting(group -> group.text("/DeploymentGroupName"))
        .containsExactlyInAnyOrderElementsOf(MOVED);
    List<JsonNode> updates =
        all(canary, "AWS::Lambda::Alias")
            .map(CanaryTest::update)
            .filter(update -> !update.isMissingNode())
            .toList();
    assertThat(updates)
        .extracting(update -> update.path("DeploymentGroupName").asText())
        .containsExactlyInAnyOrderElementsOf(MOVED);
    assertThat(updates)
        .allSatisfy(update -> assertEquals("agentpost", update.path("ApplicationName").asText()));
  }

  @Test
  void theShareIsTheCatalogsAndAnErrorOfTheNewVersionEndsTheDeployment() {
    Resource config = canary.root().only("AWS::CodeDeploy::DeploymentConfig");
    assertEquals("agentpost-canary-20-percent-5-minutes", config.text("/DeploymentConfigName"));
    assertEquals(
        "{\"TimeBasedCanary\":{\"CanaryInterval\":5,\"CanaryPercentage\":20},\"Type\":\"TimeBasedCanary\"}",
        config.at("/TrafficRoutingConfig").toString());
    for (Resource group : all(canary, "AWS::CodeDeploy::DeploymentGroup").toList()) {
      String function = group.text("/DeploymentGroupName");
      assertEquals(config.text("/DeploymentConfigName"), group.text("/DeploymentConfigName"));
      assertEquals(
          "[{\"Name\":\"%1$s-canary-errors\"},{\"Name\":\"%1$s-handler-failed\"}]"
              .formatted(function),
          group.at("/AlarmConfiguration/Alarms").toString());
      assertThat(group.at("/AutoRollbackConfiguration/Events").toString())
          .contains("DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_FAILURE");
      Resource alarm =
          all(canary, "AWS::CloudWatch::Alarm")
              .filter(one -> one.text("/AlarmName").equals(function + "-canary-errors"))
              .findFirst()
              .orElseThrow();
      // Lambda developer guide, "Types of metrics for Lambda functions": dimensions.
      assertEquals("AWS/Lambda Errors", alarm.text("/Namespace") + " " + alarm.text("/MetricName"));
      Map<String, String> dimensions = new TreeMap<>();
      alarm
          .at("/Dimensions")
          .forEach(
              one ->
                  dimensions.put(
                      one.path("Name").asText(),
                      one.at("/Value/Fn::GetAtt/1").asText(one.path("Value").asText())));
      assertThat(dimensions)
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "ExecutedVersion",
                  "Version",
                  "FunctionName",
                  function,
                  "Resource",
                  function + ":live"));
      assertThat(alarm.at("/Period").asInt()).isLessThan(300);
      // Endpoint answers 500 to what a handler throws, which Lambda takes for an answer.
      Resource failed =
          all(canary, "AWS::CloudWatch::Alarm")
              .filter(one -> one.text("/AlarmName").equals(function + "-handler-failed"))
              .findFirst()
              .orElseThrow();
      assertEquals(
          "agentpost HandlerFailed", failed.text("/Namespace") + " " + failed.text("/MetricName"));
      assertThat(failed.at("/Dimensions"))
          .extracting(
              one ->
                  one.path("Name").asText()
                      + " "
                      + one.at("/Value/Fn::GetAtt/1").asText(one.path("Value").asText()))
          .containsExactly("Function " + function, "Version Version");
    }
  }

  /** As AWSCodeDeployRoleForLambdaLimited, but that it moves no other aliases. */
  @Test
  void codeDeployMayMoveTheseAliasesAndNothingElse() {
    Resource role =
        canary.root().all("AWS::IAM::Role").stream()
            .filter(
                one ->
                    one.at("/AssumeRolePolicyDocument")
                        .toString()
                        .contains("codedeploy.amazonaws.com"))
            .findFirst()
            .orElseThrow();
    Set<String> rights = new TreeSet<>();
    for (JsonNode right : canary.root().rights(role)) {
      for (String resource : canary.root().texts(right.path("Resource"))) {
        for (JsonNode action : actions(right)) {
          rights.add(action.asText() + " " + resource.replaceFirst(".*:function:", ""));
        }
      }
    }
    Set<String> expected =
        new TreeSet<>(
            Set.of("cloudwatch:DescribeAlarms *", "lambda:GetProvisionedConcurrencyConfig *"));
    for (String function : MOVED) {
      expected.add("lambda:GetAlias " + function);
      expected.add("lambda:UpdateAlias " + function);
    }
    assertEquals(expected, rights);
  }

  private static Iterable<JsonNode> actions(JsonNode right) {
    JsonNode actions = right.path("Action");
    return actions.isArray() ? actions : List.of(actions);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{percentage: 0}",
        "{percentage: 100}",
        "{percentage: 10%}",
        "{interval: 90s}",
        "{interval: 61m}",
        "{interval: 0m}",
        "{after: 5m}",
        "10"
      })
  void whatCodeDeployDoesNotTakeIsRefused(String wrong, @TempDir Path directory) {
    assertThatThrownBy(
            () ->
                Synthesized.of(directory, Synthesized.MIXED + "canary: " + wrong + "\n", Map.of()))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("canary");
  }
}
