package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.EnvironmentVariables;
import agentpost.catalog.ResourceNames;
import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Placement;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for each agent, those of {@code agents.yaml}, that of the least catalog and those of
 * one with both kinds, at a stage.
 */
class EveryAgentTest {
  private static final String RULE = "AWS::Events::Rule";
  private static final String QUEUE = "AWS::SQS::Queue";
  private static final String DESTINATION = "AWS::Events::ApiDestination";
  private static final String FUNCTION = "AWS::Lambda::Function";
  private static final String SECRET = "AWS::SecretsManager::Secret";
  private static List<Synthesized> stacks = List.of();

  private record Case(Synthesized stack, Catalog.Agent agent) {
    Template template() {
      return stack.agent(agent.name()).template();
    }

    ResourceNames names() {
      return stack.names();
    }

    @Override
    public String toString() {
      return names().agent(agent.name());
    }
  }

  @BeforeAll
  static void synthesize(@TempDir Path real, @TempDir Path least, @TempDir Path mixed) {
    stacks =
        List.of(
            Synthesized.of(real, Synthesized.REAL_CATALOG, Map.of()),
            Synthesized.of(least, Synthesized.MINIMAL_CATALOG, Map.of()),
            Synthesized.of(mixed, Synthesized.MIXED, Map.of("stage", "try7")));
  }

  static Stream<Case> agents() {
    return stacks.stream()
        .flatMap(stack -> stack.catalog().agents().stream().map(agent -> new Case(stack, agent)));
  }

  static Stream<Case> hosted() {
    return agents().filter(agent -> agent.agent().place() instanceof Placement.Hosted);
  }

  static Stream<Case> external() {
    return agents().filter(agent -> agent.agent().place() instanceof Placement.External);
  }

  private static JsonNode json(String text) throws Exception {
    return new JsonMapper().readTree(text);
  }

  @ParameterizedTest
  @MethodSource("agents")
  void hasARuleThatDeliversTheEnvelopeAloneAndRetriesAsTheCatalogSays(Case c) {
    Resource rule = c.template().only(RULE);
    JsonNode target = rule.at("/Targets/0");
    assertEquals(1, rule.at("/Targets").size());
    assertEquals(c.names().agent(c.agent().name()), rule.text("/Name"));
    assertEquals(c.stack().root().only("AWS::Events::EventBus").ref(), rule.text("/EventBusName"));
    assertEquals("$.detail", target.path("InputPath").asText());
    assertEquals(c.template().only(DESTINATION).arn(), rule.text("/Targets/0/Arn"));
    assertEquals(
        c.agent().retry().attempts(),
        target.path("RetryPolicy").path("MaximumRetryAttempts").asInt(-1));
    assertEquals(
        c.agent().retry().maxAge().toSeconds(),
        target.path("RetryPolicy").path("MaximumEventAgeInSeconds").asLong(-1));
    assertEquals(c.template().only(QUEUE).arn(), rule.text("/Targets/0/DeadLetterConfig/Arn"));
  }

  /** An edit of the catalog takes no letter away (ADR 31). */
  @ParameterizedTest
  @MethodSource("agents")
  void itsLettersStayWhenItLeavesTheCatalog(Case c) {
    JsonNode queue = c.template().only(QUEUE).json();
    assertEquals("RetainExceptOnCreate", queue.path("DeletionPolicy").asText());
    assertEquals("Retain", queue.path("UpdateReplacePolicy").asText());
  }

  @ParameterizedTest
  @MethodSource("agents")
  void hearsWhatItSubscribesToAndNothingElse(Case c) throws Exception {
    JsonNode pattern = c.template().only(RULE).at("/EventPattern");
    List<String> heard =
        pattern.findValues("detail-type").stream()
            .flatMap(types -> Template.strings(types).stream())
            .toList();
    assertThat(heard)
        .containsExactlyInAnyOrderElementsOf(
            c.agent().subscriptions().stream().map(Catalog.Subscription::event).toList());
    c.agent()
        .subscriptions()
        .forEach(
            subscription ->
                subscription
                    .where()
                    .ifPresent(where -> assertThat(pattern.findValues("detail")).contains(where)));
    if (c.agent().name().equals("external-particular")) {
      assertEquals(
          json(
              "{'$or': [{'detail-type': ['email.sent']}, {'detail-type': ['user.signed_up'], 'detail': {'data': {'plan': ['enterprise']}}}]}"
                  .replace('\'', '"')),
          pattern);
    }
  }

