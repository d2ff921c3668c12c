package agentpost.local.scheduler;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.iam.Authorizer;
import agentpost.local.policy.ActionRequest;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.JsonService;
import agentpost.platform.Backoff;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * One time of a schedule: its target is invoked, again as its retry policy says if that fails, and
 * what is given up goes to its dead-letter queue (Scheduler user guide, "Configuring a schedule's
 * dead-letter queue").
 */
final class Invocation implements Runnable {
  private static final String SCHEDULER = "scheduler.amazonaws.com";
  private static final int DEFAULT_RETRIES = 185;
  private static final int DEFAULT_AGE_SECONDS = 86_400;
  private static final Backoff RETRY_DELAYS =
      new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10));

  /**
   * What schedules reach.
   *
   * @param invoke invokes a function, by its ARN, with an event as JSON; false if there is none
   * @param rights of the roles that schedules have
   * @param log takes a function's or a schedule's name and a line
   */
  record Targets(
      JsonService events,
      BiPredicate<String, String> invoke,
      TargetServices reach,
      Authorizer rights,
      BiConsumer<String, String> log) {}

  private record Failure(String code, String message) {}

  private final Timeline timeline;
  private final Targets targets;
  private final Schedule schedule;
  private final Instant due;
  private final String id = UUID.randomUUID().toString();
  private int attempts;

  Invocation(Timeline timeline, Targets targets, Schedule schedule, Instant due) {
    this.timeline = timeline;
    this.targets = targets;
    this.schedule = schedule;
    this.due = due;
  }

  @Override
  public void run() {
    attempts++;
    Optional<Failure> failed = attempt();
    if (failed.isEmpty()) {
      return;
    }
    JsonNode policy = schedule.target().path("RetryPolicy");
    Duration wait = RETRY_DELAYS.delayAfter(attempts);
    Duration oldest =
        Duration.ofSeconds(policy.path("MaximumEventAgeInSeconds").asInt(DEFAULT_AGE_SECONDS));
    if (attempts > policy.path("MaximumRetryAttempts").asInt(DEFAULT_RETRIES)) {
      giveUp(failed.get(), "MaximumRetryAttempts");
    } else if (timeline.now().plus(wait).isAfter(due.plus(oldest))) {
      giveUp(failed.get(), "MaximumEventAgeInSeconds");
    } else {
      timeline.schedule(wait, this);
    }
  }

  private boolean isFunction() {
    return Scheduler.FUNCTION.matcher(arn()).matches();
  }

  private String arn() {
    return schedule.target().path("Arn").asText();
  }

  private Optional<Authorizer.Refusal> findRefusal(ActionRequest call) {
    String role = schedule.target().path("RoleArn").asText();
    return targets.rights().isDeclared(role)
        ? targets.rights().byRole(SCHEDULER, role, schedule.arn(), call)
        : Optional.empty();
  }

  private ActionRequest putEventsRequest() {
    JsonNode event = schedule.target().path("EventBridgeParameters");
    return new ActionRequest("events:PutEvents", arn())
        .with("events:source", List.of(event.path("Source").asText()))
        .with("events:detail-type", List.of(event.path("DetailType").asText()));
  }

  private Optional<Failure> attempt() {
    Optional<Authorizer.Refusal> refusal =
        findRefusal(
            isFunction() ? new ActionRequest("lambda:InvokeFunction", arn()) : putEventsRequest());
    if (refusal.isPresent()) {
      if (attempts == 1) {
        tell("not allowed: " + refusal.get().why());
      }
      return Optional.of(new Failure("AccessDeniedException", refusal.get().why()));
    }
    if (isFunction()) {
      return targets.invoke().test(arn(), input())
          ? Optional.empty()
          : Optional.of(new Failure("ResourceNotFoundException", "Function not found: " + arn()));
    }
    try {
      JsonNode put = targets.events().call("PutEvents", request());
      JsonNode entry = put.path("Entries").path(0);
      return put.path("FailedEntryCount").asInt() == 0
          ? Optional.empty()
          : Optional.of(
              new Failure(entry.path("ErrorCode").asText(), entry.path("ErrorMessage").asText()));
    } catch (AwsException e) {
      return Optional.of(new Failure(e.code(), e.description()));
    }
  }

  private void tell(String line) {
    targets
        .log()
        .accept(
            isFunction()
                ? arn().replaceFirst("^.*:function:", "").replaceFirst(":.*", "")
                : schedule.name(),
            line);
  }

  /** With its context attributes (user guide, "Adding context attributes"). */
  private String input() {
    return schedule
        .target()
        .path("Input")
        .asText("{}")
        .replace("<aws.scheduler.schedule-arn>", schedule.arn())
        .replace("<aws.scheduler.scheduled-time>", scheduledTime())
        .replace("<aws.scheduler.execution-id>", id)
        .replace("<aws.scheduler.attempt-number>", Integer.toString(attempts));
  }

  private String scheduledTime() {
    return due.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** What the target's API is asked. */
  private ObjectNode request() {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    if (isFunction()) {
      return request
          .put("FunctionName", arn())
          .put("InvocationType", "Event")
          .put("Payload", input());
    }
    JsonNode parameters = schedule.target().path("EventBridgeParameters");
    request
        .putArray("Entries")
        .addObject()
        .put("EventBusName", arn())
        .put("Source", parameters.path("Source").asText())
        .put("DetailType", parameters.path("DetailType").asText())
        .put("Detail", input());
    return request;
  }

  private void giveUp(Failure failure, String exhausted) {
    String line =
        "schedule "
            + schedule.key()
            + " given up after "
            + attempts
            + " attempts ("
            + exhausted
            + "): "
            + failure.code()
            + ": "
            + failure.message();
    String queue = schedule.target().path("DeadLetterConfig").path("Arn").asText("");
    if (queue.isEmpty()) {
      tell(line);
      return;
    }
    Optional<String> refused =
        findRefusal(new ActionRequest("sqs:SendMessage", queue)).map(Authorizer.Refusal::why);
    refused
        .or(
            () ->
                targets
                    .reach()
                    .sendToQueue(queue, request().toString(), attributes(failure, exhausted))
                    .map(TargetServices.Failure::message))
        .ifPresent(why -> tell(line + "; its dead-letter queue did not take it: " + why));
  }

  private Map<String, String> attributes(Failure failure, String exhausted) {
    return Map.of(
        "ERROR_CODE",
        failure.code(),
        "ERROR_MESSAGE",
        failure.message(),
        "EXECUTION_ID",
        id,
        "EXHAUSTED_RETRY_CONDITION",
        exhausted,
        "IS_PAYLOAD_TRUNCATED",
        "false",
        "RETRY_ATTEMPTS",
        Integer.toString(attempts - 1),
        "SCHEDULED_TIME",
        scheduledTime(),
        "SCHEDULE_ARN",
        schedule.arn(),
        "TARGET_ARN",
        "arn:aws:scheduler:::aws-sdk:"
            + (isFunction() ? "lambda:invoke" : "eventbridge:putEvents"));
  }
}
