package agentpost.local.scheduler;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.iam.Authorizer;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.JsonService;
import agentpost.local.wire.LocalScope;
import agentpost.local.wire.Pages;
import agentpost.local.wire.RequestModel;
import agentpost.local.wire.RestService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * EventBridge Scheduler: schedules of at(…) and rate(…) whose target is an event bus or a function.
 * Anything else is refused by name. A flexible window is kept to by firing when it opens.
 */
public final class Scheduler implements AwsService {
  static final Pattern FUNCTION =
      Pattern.compile(
          "arn:aws:lambda:us-east-1:000000000000:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?");
  private static final String BUS = "arn:aws:events:us-east-1:000000000000:event-bus/";

  /** Of deletions whose client asks again. */
  private static final int MAX_TOKENS = 1000;

  private static final int MAX_PAGE_SIZE = 100;
  private static final String DEFAULT_GROUP = "default";

  private final Timeline timeline;
  private final ScheduleRunner runner;
  private final Map<String, Schedule> schedules = new ConcurrentSkipListMap<>();
  private final Set<String> groups = ConcurrentHashMap.newKeySet();
  private final RestService service;

  private final Map<String, String> deleted =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_TOKENS;
        }
      };

  /**
   * @param invoke invokes a function, by its ARN, with an event as JSON; false if there is none
   * @param reach of dead-letter queues
   * @param rights of the roles that schedules have
   * @param log takes a function's or a schedule's name and a line
   * @param isIdle whether nobody asks for anything and nothing is on its way
   */
  public Scheduler(
      Timeline timeline,
      JsonService events,
      BiPredicate<String, String> invoke,
      TargetServices reach,
      Authorizer rights,
      BiConsumer<String, String> log,
      BooleanSupplier isIdle) {
    this.timeline = timeline;
    groups.add(DEFAULT_GROUP);
    this.runner =
        new ScheduleRunner(
            timeline,
            new Invocation.Targets(events, invoke, reach, rights, log),
            isIdle,
            new Registry());
    this.service =
        new RestService(
            "scheduler",
            RequestModel.read(Scheduler.class, "requests.json"),
            Map.of(
                "CreateSchedule",
                input -> RestService.json(200, create(input)),
                "GetSchedule",
                input -> RestService.json(200, require(input).describeResponse()),
                "ListSchedules",
                input -> RestService.json(200, list(input)),
                "UpdateSchedule",
                input -> RestService.json(200, update(input)),
                "DeleteSchedule",
                input -> RestService.json(200, delete(input))));
  }

  public ScheduleRunner runner() {
    return runner;
  }

  public RestService service() {
    return service;
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    return service.handle(request);
  }

  private Schedule require(ObjectNode input) {
    String name = input.path("Name").asText();
    Schedule schedule = schedules.get(input.path("GroupName").asText("default") + "/" + name);
    if (schedule == null) {
      throw new AwsException(
          404, "ResourceNotFoundException", "Schedule " + name + " does not exist.");
    }
    return schedule;
  }

  private JsonNode list(ObjectNode input) {
    String group = input.path("GroupName").asText("");
    String prefix = input.path("NamePrefix").asText("");
    String state = input.path("State").asText("");
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    Pages.of(input, "NextToken", "MaxResults", MAX_PAGE_SIZE)
        .fill(
            out,
            "Schedules",
            schedules.values().stream()
                .filter(schedule -> group.isEmpty() || schedule.group().equals(group))
                .filter(
                    schedule ->
                        schedule.name().startsWith(prefix)
                            && (state.isEmpty() || schedule.state().equals(state)))
                .toList(),
            Schedule::key,
            Schedule::listEntry);
    return out;
  }

  private synchronized ObjectNode create(ObjectNode input) {
    String group = input.path("GroupName").asText(DEFAULT_GROUP);
    if (!groups.contains(group)) {
      throw new AwsException(
          404, "ResourceNotFoundException", "Schedule group " + group + " does not exist.");
    }
    Schedule schedule = check(input, timeline.now());
    Schedule before = schedules.get(schedule.key());
    if (before == null) {
      return plan(schedule);
    }
    if (before.wasPutBy(input)) {
      return answer(before);
    }
    throw new AwsException(
        409, "ConflictException", "Schedule " + schedule.name() + " already exists.");
  }

  /**
   * As CreateSchedule has it, or UpdateSchedule if there is such a schedule.
   *
   * @return the schedule's ARN under {@code ScheduleArn}
   */
  public synchronized ObjectNode put(ObjectNode input) {
    String key = input.path("GroupName").asText("default") + "/" + input.path("Name").asText();
    service.check(schedules.containsKey(key) ? "UpdateSchedule" : "CreateSchedule", input);
    return schedules.containsKey(key) ? update(input) : create(input);
  }

  /** As CreateScheduleGroup. */
  public void addGroup(String name) {
    groups.add(name);
  }

  /** With the schedules that are in it, as DeleteScheduleGroup. */
  public synchronized void removeGroup(String name) {
    groups.remove(name);
    schedules.values().stream().filter(one -> one.group().equals(name)).forEach(this::forget);
  }

  /** The schedule with that ARN, if there is one. */
  public synchronized void remove(String arn) {
    schedules.values().stream()
        .filter(schedule -> schedule.arn().equals(arn))
        .findFirst()
        .ifPresent(this::forget);
  }

  private synchronized ObjectNode update(ObjectNode input) {
    Schedule before = require(input);
    if (before.wasPutBy(input)) {
      return answer(before);
    }
    Schedule after = check(input, before.created());
    before.cancel();
    return plan(after);
  }

  private Schedule check(ObjectNode input, Instant created) {
    JsonNode target = input.path("Target");
    String arn = target.path("Arn").asText();
    boolean isBus =
        arn.startsWith(BUS)
            && target.path("EventBridgeParameters").isObject()
            && target.hasNonNull("Input");
    boolean isFunction =
        FUNCTION.matcher(arn).matches() && !target.hasNonNull("EventBridgeParameters");
    if (!isBus && !isFunction) {
      throw AwsException.badRequest(
          "ValidationException",
          "The local cloud supports schedules whose target is an event bus, with"
              + " EventBridgeParameters and Input, or a function, in us-east-1 and account"
              + " 000000000000; got "
              + arn);
    }
    String queue = target.path("DeadLetterConfig").path("Arn").asText("");
    if (!queue.isEmpty()) {
      LocalScope.requireDeadLetterQueue(queue);
    }
    return Schedule.of(input.path("Name").asText(), input, created, timeline.now());
  }

  /** The schedule is there before its time comes, for its time may be past. */
  private ObjectNode plan(Schedule schedule) {
    schedules.put(schedule.key(), schedule);
    runner.plan(schedule);
    return answer(schedule);
  }

  private static ObjectNode answer(Schedule schedule) {
    return JsonNodeFactory.instance.objectNode().put("ScheduleArn", schedule.arn());
  }

  private synchronized ObjectNode delete(ObjectNode input) {
    String token = input.path("ClientToken").asText("");
    String name = input.path("GroupName").asText("default") + "/" + input.path("Name").asText();
    if (schedules.containsKey(name) || token.isEmpty() || !name.equals(deleted.get(token))) {
      forget(require(input));
    }
    if (!token.isEmpty()) {
      deleted.put(token, name);
    }
    return JsonNodeFactory.instance.objectNode();
  }

  private void forget(Schedule schedule) {
    schedule.cancel();
    schedules.remove(schedule.key());
  }

  private final class Registry implements ScheduleRunner.Registry {
    // A schedule is replaced, never changed.
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean ifCurrent(Schedule schedule, Runnable action) {
      synchronized (Scheduler.this) {
        boolean isCurrent = schedules.get(schedule.key()) == schedule;
        if (isCurrent) {
          action.run();
        }
        return isCurrent;
      }
    }

    @Override
    public void remove(Schedule schedule) {
      ifCurrent(schedule, () -> schedules.remove(schedule.key()));
    }
  }
}
