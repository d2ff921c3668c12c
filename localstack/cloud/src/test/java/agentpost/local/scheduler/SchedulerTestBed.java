package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.iam.Authorizer;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.testing.ManualTimeline;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A scheduler whose time is moved, a bus, functions and queues that remember. */
abstract class SchedulerTestBed {
  final ManualTimeline timeline = new ManualTimeline(Instant.parse("2026-03-31T10:30:00Z"));
  final List<JsonNode> put = new ArrayList<>();
  final List<String> invoked = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  final List<String> deadLetters = new ArrayList<>();
  Duration takes = Duration.ZERO;
  boolean isThere = true;
  boolean refused;
  boolean idle;
  final Scheduler scheduler = scheduler(timeline);

  Scheduler scheduler(Timeline timeline) {
    return new Scheduler(
        timeline,
        new JsonService(
            "EventBridge",
            "1.1",
            Map.of(
                "PutEvents",
                input -> {
                  put.add(input.path("Entries").path(0));
                  ObjectNode answer =
                      JsonNodeFactory.instance
                          .objectNode()
                          .put("FailedEntryCount", refused ? 1 : 0);
                  answer
                      .putArray("Entries")
                      .addObject()
                      .put("ErrorCode", "MalformedDetail")
                      .put("ErrorMessage", "Detail is malformed.");
                  return answer;
                })),
        this::invoked,
        new Queues(),
        new Authorizer(new ResourcePolicies(), (_, _) -> {}),
        (name, line) -> log.add(name + " " + line),
        () -> idle);
  }

  /** Dead-letter queues. */
  private final class Queues implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      deadLetters.add(queueArn + " " + body + " " + new TreeMap<>(attributes));
      return Optional.empty();
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

  /** A target that takes as long as it is told. */
  boolean invoked(String function, String input) {
    invoked.add(
        function.replaceFirst("^.*:function:", "").replaceFirst(":.*", "")
            + " "
            + input
            + " "
            + timeline.now());
    if (!takes.isZero()) {
      timeline.pass(takes);
    }
    return isThere;
  }

  AwsResponse ask(String method, String name, String body, String... group) {
    Map<String, List<String>> query =
        group.length == 0 ? Map.of() : Map.of("groupName", List.of(group));
    return scheduler.handle(
        new AwsRequest(
            method,
            "/schedules/" + name,
            query,
            Map.of(),
            body.replace('\'', '"').getBytes(UTF_8)));
  }

  static String schedule(String expression, String more) {
    return "{'FlexibleTimeWindow':{'Mode':'OFF'},'ScheduleExpression':'"
        + expression
        + "','Target':{'Arn':'arn:aws:events:us-east-1:000000000000:event-bus/b','RoleArn':'arn:aws:iam::000000000000:role/r',"
        + "'EventBridgeParameters':{'Source':'s','DetailType':'t'},'Input':'{\\\"a\\\":1}'}"
        + more
        + "}";
  }

  private static final String FUNCTION =
      "arn:aws:lambda:us-east-1:000000000000:function:sweep:live";

  static String everyTime(String expression, String more) {
    return "{'FlexibleTimeWindow':{'Mode':'OFF'},'ScheduleExpression':'"
        + expression
        + "','Target':{'Arn':'"
        + FUNCTION
        + "','RoleArn':'arn:aws:iam::000000000000:role/r','Input':'{}'}"
        + more
        + "}";
  }

  static long seconds(String time) {
    return Instant.parse(time).getEpochSecond();
  }
}
