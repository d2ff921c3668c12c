package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** EventBridge Scheduler: one-time schedules whose target is an event bus. Anything else is refused by name. */
public final class Scheduler implements AwsService {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern AT = Pattern.compile("at\\((.+)\\)");

  private record Schedule(String name, String group, ObjectNode input, Timeline.Cancellable timer) {
    String arn() {
      return "arn:aws:scheduler:us-east-1:000000000000:schedule/" + group + "/" + name;
    }
  }

  private final Timeline timeline;
  private final JsonService events;
  private final Map<String, Schedule> schedules = new ConcurrentSkipListMap<>();

  public Scheduler(Timeline timeline, JsonService events) {
    this.timeline = timeline;
    this.events = events;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    try {
      return json(200, Map.of(), answer(request));
    } catch (AwsException e) {
      return json(e.status(), Map.of("x-amzn-ErrorType", e.code()), JsonNodeFactory.instance.objectNode().put("Message", e.description()));
    }
  }

  private ObjectNode answer(AwsRequest request) {
    String rest = URLDecoder.decode(request.path().replaceFirst("^/schedules/?", ""), UTF_8);
    if (rest.isEmpty() && request.method().equals("GET")) {
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      out.withArray("Schedules");
      schedules.values().forEach(schedule -> out.withArray("Schedules").add(described(schedule)));
      return out;
    }
    return switch (request.method()) {
      case "POST" -> create(rest, body(request));
      case "GET" -> found(rest, request).input().deepCopy().put("Arn", found(rest, request).arn());
      case "DELETE" -> delete(found(rest, request));
      default -> throw AwsException.badRequest("UnknownOperationException", "The local cloud does not support Scheduler " + request.method() + " " + request.path());
    };
  }

  private static ObjectNode described(Schedule schedule) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("Name", schedule.name())
        .put("GroupName", schedule.group())
        .put("Arn", schedule.arn())
        .put("State", "ENABLED");
  }

  private Schedule found(String name, AwsRequest request) {
    String group = request.query().containsKey("groupName") ? request.query().get("groupName").getFirst() : "default";
    Schedule schedule = schedules.get(group + "/" + name);
    if (schedule == null) {
      throw new AwsException(404, "ResourceNotFoundException", "Schedule " + name + " does not exist.");
    }
    return schedule;
  }

  private static ObjectNode body(AwsRequest request) {
    try {
      if (JSON.readTree(request.body()) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw AwsException.badRequest("ValidationException", "The request's body is not JSON");
    }
    throw AwsException.badRequest("ValidationException", "The request's body is not a JSON object");
  }

  private ObjectNode create(String name, ObjectNode input) {
    String group = input.path("GroupName").asText("default");
    JsonNode target = input.path("Target");
    if (!target.path("Arn").asText().contains(":event-bus/") || !target.path("EventBridgeParameters").isObject()) {
      throw AwsException.badRequest("ValidationException", "The local cloud supports schedules whose target is an event bus; got " + target.path("Arn").asText());
    }
    Instant at = at(input);
    String key = group + "/" + name;
    Schedule schedule =
        new Schedule(name, group, input.put("Name", name), timeline.after(Duration.between(timeline.now(), at), () -> fire(key, target)));
    if (schedules.putIfAbsent(key, schedule) != null) {
      schedule.timer().cancel();
      throw new AwsException(409, "ConflictException", "Schedule " + name + " already exists.");
    }
    return JsonNodeFactory.instance.objectNode().put("ScheduleArn", schedule.arn());
  }

  private static Instant at(ObjectNode input) {
    String expression = input.path("ScheduleExpression").asText();
    Matcher matcher = AT.matcher(expression);
    if (!matcher.matches()) {
      throw AwsException.badRequest("ValidationException", "The local cloud supports at(yyyy-mm-ddThh:mm:ss) schedules; got " + expression);
    }
    try {
      return LocalDateTime.parse(matcher.group(1)).atZone(ZoneId.of(input.path("ScheduleExpressionTimezone").asText("UTC"))).toInstant();
    } catch (DateTimeException e) {
      throw AwsException.badRequest("ValidationException", "Invalid Schedule Expression " + expression + ".");
    }
  }

  private ObjectNode delete(Schedule schedule) {
    schedule.timer().cancel();
    schedules.remove(schedule.group() + "/" + schedule.name());
    return JsonNodeFactory.instance.objectNode();
  }

  private void fire(String key, JsonNode target) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input
        .putArray("Entries")
        .addObject()
        .put("EventBusName", target.path("Arn").asText())
        .put("Source", target.path("EventBridgeParameters").path("Source").asText())
        .put("DetailType", target.path("EventBridgeParameters").path("DetailType").asText())
        .put("Detail", target.path("Input").asText());
    events.call("PutEvents", input);
    Schedule fired = schedules.get(key);
    if (fired != null && fired.input().path("ActionAfterCompletion").asText().equals("DELETE")) {
      schedules.remove(key);
    }
  }

  private static AwsResponse json(int status, Map<String, String> extra, JsonNode body) {
    Map<String, String> headers = new LinkedHashMap<>(extra);
    headers.put("Content-Type", "application/json");
    return new AwsResponse(status, headers, body.toString().getBytes(UTF_8));
  }
}