  @ParameterizedTest
  @MethodSource("agents")
  void hasAnApiDestinationAtTheRelayWithItsOwnRateAndTheSharedConnection(Case c) {
    Resource destination = c.template().only(DESTINATION);
    assertEquals(c.names().agent(c.agent().name()), destination.text("/Name"));
    assertEquals(
        c.stack().root().output("ApiUrl") + "/deliveries/" + c.agent().name(),
        destination.text("/InvocationEndpoint"));
    assertEquals("POST", destination.text("/HttpMethod"));
    assertEquals(c.agent().rate(), destination.at("/InvocationRateLimitPerSecond").asInt());
    assertEquals(
        c.stack().root().only("AWS::Events::Connection").arn(), destination.text("/ConnectionArn"));
    Resource role =
        resource(c, "AWS::IAM::Role", c.template().only(RULE).text("/Targets/0/RoleArn"));
    assertEquals(
        "events.amazonaws.com",
        role.text("/AssumeRolePolicyDocument/Statement/0/Principal/Service"));
    JsonNode right = only(c.template().rights(role));
    assertEquals("events:InvokeApiDestination", right.path("Action").asText());
    assertEquals(destination.arn(), c.template().text(right.path("Resource")));
  }

  @ParameterizedTest
  @MethodSource("agents")
  void hasADeadLetterQueueThatOnlyItsRuleAndReplaysOfItMaySendTo(Case c) {
    Resource queue = c.template().only(QUEUE);
    assertEquals(c.names().agent(c.agent().name()) + "-dlq", queue.text("/QueueName"));
    assertEquals(14 * 24 * 3600, queue.at("/MessageRetentionPeriod").asInt());
    assertTrue(queue.at("/SqsManagedSseEnabled").asBoolean());
    assertTrue(queue.at("/FifoQueue").isMissingNode(), "EventBridge takes standard queues only");
    Resource policy = c.template().only("AWS::SQS::QueuePolicy");
    assertEquals(queue.ref(), policy.text("/Queues/0"));
    JsonNode allowed =
        only(
            policy.at("/PolicyDocument/Statement").findParents("Effect").stream()
                .filter(s -> s.path("Effect").asText().equals("Allow"))
                .toList());
    assertEquals("{\"Service\":\"events.amazonaws.com\"}", allowed.path("Principal").toString());
    assertEquals("sqs:SendMessage", allowed.path("Action").asText());
    assertEquals(queue.arn(), c.template().text(allowed.path("Resource")));
    String rules =
        "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"
            + c.template().only(RULE).text("/EventBusName")
            + "/";
    assertEquals(
        List.of(
            rules + c.template().only(RULE).text("/Name"),
            rules + c.names().prefix() + "-replay-*"),
        c.template().texts(allowed.path("Condition").path("ArnLike").path("aws:SourceArn")));
  }

  @ParameterizedTest
  @MethodSource("agents")
  void hasItsOwnSecretGeneratedByAws(Case c) {
    Resource secret = c.template().only(SECRET);
    assertEquals(c.names().prefix() + "/agents/" + c.agent().name(), secret.text("/Name"));
    assertEquals("current", secret.text("/GenerateSecretString/GenerateStringKey"));
    assertEquals("{}", secret.text("/GenerateSecretString/SecretStringTemplate"));
    assertEquals(64, secret.at("/GenerateSecretString/PasswordLength").asInt());
    assertTrue(
        secret.at("/GenerateSecretString/ExcludePunctuation").asBoolean(),
        "letters and digits are base64, punctuation is not");
    assertTrue(secret.at("/SecretString").isMissingNode());
  }

  @ParameterizedTest
  @MethodSource("agents")
  void isInTheRelaysDirectory(Case c) {
    JsonNode value = c.stack().directoryEntry(c.agent().name());
    String endpoint =
        switch (c.agent().place()) {
          case Placement.Hosted _ ->
              c.stack().root().output("ApiUrl") + "/webhooks/" + c.agent().name();
          case Placement.External(var url, _) -> url.toString();
        };
    assertEquals(endpoint, value.path("endpoint").asText());
    assertEquals(c.agent().rate(), value.path("rate").asInt());
    assertEquals(c.agent().inFlight(), value.path("inFlight").asInt());
    assertEquals(c.agent().retry().maxAge().toSeconds(), value.path("maxAge").asLong());
    assertEquals(
        c.agent().place() instanceof Placement.External(_, var settings)
            ? "{\"challenge\":" + settings.isAsked() + "}"
            : "",
        value.path("external").toString());
    assertEquals(c.agent().breaker().isPresent(), value.has("breaker"));
    c.agent()
        .breaker()
        .ifPresent(
            breaker ->
                assertEquals(
                    List.of(
                        (long) breaker.failureThreshold(),
                        (long) breaker.windowSize(),
                        breaker.window().toSeconds(),
                        breaker.openDuration().toSeconds(),
                        breaker.maxOpenDuration().toSeconds()),
                    Stream.of(
                            "failureThreshold",
                            "windowSize",
                            "window",
                            "openDuration",
                            "maxOpenDuration")
                        .map(key -> value.path("breaker").path(key).asLong())
                        .toList()));
    assertEquals(
        c.agent().recovery().isPresent(), value.path("recovery").path("enabled").asBoolean(false));
    c.agent()
        .recovery()
        .ifPresent(
            recovery ->
                assertEquals(
                    List.of(
                        recovery.initialBackoff().toSeconds(), recovery.maxBackoff().toSeconds()),
                    Stream.of("initialBackoff", "maxBackoff")
                        .map(key -> value.path("recovery").path(key).asLong())
                        .toList()));
  }

