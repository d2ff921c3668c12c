package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.iam.Call;
import agentpost.local.iam.Rights;
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
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** EventBridge Scheduler: schedules of at(…) and rate(…) whose target is an event bus or a function. Anything else is refused by name. */
public final class Scheduler implements AwsService {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern FUNCTION = Pattern.compile("arn:aws:lambda:[^:]*:[^:]*:function:([A-Za-z0-9_-]+)(:[A-Za-z0-9_-]+)?");

  private record Schedule(String name, String group, ObjectNode input, Timing timing, AtomicReference<Timeline.@Nullable Cancellable> timer) {
    String key() {
      return group + "/" + name;
    }

    boolean enabled() {
      return !input.path("State").asText().equals("DISABLED");
    }

    void cancel() {
      Timeline.Cancellable planned = timer.get();
      if (planned != null) {
        planned.cancel();
      }
    }

    String arn() {
      return "arn:aws:scheduler:us-east-1:000000000000:schedule/" + group + "/" + name;
    }
  }

  private final Timeline timeline;
  private final JsonService events;
  private final BiConsumer<String, String> invoke;
  private final Rights rights;
  private final Map<String, Schedule> schedules = new ConcurrentSkipListMap<>();

  /**
   * @param invoke invokes a function, by its name, with an event as JSON
   * @param rights of the roles that schedules have
   */
  public Scheduler(Timeline timeline, JsonService events, BiConsumer<String, String> invoke, Rights rights) {
    this.timeline = timeline;
    this.events = events;
    this.invoke = invoke;
    this.rights = rights;
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
      List<String> groups = request.query().getOrDefault("ScheduleGroup", List.of());
      schedules.values().stream()
          .filter(schedule -> groups.isEmpty() || groups.contains(schedule.group()))
          .forEach(schedule -> out.withArray("Schedules").add(described(schedule)));
      return out;
    }
    return switch (request.method()) {
      case "POST" -> create(rest, body(request));
      case "GET" -> found(rest, request).input().deepCopy().put("Arn", found(rest, request).arn());
      case "PUT" -> update(found(rest, body(request)), body(request));
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
        .put("State", schedule.enabled() ? "ENABLED" : "DISABLED");
  }

  private Schedule found(String name, AwsRequest request) {
    return found(name, Optional.ofNullable(request.query().get("groupName")).map(List::getFirst).orElse("default"));
  }

  private Schedule found(String name, ObjectNode input) {
    return found(name, input.path("GroupName").asText("default"));
  }

  private Schedule found(String name, String group) {
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

  /** As CreateSchedule has it; the schedule's ARN under {@code ScheduleArn}. */
  public synchronized ObjectNode create(String name, ObjectNode input) {
    Schedule schedule = checked(name, input);
    if (schedules.containsKey(schedule.key())) {
      throw new AwsException(409, "ConflictException", "Schedule " + name + " already exists.");
    }
    return planned(schedule);
  }

  /** As CreateSchedule has it, or UpdateSchedule if there is such a schedule. */
  public synchronized ObjectNode put(String name, ObjectNode input) {
    Schedule schedule = checked(name, input);
    Schedule before = schedules.get(schedule.key());
    return before == null ? planned(schedule) : update(before, input);
  }

  /** The schedule with that ARN, if there is one. */
  public synchronized void remove(String arn) {
    schedules.values().stream().filter(schedule -> schedule.arn().equals(arn)).findFirst().ifPresent(this::delete);
  }

  private synchronized ObjectNode update(Schedule before, ObjectNode input) {
    Schedule after = checked(before.name(), input);
    before.cancel();
    return planned(after);
  }

  private static Schedule checked(String name, ObjectNode input) {
    JsonNode target = input.path("Target");
    String arn = target.path("Arn").asText();
    if (!FUNCTION.matcher(arn).matches() && !(arn.contains(":event-bus/") && target.path("EventBridgeParameters").isObject())) {
      throw AwsException.badRequest("ValidationException", "The local cloud supports schedules whose target is an event bus or a function; got " + arn);
    }
    return new Schedule(name, input.path("GroupName").asText("default"), input.put("Name", name), Timing.of(input), new AtomicReference<>());
  }

  /** The schedule is there before its time comes, for its time may be past. */
  private ObjectNode planned(Schedule schedule) {
    schedules.put(schedule.key(), schedule);
    if (schedule.enabled()) {
      switch (schedule.timing()) {
        case Timing.Once(var at) -> schedule.timer().set(timeline.after(Duration.between(timeline.now(), at), () -> fire(schedule)));
        case Timing.Every(var period) -> every(schedule, period, timeline.now().plus(period));
      }
    }
    return JsonNodeFactory.instance.objectNode().put("ScheduleArn", schedule.arn());
  }

  /** One run after the other: a time that comes while the target is still at work is passed over. */
  private void every(Schedule schedule, Duration period, Instant due) {
    schedule
        .timer()
        .set(
            timeline.after(
                Duration.between(timeline.now(), due),
                () -> {
                  if (!fire(schedule)) {
                    return;
                  }
                  Instant next = due.plus(period);
                  every(schedule, period, next.isBefore(timeline.now()) ? timeline.now().plus(period) : next);
                }));
  }

  private synchronized ObjectNode delete(Schedule schedule) {
    schedule.cancel();
    schedules.remove(schedule.key());
    return JsonNodeFactory.instance.objectNode();
  }

  /** @return false if it was deleted or changed while its time came */
  private boolean fire(Schedule schedule) {
    synchronized (this) {
      if (!schedule.equals(schedules.get(schedule.key()))) {
        return false;
      }
      if (schedule.input().path("ActionAfterCompletion").asText().equals("DELETE")) {
        schedules.remove(schedule.key());
      }
    }
    JsonNode target = schedule.input().path("Target");
    Matcher function = FUNCTION.matcher(target.path("Arn").asText());
    String role = target.path("RoleArn").asText();
    if (rights.isDeclared(role)) {
      Call call = new Call(function.matches() ? "lambda:InvokeFunction" : "events:PutEvents", target.path("Arn").asText());
      Optional<Rights.Refusal> refusal = rights.byRole("scheduler.amazonaws.com", role, schedule.arn(), call);
      if (refusal.isPresent()) {
        // On AWS it is tried again, and lost in the end: the schedule has no dead-letter queue.
        rights.tell(function.matches() ? function.group(1) : schedule.name(), refusal.get());
        return true;
      }
    }
    if (function.matches()) {
      invoke.accept(function.group(1), target.path("Input").asText("{}"));
      return true;
    }
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input
        .putArray("Entries")
        .addObject()
        .put("EventBusName", target.path("Arn").asText())
        .put("Source", target.path("EventBridgeParameters").path("Source").asText())
        .put("DetailType", target.path("EventBridgeParameters").path("DetailType").asText())
        .put("Detail", target.path("Input").asText());
    events.call("PutEvents", input);
    return true;
  }

  private static AwsResponse json(int status, Map<String, String> extra, JsonNode body) {
    Map<String, String> headers = new LinkedHashMap<>(extra);
    headers.put("Content-Type", "application/json");
    return new AwsResponse(status, headers, body.toString().getBytes(UTF_8));
  }
}
