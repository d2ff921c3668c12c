package agentpost.local.scheduler;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.iam.Authorizer;
import agentpost.local.time.InFlightCounter;
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
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
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

  /** Of a one-time schedule, by the wall's clock, where time runs faster than that. */
  private static final Duration MIN_WAIT = Duration.ofSeconds(2);

  /**
   * For what began before a one-time schedule's time, by the wall's clock: an attempt may take 5 s,
   * and lead to another one, such as an agent's whose answer is what somebody waits for.
   */
  public static final Duration MAX_HOLD = Duration.ofSeconds(10);

  /** How soon a rate goes on when there is something to do again, by the wall. */
  private static final Duration IDLE_TICK = Duration.ofSeconds(1);

  /** How soon it is looked again whether a function is still at work, by the wall. */
  private static final Duration BUSY_TICK = Duration.ofMillis(100);

  private final Timeline timeline;
  private final Invocation.Targets targets;
  private final BooleanSupplier isIdle;
  private volatile InFlightCounter before = new InFlightCounter();
  private volatile Function<String, BooleanSupplier> looksInVain = _ -> () -> false;
  private volatile Predicate<String> isAtWork = _ -> false;
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
    this.isIdle = isIdle;
    groups.add(DEFAULT_GROUP);
    this.targets = new Invocation.Targets(events, invoke, reach, rights, log);
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

  /**
   * Lets a rate pass times at which its function would find nothing, where time is set forward.
   *
   * @param looks for a function's ARN, before it is invoked: whether that invocation only read
   */
  public void passesLooksInVain(Function<String, BooleanSupplier> looks) {
    looksInVain = looks;
  }

  /**
   * Has a rate of less than a second, by the wall, pass over its function's times while that is at
   * work: it has the wall's time for what it does, and would be begun by the dozen.
   *
   * @param function whether the function with this ARN is at work
   */
  public void passesOverWhile(Predicate<String> function) {
    isAtWork = function;
  }

  /** What a one-time schedule does not overtake. */
  public void waitsFor(InFlightCounter deliveries) {
    before = deliveries;
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
    if (schedule.isEnabled()) {
      switch (schedule.timing()) {
        case ScheduleTiming.Once(var at) ->
            runAt(schedule, earliestRun(at), () -> runOnce(schedule, at));
        case ScheduleTiming.Every every ->
            runEvery(schedule, every, every.firstRun(timeline.now()));
      }
    }
    return answer(schedule);
  }

  /**
   * Where time runs ahead of the wall's, what was on its way before that time arrives before it, as
   * it does on AWS, where a minute is long: an event that has the schedule called off, or one whose
   * absence would be told.
   */
  private void runOnce(Schedule schedule, Instant at) {
    try {
      if (!timeline.runsAhead(MAX_HOLD).isZero()) {
        before.awaitNone(MAX_HOLD);
      }
      fire(schedule, at, true);
    } catch (InterruptedException e) {
      // The cloud is closing.
      Thread.currentThread().interrupt();
    }
  }

  private static ObjectNode answer(Schedule schedule) {
    return JsonNodeFactory.instance.objectNode().put("ScheduleArn", schedule.arn());
  }

  /**
   * What a function calls off in the moment after it has planned it must not have gone out: a
   * minute of a time scale of 600 is a tenth of a second.
   */
  private Instant earliestRun(Instant at) {
    Instant soonest = timeline.now().plus(timeline.runsAhead(MIN_WAIT));
    return at.isBefore(soonest) ? soonest : at;
  }

  private void runAt(Schedule schedule, Instant due, Runnable run) {
    schedule.timer().set(timeline.schedule(Duration.between(timeline.now(), due), run));
  }

  private void runEvery(Schedule schedule, ScheduleTiming.Every timing, Instant due) {
    runEvery(schedule, timing, due, Poll.none(timeline.now()));
  }

  /**
   * One run after the other: a time that comes while the target is still at work is passed over.
   */
  private void runEvery(Schedule schedule, ScheduleTiming.Every timing, Instant due, Poll last) {
    if (timing.isOver(due)) {
      runAt(schedule, timeline.now(), () -> onCompleted(schedule));
      return;
    }
    Runnable run =
        () -> {
          boolean isIdle = isSlow(timing);
          Instant idleUntil = last.idleUntil(timeline);
          if (isIdle && timeline.now().isBefore(idleUntil)) {
            passOver(schedule, timing, idleUntil, IDLE_TICK, last);
            return;
          }
          if (isFast(timing) && isAtWork.test(schedule.target().path("Arn").asText())) {
            passOver(schedule, timing, Instant.MAX, BUSY_TICK, last);
            return;
          }
          long passed =
              Math.max(0, Duration.between(due, timeline.now()).dividedBy(timing.period()));
          Instant time =
              last.inVain().getAsBoolean() ? due.plus(timing.period().multipliedBy(passed)) : due;
          Instant next = time.plus(timing.period());
          Poll now =
              last.next(
                  looksInVain.apply(schedule.target().path("Arn").asText()),
                  timeline.now(),
                  isIdle);
          if (fire(schedule, time, timing.isOver(next)) && !timing.isOver(next)) {
            runEvery(
                schedule,
                timing,
                isSlow(timing)
                    ? timeline.now().plus(timeline.runsAhead(IDLE_TICK))
                    : next.isBefore(timeline.now()) ? timeline.now().plus(timing.period()) : next,
                now);
          }
        };
    // One that ends is not passed over at its end.
    Supplier<Duration> longest =
        () -> timing.end().isPresent() ? Duration.ZERO : last.maxPollDelay(timing.period());
    schedule
        .timer()
        .set(timeline.look(Duration.between(timeline.now(), due), timing.period(), longest, run));
  }

  /** Has it look again later whether it is its turn. */
  // A schedule is replaced, never changed; to compare what two say takes longer than all the rest.
  @SuppressWarnings("ReferenceEquality")
  private synchronized void passOver(
      Schedule schedule,
      ScheduleTiming.Every timing,
      Instant latest,
      Duration interval,
      Poll last) {
    if (schedules.get(schedule.key()) == schedule) {
      Instant tick = timeline.now().plus(timeline.runsAhead(interval));
      runEvery(schedule, timing, tick.isBefore(latest) ? tick : latest, last);
    }
  }

  private boolean isSlow(ScheduleTiming.Every timing) {
    return isFast(timing) && isIdle.getAsBoolean();
  }

  private boolean isFast(ScheduleTiming.Every timing) {
    return timing.period().compareTo(timeline.runsAhead(Duration.ofSeconds(1))) < 0;
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

  /**
   * Its last invocation was made (user guide, "Deletion after schedule completion"); without an end
   * there is none.
   */
  private synchronized void onCompleted(Schedule schedule) {
    if (schedule.isDeletedAfterCompletion() && schedule.equals(schedules.get(schedule.key()))) {
      schedules.remove(schedule.key());
    }
  }

  /**
   * @return false if it was deleted or changed while its time came
   */
  private boolean fire(Schedule schedule, Instant due, boolean isLast) {
    synchronized (this) {
      if (!schedule.equals(schedules.get(schedule.key()))) {
        return false;
      }
      if (isLast) {
        onCompleted(schedule);
      }
    }
    new Invocation(timeline, targets, schedule, due).run();
    return true;
  }
}