  @ParameterizedTest
  @MethodSource("agents")
  void alarmsWhenLettersAreStuckAndWhenItsCircuitStaysOpen(Case c) {
    String agent = c.names().agent(c.agent().name());
    List<String> alarms =
        new ArrayList<>(
            List.of(
                agent + "-dlq-not-draining agentpost DlqNotDraining notBreaching",
                agent + "-circuit-open agentpost CircuitOpen notBreaching"));
    if (c.agent().place() instanceof Placement.External) {
      alarms.add(agent + "-deliveries-stopped agentpost DeliveriesStopped notBreaching");
    }
    assertThat(c.template().all("AWS::CloudWatch::Alarm"))
        .extracting(
            alarm ->
                alarm.text("/AlarmName")
                    + " "
                    + alarm.text("/Namespace")
                    + " "
                    + alarm.text("/MetricName")
                    + " "
                    + alarm.text("/TreatMissingData"))
        .containsExactlyInAnyOrderElementsOf(alarms);
    assertThat(c.template().all("AWS::CloudWatch::Alarm"))
        .allSatisfy(
            alarm -> {
              assertEquals(
                  "[{\"Name\":\"Agent\",\"Value\":\""
                      + c.agent().name()
                      + "\"},{\"Name\":\"Bus\",\"Value\":\""
                      + c.names().prefix()
                      + "\"}]",
                  alarm.at("/Dimensions").toString());
              assertEquals(
                  c.stack().root().only("AWS::SNS::Topic").ref(), alarm.text("/AlarmActions/0"));
              assertEquals(alarm.text("/AlarmActions/0"), alarm.text("/OKActions/0"));
            });
  }

  /** An event that comes before is answered 403 or 404, which EventBridge does not try again. */
  @ParameterizedTest
  @MethodSource("agents")
  void hearsNothingBeforeAllElseIsThere(Case c) {
    List<String> others =
        c.template().json().path("Resources").properties().stream()
            .map(Map.Entry::getKey)
            .filter(id -> !id.equals(c.template().only(RULE).id()))
            .toList();
    assertThat(c.template().only(RULE).dependsOn())
        .containsAll(
            others.stream().filter(id -> !id.equals(c.template().only(DESTINATION).id())).toList());
    Resource nested = c.stack().agent(c.agent().name()).stack();
    assertThat(nested.dependsOn())
        .contains(
            c.stack().root().only("AWS::ApiGateway::Stage").id(),
            c.stack().root().only("AWS::Lambda::Permission").id());
  }

  @ParameterizedTest
  @MethodSource("hosted")
  void runsFromASnapshotOnArmAndWritesTracesAndALogThatEnds(Case c) {
    Resource function = c.template().only(FUNCTION);
    assertEquals(c.names().agent(c.agent().name()), function.text("/FunctionName"));
    assertEquals("java25", function.text("/Runtime"));
    assertEquals("arm64", function.text("/Architectures/0"));
    assertEquals("PublishedVersions", function.text("/SnapStart/ApplyOn"));
    assertEquals("Active", function.text("/TracingConfig/Mode"));
    Resource log = c.template().only("AWS::Logs::LogGroup");
    assertEquals("/aws/lambda/" + c.names().agent(c.agent().name()), log.text("/LogGroupName"));
    assertEquals(30, log.at("/RetentionInDays").asInt());
    assertEquals(log.ref(), function.text("/LoggingConfig/LogGroup"));
  }

