package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import agentpost.hostile.FuzzInputs;
import agentpost.local.eventbridge.input.ErrorExcerpt;
import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.input.Input;
import agentpost.local.eventbridge.input.JsonPath;
import agentpost.local.eventbridge.registry.Connection;
import agentpost.local.eventbridge.registry.RateLimit;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.ApiRequest;
import agentpost.local.eventbridge.targets.RetryAfter;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * What others choose on the way of an event: its text, the target's input, the endpoint's answer.
 */
class HostileDeliveryTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");
  private static final ObjectNode EVENT =
      EventJson.read(
          "{\"version\":\"0\",\"id\":\"i\",\"detail-type\":\"t\",\"source\":\"s\",\"time\":\"2026-03-31T10:30:00Z\",\"detail\":{\"a\":[1,{\"b\":\"c\\\"\"}],\"n\":1e400}}");

  private static final EventBridge EVENTS =
      new EventBridge(new agentpost.local.testing.ManualTimeline(NOW), new Nowhere(), 1);

  /** Goes nowhere. */
  private static final class Nowhere implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      return Optional.empty();
    }

    @Override
    public Optional<Failure> invoke(String functionArn, String event) {
      return Optional.empty();
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      return Optional.empty();
    }

    @Override
    public URI locate(URI endpoint) {
      return endpoint;
    }
  }

  @Property
  void everyRetryAfterIsAWaitOrNone(@ForAll(supplier = FuzzInputs.Texts.class) String value) {
    RetryAfter.read(value, NOW)
        .ifPresent(
            read -> {
              if (read instanceof RetryAfter.Wait(var wait)) {
                assertThat(wait).isBetween(Duration.ZERO, Duration.ofDays(10_000));
              }
            });
  }

  @Property
  void everyPathLeadsSomewhereOrNowhere(@ForAll(supplier = FuzzInputs.Texts.class) String path) {
    assertThat(JsonPath.at(EVENT, path)).isNotNull();
    assertThat(JsonPath.at(EVENT, "$.detail" + path)).isNotNull();
  }

  @Property
  void everyTransformerMakesAnInputOrNone(
      @ForAll(supplier = FuzzInputs.Texts.class) String template,
      @ForAll(supplier = FuzzInputs.Texts.class) String path) {
    ObjectNode target = JsonNodeFactory.instance.objectNode();
    ObjectNode transformer = target.putObject("InputTransformer");
    transformer.putObject("InputPathsMap").put("a", path).put("b", "$.detail.a");
    for (String each :
        List.of(
            template,
            "{\"x\":" + template + "<a>}",
            "\"" + template + "<b>\"",
            "<aws.events.event.json>" + template)) {
      transformer.put("InputTemplate", each);
      assertThat(Input.of(target, EVENT, "arn:aws:events:us-east-1:000000000000:rule/r", NOW))
          .isNotNull();
    }
  }

  @Test
  void anIndexThatIsNoIndexLeadsNowhere() {
    assertThat(JsonPath.at(EVENT, "$.detail.a[99999999999999999999]").isMissingNode()).isTrue();
  }

  @Property
  void everyAnswersBeginningIsTextThatAQueueTakes(
      @ForAll(supplier = FuzzInputs.Bodies.class) byte[] body) {
    for (String encoding : List.of("", "gzip", "deflate", "br")) {
      assertThat(ErrorExcerpt.of(body, encoding))
          .doesNotContainPattern("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")
          .hasSizeLessThanOrEqualTo(2 * ErrorExcerpt.MAX_CHARACTERS);
    }
  }

  @Property
  void whatNoHeaderMayHoldIsRefusedWithoutTheConnectionsSecrets(
      @ForAll(supplier = FuzzInputs.Texts.class) String text) {
    String key = "wJalrXUtnFEMI" + text;
    ObjectNode auth = JsonNodeFactory.instance.objectNode();
    auth.putObject("ApiKeyAuthParameters").put("ApiKeyName", "X-Key").put("ApiKeyValue", key);
    auth.putObject("InvocationHttpParameters")
        .putArray("QueryStringParameters")
        .addObject()
        .put("Key", "k")
        .put("Value", key);
    Connection connection =
        new Connection(
            "c",
            "arn:c",
            "arn:s",
            "API_KEY",
            auth,
            Optional.empty(),
            Connection.State.AUTHORIZED,
            Optional.empty(),
            NOW,
            NOW,
            Optional.of(NOW));
    assertThat(connection.toString()).doesNotContain("wJalrXUtnFEMI");
    ObjectNode target = JsonNodeFactory.instance.objectNode();
    target.putObject("HttpParameters").putArray("PathParameterValues").add(text);
    for (String endpoint : List.of("https://a.example/*", "https://a.example/" + text)) {
      Registry.Destination destination =
          new Registry.Destination(
              "d",
              "arn:d",
              "arn:c",
              endpoint,
              "POST",
              300,
              Optional.empty(),
              NOW,
              NOW,
              new RateLimit(new agentpost.local.testing.ManualTimeline(NOW), 300),
              new AtomicBoolean());
      try {
        new ApiRequest(destination, connection, target, EVENT)
            .build(
                new Nowhere(),
                "{}",
                Map.of("x-key", auth.path("ApiKeyAuthParameters").path("ApiKeyValue").asText()));
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).doesNotContain("wJalrXUtnFEMI");
        assertThat(e).hasNoCause();
      }
    }
  }

  @Provide
  Arbitrary<String> operations() {
    return Arbitraries.of(
        "PutEvents",
        "PutRule",
        "PutTargets",
        "RemoveTargets",
        "ListRules",
        "DescribeRule",
        "TestEventPattern",
        "CreateConnection",
        "CreateApiDestination",
        "UpdateApiDestination",
        "CreateArchive",
        "StartReplay",
        "DescribeReplay",
        "CancelReplay",
        "CreateEventBus",
        "DeleteEventBus",
        "ListTargetsByRule",
        "NoSuchOperation");
  }

  @Provide
  Arbitrary<String> inputs() {
    Arbitrary<String> value = FuzzInputs.json();
    Arbitrary<String> key =
        Arbitraries.of(
            "Name",
            "EventBusName",
            "EventPattern",
            "Event",
            "Entries",
            "Rule",
            "Targets",
            "Ids",
            "AuthorizationType",
            "AuthParameters",
            "ConnectionArn",
            "InvocationEndpoint",
            "HttpMethod",
            "InvocationRateLimitPerSecond",
            "ArchiveName",
            "EventSourceArn",
            "ReplayName",
            "Destination",
            "EventStartTime",
            "EventEndTime",
            "RetentionDays",
            "Limit",
            "NextToken",
            "State",
            "Description");
    Arbitrary<String> objects =
        net.jqwik.api.Combinators.combine(key, value)
            .as((k, v) -> "\"" + k + "\":" + v)
            .list()
            .ofMaxSize(8)
            .map(list -> "{" + String.join(",", list) + "}");
    Arbitrary<String> entries =
        value.map(
            v ->
                "{\"Entries\":[{\"Source\":\"s\",\"DetailType\":\"t\",\"Detail\":"
                    + com.fasterxml.jackson.databind.node.TextNode.valueOf("{\"a\":" + v + "}")
                    + ",\"Time\":"
                    + v
                    + "}]}");
    Arbitrary<String> rule =
        value.map(
            v ->
                "{\"Name\":\"r\",\"EventPattern\":"
                    + com.fasterxml.jackson.databind.node.TextNode.valueOf(
                        "{\"detail\":{\"a\":" + v + "}}")
                    + "}");
    return Arbitraries.oneOf(objects, objects, entries, rule, value);
  }

  /** An AWS client can read every answer; nothing is an internal failure. */
  @Property
  void everyCallIsAnsweredInAwssShape(
      @ForAll("operations") String operation, @ForAll("inputs") String input) throws Exception {
    AwsResponse answer =
        EVENTS
            .service()
            .handle(
                new AwsRequest(
                    "POST",
                    "/",
                    Map.of(),
                    Map.of("x-amz-target", "AWSEvents." + operation),
                    input.getBytes(UTF_8)));
    JsonNode body = new JsonMapper().readTree(answer.body());
    assertThat(body.isObject()).isTrue();
    assertThat(answer.status()).isIn(200, 400);
    assertThat(answer.status() == 200 || !body.path("__type").asText().isEmpty()).isTrue();
  }

  @Test
  void templatesAndPathsAreReadWithoutGoingBack() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            FuzzInputs.floods()
                .forEach(
                    text -> {
                      JsonPath.at(EVENT, text);
                      JsonPath.at(EVENT, "$.a" + text);
                      RetryAfter.read(text, NOW);
                      ObjectNode target = JsonNodeFactory.instance.objectNode();
                      target.putObject("InputTransformer").put("InputTemplate", text);
                      assertThat(Input.of(target, EVENT, "arn", NOW)).isNotNull();
                    }));
  }
}
