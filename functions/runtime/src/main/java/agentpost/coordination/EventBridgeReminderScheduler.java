package agentpost.coordination;

import static agentpost.catalog.EnvironmentVariables.AGENT;
import static agentpost.catalog.EnvironmentVariables.BUS_ARN;
import static agentpost.catalog.EnvironmentVariables.SCHEDULE_DLQ_ARN;
import static agentpost.catalog.EnvironmentVariables.SCHEDULE_GROUP;
import static agentpost.catalog.EnvironmentVariables.SCHEDULE_ROLE_ARN;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.platform.Environment;
import agentpost.platform.LastingFailureException;
import agentpost.platform.Platform;
import agentpost.publish.EventValidator;
import agentpost.schemas.EventSchemas;
import agentpost.signing.Digest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;

/**
 * One-time schedules of EventBridge Scheduler that put the event on the bus and delete themselves
 * when done. A schedule is named {@code <agent>.<event id>}: by what stands before the dot, which
 * no agent's name has, an agent's role reaches its own schedules and no others.
 */
public final class EventBridgeReminderScheduler implements ReminderScheduler {
  /** {@code at()} takes whole seconds and no offset; the zone is a field of its own. */
  private static final DateTimeFormatter AT_EXPRESSION =
      DateTimeFormatter.ofPattern("'at('uuuu-MM-dd'T'HH:mm:ss')'").withZone(ZoneOffset.UTC);

  /**
   * What a schedule's name may be (Scheduler API reference, CreateSchedule); an event's id may be
   * longer or have a colon.
   */
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_.-]{1,64}");

  /** EventBridge Scheduler user guide, "Quotas": the payload of a target. */
  private static final int MAX_INPUT_BYTES = 256 * 1024;

  /** Characters of a hash that stands in for an id; with an agent's 40 and the dot they are 64. */
  private static final int HASH_LENGTH = 23;

  private final SchedulerClient client;
  private final Environment environment;
  private final EventCodec codec = new EventCodec();
  private final EventValidator validator;
  private final AgentName agent;

  EventBridgeReminderScheduler(
      SchedulerClient client, Environment environment, EventSchemas schemas) {
    this.client = client;
    this.environment = environment;
    this.validator = new EventValidator(schemas);
    this.agent = new AgentName(environment.get(AGENT));
  }

  /** Reads AGENT, SCHEDULE_GROUP, SCHEDULE_ROLE_ARN, SCHEDULE_DLQ_ARN, BUS_ARN. */
  public static ReminderScheduler from(Platform platform) {
    return new EventBridgeReminderScheduler(
        platform.aws().create(SchedulerClient.builder()),
        Environment.require(
            platform.environment(),
            AGENT,
            SCHEDULE_GROUP,
            SCHEDULE_ROLE_ARN,
            SCHEDULE_DLQ_ARN,
            BUS_ARN),
        EventSchemas.load());
  }

  @Override
  public void plan(Event event, Instant at) {
    String problem = validator.problem(event);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException(problem);
    }
    // What waits for a time loops no faster than that, and may go on for as long as it is asked to.
    String input = codec.write(event.withHops(0));
    int bytes = input.getBytes(UTF_8).length;
    if (bytes > MAX_INPUT_BYTES) {
      throw new LastingFailureException(
          event.type()
              + " has "
              + bytes
              + " bytes; EventBridge Scheduler keeps an input of at most "
              + MAX_INPUT_BYTES);
    }
    try {
      client.createSchedule(
          schedule ->
              schedule
                  .name(name(event.id()))
                  .groupName(environment.get(SCHEDULE_GROUP))
                  .description(event.type() + " for " + event.metadata().correlationId())
                  .scheduleExpression(
                      AT_EXPRESSION.format(at.plusNanos(999_999_999))) // never early
                  .scheduleExpressionTimezone("UTC")
                  .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                  .actionAfterCompletion(ActionAfterCompletion.DELETE)
                  .target(
                      target ->
                          target
                              .arn(environment.get(BUS_ARN))
                              .roleArn(environment.get(SCHEDULE_ROLE_ARN))
                              .deadLetterConfig(dead -> dead.arn(environment.get(SCHEDULE_DLQ_ARN)))
                              .eventBridgeParameters(
                                  to ->
                                      to.source(event.metadata().sourceService())
                                          .detailType(event.type()))
                              .input(input)));
    } catch (ConflictException e) {
      // The same id is the same event: an earlier attempt planned it before it crashed.
      return;
    }
  }

  @Override
  public void cancel(EventId id) {
    try {
      client.deleteSchedule(
          schedule -> schedule.name(name(id)).groupName(environment.get(SCHEDULE_GROUP)));
    } catch (ResourceNotFoundException e) {
      // It has gone out and deleted itself, was called off before, or was never planned.
      return;
    }
  }

  /**
   * The same for the same id, so that planning twice is planning once and what was planned can be
   * called off.
   */
  private String name(EventId id) {
    String name = agent + "." + id;
    return NAME.matcher(name).matches() ? name : agent + "." + hash(id);
  }

  private static String hash(EventId id) {
    return Digest.sha256Hex(id.value().getBytes(UTF_8)).substring(0, HASH_LENGTH);
  }
}
