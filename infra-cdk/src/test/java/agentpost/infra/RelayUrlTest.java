package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deliveries: functionUrl}: the relay's own door, and the way from it to hosted agents. */
@SuppressWarnings("NullAway.Init") // set before all tests
class RelayUrlTest {
  private static final String PREFIX = "/Environment/Variables/FUNCTION_PREFIX";

  private static Synthesized plain;
  private static Synthesized urls;

  @BeforeAll
  static void synthesize(@TempDir Path one, @TempDir Path other) {
    plain = Synthesized.of(one, Synthesized.MIXED, Map.of());
    urls =
        Synthesized.of(
            other,
            Synthesized.MIXED.replace("hosted-plain: {", "hosted-plain: {from: [192.0.2.0/24], ")
                + "egress: static\ndeliveries: functionUrl\n",
            Map.of());
  }

  private static Stream<Resource> all(Synthesized stack, String type) {
    return stack.templates().flatMap(template -> template.all(type).stream());
  }

  private static Resource function(Synthesized stack, String name) {
    return all(stack, "AWS::Lambda::Function")
        .filter(one -> one.text("/FunctionName").equals("agentpost-" + name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCatalogThatSaysNothingHasNoneOfIt() {
    assertThat(all(plain, "AWS::Lambda::Url")).isEmpty();
    assertThat(all(plain, "AWS::Lambda::Permission"))
        .noneMatch(permission -> permission.text("/Principal").equals("*"));
    assertThat(all(plain, "AWS::Lambda::Function"))
        .allMatch(function -> function.at(PREFIX).isMissingNode());
    assertThat(all(plain, "AWS::CloudWatch::Alarm"))
        .noneMatch(alarm -> alarm.text("/AlarmName").endsWith("relay-5xx"));
  }

  @Test
  void theRelayAloneIsOpenAndItsAliasIs() {
    Resource url = urls.root().only("AWS::Lambda::Url");
    assertEquals(1, all(urls, "AWS::Lambda::Url").count());
    assertEquals("NONE live", url.text("/AuthType") + " " + url.text("/Qualifier"));
    assertEquals(function(urls, "relay").arn(), url.text("/TargetFunctionArn"));
    List<Resource> open =
        all(urls, "AWS::Lambda::Permission")
            .filter(permission -> permission.text("/Principal").equals("*"))
            .toList();
    assertThat(open)
        .extracting(
            one ->
                one.text("/Action")
                    + one.at("/FunctionUrlAuthType").asText("")
                    + one.at("/InvokedViaFunctionUrl").asText(""))
        .containsExactlyInAnyOrder("lambda:InvokeFunctionUrlNONE", "lambda:InvokeFunctiontrue");
    assertThat(open)
        .allSatisfy(
            one ->
                assertEquals(function(urls, "relay").arn() + ":live", one.text("/FunctionName")));
  }

  @Test
  void everyDestinationLeadsThereAndTheApisRouteStays() {
    for (Catalog.Agent agent : urls.catalog().agents()) {
      assertThat(
              urls.agent(agent.name())
                  .template()
                  .only("AWS::Events::ApiDestination")
                  .at("/InvocationEndpoint")
                  .toString())
          .contains("RelayFunctionUrl")
          .contains("\"deliveries/" + agent.name() + "\"");
    }
    assertTrue(
        urls.root().only("AWS::ApiGateway::RestApi").at("/Body/paths").has("/deliveries/{agent}"));
  }

  @Test
  void theRelayMayInvokeHostedAgentsAndNothingElse() {
    Resource relay = function(urls, "relay");
    assertEquals("agentpost-", relay.text(PREFIX));
    assertThat(
            all(urls, "AWS::Lambda::Function")
                .filter(one -> one.properties().at(PREFIX).isTextual()))
        .hasSize(1);
    Resource role =
        urls.root().all("AWS::IAM::Role").stream()
            .filter(one -> one.arn().equals(relay.text("/Role")))
            .findFirst()
            .orElseThrow();
    List<String> invoked =
        urls.root().rights(role).stream()
            .filter(right -> right.path("Action").asText().equals("lambda:InvokeFunction"))
            .map(right -> right.path("Resource"))
            .flatMap(resources -> urls.root().texts(resources).stream())
            .map(arn -> arn.replaceFirst(".*:function:", ""))
            .toList();
    assertThat(invoked)
        .containsExactlyInAnyOrder(
            "agentpost-hosted-plain:live", "agentpost-hosted-everything:live");
  }

  @Test
  void anAgentWithAListOfAddressesKnowsTheRelayByOneThatNobodyHas() {
    assertThat(
            urls.agent("hosted-plain")
                .template()
                .only("AWS::Lambda::Function")
                .text("/Environment/Variables/ALLOWED_SOURCES"))
        .startsWith("192.0.2.0/24,")
        .endsWith(",127.0.0.1/32");
  }

  /** Lambda developer guide, "Monitoring Lambda function URLs": names, dimensions, and Sum. */
  @Test
  void theUrlsErrorsAreAnAlarm() {
    Resource alarm =
        all(urls, "AWS::CloudWatch::Alarm")
            .filter(one -> one.text("/AlarmName").equals("agentpost-relay-5xx"))
            .findFirst()
            .orElseThrow();
    assertEquals("some / all", alarm.text("/Metrics/0/Expression"));
    List<JsonNode> metrics =
        alarm.at("/Metrics").valueStream().filter(one -> one.has("MetricStat")).toList();
    assertThat(metrics)
        .extracting(
            one -> one.path("Id").asText() + " " + one.at("/MetricStat/Metric/MetricName").asText())
        .containsExactly("some Url5xxCount", "all UrlRequestCount");
    assertThat(metrics)
        .allSatisfy(
            one -> {
              assertEquals("AWS/Lambda", one.at("/MetricStat/Metric/Namespace").asText());
              assertEquals("Sum", one.at("/MetricStat/Stat").asText());
              assertThat(one.at("/MetricStat/Metric/Dimensions").valueStream())
                  .extracting(
                      each -> each.path("Name").asText() + "=" + each.path("Value").asText())
                  .containsExactly("FunctionName=agentpost-relay", "Resource=agentpost-relay:live");
            });
    assertEquals(
        "0.5 3 notBreaching",
        alarm.at("/Threshold").asText()
            + " "
            + alarm.at("/EvaluationPeriods").asText()
            + " "
            + alarm.text("/TreatMissingData"));
  }

  @Test
  void anotherDoorIsRefused(@TempDir Path directory) {
    assertThatThrownBy(
            () -> Synthesized.of(directory, Synthesized.MIXED + "deliveries: pigeons\n", Map.of()))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("deliveries must be one of functionUrl, restApi");
  }
}
