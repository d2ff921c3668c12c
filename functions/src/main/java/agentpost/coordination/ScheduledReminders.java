package agentpost.coordination;

import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.publish.EventValidator;
import agentpost.schemas.EventSchemas;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;

/** One-time schedules of EventBridge Scheduler that put the event on the bus. A schedule bears the event's id and deletes itself when done. */
public final class ScheduledReminders implements Reminders {
  /** {@code at()} takes whole seconds and no offset; the zone is a field of its own. */
  private static final DateTimeFormatter AT = DateTimeFormatter.ofPattern("'at('uuuu-MM-dd'T'HH:mm:ss')'").withZone(ZoneOffset.UTC);

  private final SchedulerClient client;
  private final Environment environment;
  private final EventCodec codec = new EventCodec();
  private final EventValidator validator;

  ScheduledReminders(SchedulerClient client, Environment environment, EventSchemas schemas) {
    this.client = client;
    this.environment = environment;
    this.validator = new EventValidator(schemas);
  }

  /** Reads SCHEDULE_GROUP, SCHEDULE_ROLE_ARN, BUS_ARN. */
  public static Reminders on(Platform platform) {
    return new ScheduledReminders(
        platform.aws().create(SchedulerClient.builder()),
        Environment.requiring(platform.environment(), "SCHEDULE_GROUP", "SCHEDULE_ROLE_ARN", "BUS_ARN"),
        EventSchemas.load());
  }

  @Override
  public void plan(Event event, Instant at) {
    String problem = validator.problem(event);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException(problem);
    }
    try {
      client.createSchedule(
          schedule ->
              schedule
                  .name(event.id().value())
                  .groupName(environment.get("SCHEDULE_GROUP"))
                  .description(event.type() + " for " + event.metadata().correlationId())
                  .scheduleExpression(AT.format(at.plusNanos(999_999_999))) // never early
                  .scheduleExpressionTimezone("UTC")
                  .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                  .actionAfterCompletion(ActionAfterCompletion.DELETE)
                  .target(
                      target ->
                          target
                              .arn(environment.get("BUS_ARN"))
                              .roleArn(environment.get("SCHEDULE_ROLE_ARN"))
                              .eventBridgeParameters(to -> to.source(event.metadata().sourceService()).detailType(event.type()))
                              .input(codec.write(event))));
    } catch (ConflictException e) {
      // The same id is the same event: an earlier attempt planned it before it crashed.
      return;
    }
  }

  @Override
  public void cancel(EventId id) {
    try {
      client.deleteSchedule(schedule -> schedule.name(id.value()).groupName(environment.get("SCHEDULE_GROUP")));
    } catch (ResourceNotFoundException e) {
      // It has gone out and deleted itself, was called off before, or was never planned.
      return;
    }
  }
}