  @ParameterizedTest
  @MethodSource("hosted")
  void isCalledThroughItsAliasByItsOwnRouteOnly(Case c) {
    Resource alias = c.template().only("AWS::Lambda::Alias");
    assertEquals("live", alias.text("/Name"));
    assertEquals(
        "${" + c.template().only("AWS::Lambda::Version").id() + ".Version}",
        alias.text("/FunctionVersion"));
    Resource permission = c.template().only("AWS::Lambda::Permission");
    assertEquals(c.template().only(FUNCTION).arn() + ":live", permission.text("/FunctionName"));
    assertEquals("apigateway.amazonaws.com", permission.text("/Principal"));
    assertThat(permission.text("/SourceArn"))
        .endsWith(
            ":"
                + c.stack().root().only("AWS::ApiGateway::RestApi").ref()
                + "/prod/POST/webhooks/"
                + c.agent().name());
    assertThat(permission.dependsOn()).contains(alias.id());
    String uri =
        c.stack()
            .root()
            .only("AWS::ApiGateway::RestApi")
            .at("/Body/paths")
            .path("/webhooks/" + c.agent().name())
            .at("/post/x-amazon-apigateway-integration/uri/Fn::Sub")
            .asText();
    assertThat(uri)
        .endsWith(":function:" + c.names().agent(c.agent().name()) + ":live/invocations");
  }

  /** What it is told beyond what all are told is what its function names when it lacks it. */
  @ParameterizedTest
  @MethodSource("hosted")
  void whatItIsToldIsWhatItUses(Case c) {
    Set<String> uses =
        c.agent().place() instanceof Placement.Hosted hosted
            ? hosted.uses().stream()
                .map(use -> "[" + use.name().toLowerCase(Locale.ROOT) + "]")
                .collect(Collectors.toSet())
            : Set.of();
    List<List<String>> named =
        c.template().only(FUNCTION).at("/Environment/Variables").properties().stream()
            .flatMap(variable -> EnvironmentVariables.uses(variable.getKey()).stream())
            .map(any -> List.of(any.split(" or ")))
            .toList();
    assertThat(named).allSatisfy(any -> assertThat(any).containsAnyElementsOf(uses));
    assertThat(named.stream().flatMap(List::stream)).containsAll(uses);
  }

  @ParameterizedTest
  @MethodSource("hosted")
  void readsItsOwnSecretAndWritesItsOwnRows(Case c) {
    Resource role = resource(c, "AWS::IAM::Role", c.template().only(FUNCTION).text("/Role"));
    List<JsonNode> rights = c.template().rights(role);
    // Those who start operations read the processors' secrets too, and an operation's row is no one
    // agent's.
    boolean operations =
        c.agent().place() instanceof Placement.Hosted hosted
            && hosted.uses().contains(Catalog.Capability.OPERATIONS);
    List<String> secrets =
        rights.stream()
            .filter(right -> right.path("Action").toString().contains("secretsmanager:"))
            .flatMap(right -> c.template().texts(right.path("Resource")).stream())
            .toList();
    assertThat(secrets).contains(c.template().only(SECRET).ref()).hasSize(operations ? 2 : 1);
    assertThat(
            secrets.stream()
                .anyMatch(
                    arn ->
                        arn.endsWith(
                            ":secret:" + c.names().prefix() + "/processors/calendar-??????")))
        .isEqualTo(operations);
    assertEquals(
        c.template().only(SECRET).text("/Name"),
        c.template().only(FUNCTION).text("/Environment/Variables/WEBHOOK_SECRET"));
    String shared = ":table/" + c.names().prefix() + "-operations";
    assertThat(
            rights.stream()
                .filter(
                    right ->
                        right.path("Action").toString().contains("dynamodb:")
                            && !(operations
                                && c.template().text(right.path("Resource")).endsWith(shared))))
        .isNotEmpty()
        .allSatisfy(
            right ->
                assertEquals(
                    List.of(c.agent().name()),
                    Template.strings(
                        right
                            .path("Condition")
                            .path("ForAllValues:StringEquals")
                            .path("dynamodb:LeadingKeys"))));
  }

  @ParameterizedTest
  @MethodSource("external")
  void hasNoFunctionAndNoRoute(Case c) {
    assertThat(c.template().all(FUNCTION)).isEmpty();
    assertThat(c.stack().root().only("AWS::ApiGateway::RestApi").at("/Body/paths").toString())
        .doesNotContain(c.agent().name());
  }

  private static Resource resource(Case c, String type, String arn) {
    return c.template().all(type).stream()
        .filter(resource -> resource.arn().equals(arn))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode only(List<JsonNode> nodes) {
    assertThat(nodes).hasSize(1);
    return nodes.getFirst();
  }
}
