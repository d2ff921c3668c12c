package agentpost.local.iam;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.policy.Policy;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.scheduler.Scheduler;
import agentpost.local.testing.ManualTimeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the templates' conditions say of names, the local cloud keeps to: nobody's schedules publish
 * as others, and nobody writes others' operations.
 */
class OwnNamesTest {
  private static final String BUS = "arn:aws:events:us-east-1:000000000000:event-bus/b";
  private static final String TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/operations";
  private final List<String> log = new ArrayList<>();
  private final Authorizer rights =
      new Authorizer(new ResourcePolicies(), (whom, line) -> log.add(whom + ": " + line));

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private String role(String name, String service, String statement) {
    String arn =
        rights.declare(
            name,
            Policy.ofResource(
                json(
                    "{'Statement':[{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'Service':'"
                        + service
                        + "'}}]}")));
    rights.attach(name, "p", Policy.ofIdentity(json("{'Statement':[" + statement + "]}")));
    return arn;
  }

  private static final class Nowhere implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      throw new IllegalStateException("there is no dead-letter queue");
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      throw new IllegalStateException("nothing is logged");
    }

    @Override
    public URI locate(URI endpoint) {
      return endpoint;
    }
  }

  @Test
  void aPlannedEventIsPutUnderItsAgentsNameAndNoOther() {
    List<JsonNode> put = new ArrayList<>();
    ManualTimeline timeline = new ManualTimeline(Instant.parse("2026-03-31T10:30:00Z"));
    JsonService events =
        new JsonService(
            "EventBridge",
            "1.1",
            Map.of(
                "PutEvents",
                input -> {
                  put.add(input.path("Entries").path(0));
                  return JsonNodeFactory.instance.objectNode().put("FailedEntryCount", 0);
                }));
    String role =
        role(
            "Planned",
            "scheduler.amazonaws.com",
            "{'Effect':'Allow','Action':'events:PutEvents','Resource':'"
                + BUS
                + "','Condition':{'ForAllValues:StringEquals':{'events:source':['me']}}}");
    Scheduler scheduler =
        new Scheduler(
            timeline,
            events,
            (_, _) -> true,
            new Nowhere(),
            rights,
            (whom, line) -> log.add(whom + ": " + line),
            () -> false);
    for (String source : List.of("me", "operations", "me-too")) {
      String body =
          "{'ScheduleExpression':'at(2026-03-31T11:30:00)','FlexibleTimeWindow':{'Mode':'OFF'},'Target':{'Arn':'"
              + BUS
              + "','RoleArn':'"
              + role
              + "','RetryPolicy':{'MaximumRetryAttempts':0},'EventBridgeParameters':{'Source':'"
              + source
              + "','DetailType':'t'},'Input':'{}'}}";
      assertThat(
              scheduler
                  .handle(
                      new AwsRequest(
                          "POST",
                          "/schedules/by-" + source,
                          Map.of(),
                          Map.of(),
                          body.replace('\'', '"').getBytes(UTF_8)))
                  .status())
          .isEqualTo(200);
    }
    timeline.pass(Duration.ofHours(2));
    assertThat(put).extracting(event -> event.path("Source").asText()).containsExactly("me");
    assertThat(log.stream().filter(line -> line.contains("not allowed: ")))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("events:PutEvents on resource: " + BUS));
  }

  private void asks(String operation, String key) {
    String role =
        role(
            "FRole",
            "lambda.amazonaws.com",
            "{'Effect':'Allow','Action':['dynamodb:PutItem','dynamodb:UpdateItem'],'Resource':'"
                + TABLE
                + "','Condition':{'ForAllValues:StringLike':{'dynamodb:LeadingKeys':['me.*']}}}");
    rights.giveTo("f", role);
    ActionMapper calls = new ActionMapper(id -> id, _ -> Map.of());
    calls.table(
        json(
            "{'TableName':'operations','KeySchema':[{'AttributeName':'correlation_id','KeyType':'HASH'}]}"));
    String body =
        "{'TableName':'operations','"
            + (operation.equals("PutItem") ? "Item" : "Key")
            + "':{'correlation_id':{'S':'"
            + key
            + "'}}}";
    AwsRequest request =
        new AwsRequest(
            "POST",
            "/",
            Map.of(),
            Map.of("x-amz-target", "DynamoDB_20120810." + operation),
            body.replace('\'', '"').getBytes(UTF_8));
    rights.require("f", "dynamodb", () -> calls.of("dynamodb", request));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PutItem", "UpdateItem"})
  void anOperationIsWrittenByWhoAskedForItAndNobodyElse(String operation) {
    assertThatCode(() -> asks(operation, "me.5b0ce4cf-6d34-5f2c-9a5f-6f6f8a7b8c9d"))
        .doesNotThrowAnyException();
    for (String others :
        List.of(
            "you.5b0ce4cf-6d34-5f2c-9a5f-6f6f8a7b8c9d",
            "me",
            "me-too.1",
            "5b0ce4cf-6d34-5f2c-9a5f-6f6f8a7b8c9d",
            "",
            "*")) {
      assertThatThrownBy(() -> asks(operation, others))
          .as(others)
          .isInstanceOf(AwsException.class)
          .hasMessageContaining("dynamodb:" + operation);
    }
  }
}
