package agentpost.onboarding;

import agentpost.catalog.AgentName;
import agentpost.coordination.ReminderScheduler;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Records trials and plans {@code trial.ending} three days before each one's end, unless the user
 * becomes a customer first.
 */
final class TrialMonitorAgent implements Agent {
  /** How long a trial lasts, by plan; a plan that is not here has none. */
  private static final Map<String, Duration> LENGTHS =
      Map.of(
          "premium_trial", Duration.ofDays(14),
          "team_trial", Duration.ofDays(14),
          "enterprise_trial", Duration.ofDays(30));

  private static final Duration NOTICE_PERIOD = Duration.ofDays(3);

  /** RFC 3339 section 1: its years have four digits. */
  private static final Instant MAX_TIME = Instant.parse("9999-12-31T23:59:59.999999999Z");

  /** Scheduler works to the minute; a reminder that is late already goes out with the next one. */
  private static final Duration MIN_DELAY = Duration.ofMinutes(1);

  private final AgentName name;
  private final TrialStore trials;
  private final ReminderScheduler reminders;
  private final Clock clock;

  TrialMonitorAgent(AgentName name, TrialStore trials, ReminderScheduler reminders, Clock clock) {
    this.name = name;
    this.trials = trials;
    this.reminders = reminders;
    this.clock = clock;
  }

  static boolean hasTrial(SignUp signUp) {
    return LENGTHS.containsKey(signUp.plan());
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "user.signed_up" -> begin(event);
      case "user.converted" -> convert(event);
      default -> new Outcome.Refused("this agent does not know " + event.type());
    };
  }

  private Outcome begin(Event event) {
    SignUp signUp = SignUp.of(event);
    Duration length = LENGTHS.get(signUp.plan());
    if (length == null) {
      return new Outcome.Done(List.of(), "the plan " + signUp.plan() + " has no trial");
    }
    Instant endsAt = event.timestamp().plus(length);
    if (endsAt.isAfter(MAX_TIME)) {
      return new Outcome.Refused("the trial ends after the year 9999, which no event can say");
    }
    Optional<TrialStore.Reminder> planned = plan(event, signUp, endsAt);
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("user_id", signUp.userId())
            .put("plan", signUp.plan())
            .put("started_at", event.timestamp().toString())
            .put("ends_at", endsAt.toString());
    planned.ifPresent(reminder -> data.put("reminder_at", reminder.at().toString()));
    String note =
        "recorded the trial until "
            + endsAt
            + planned
                .map(reminder -> ", planned trial.ending for " + reminder.at())
                .orElse(", no reminder planned");
    return new Outcome.Done(
        List.of(event.answer(name, "trial.started", data, clock.instant())), note);
  }

  /**
   * A conversion may arrive before this, after it, or in the middle. It marks the user and then
   * calls off the reminder it finds recorded; here the trial is recorded, then the reminder
   * planned, then the mark looked for. Whichever comes last sees the other.
   */
  private Optional<TrialStore.Reminder> plan(Event event, SignUp signUp, Instant endsAt) {
    Event ending = endingEvent(event, signUp, endsAt);
    Optional<TrialStore.Reminder> reminder =
        reminderAt(endsAt).map(at -> new TrialStore.Reminder(ending.id(), at));
    boolean converted =
        trials.record(
            new TrialStore.Trial(
                signUp.userId(), signUp.plan(), event.timestamp(), endsAt, reminder));
    if (!converted) {
      reminder.ifPresent(planned -> reminders.plan(ending, planned.at()));
    }
    if (converted || trials.isConverted(signUp.userId())) {
      // Also when nothing was planned just now: an attempt that crashed may have planned it.
      reminders.cancel(ending.id());
      return Optional.empty();
    }
    return reminder;
  }

  private Outcome convert(Event event) {
    Optional<EventId> reminder =
        trials.convert(event.data().path("user_id").asText(), event.timestamp());
    reminder.ifPresent(reminders::cancel);
    return new Outcome.Done(
        List.of(),
        reminder.isPresent()
            ? "converted, called off trial.ending"
            : "converted, nothing planned to call off");
  }

  /**
   * Nobody is told that a trial will end when it has: an event that comes back after months plans
   * nothing.
   */
  private Optional<Instant> reminderAt(Instant endsAt) {
    Instant soonest = clock.instant().plus(MIN_DELAY);
    Instant planned = endsAt.minus(NOTICE_PERIOD);
    return soonest.isBefore(endsAt)
        ? Optional.of(planned.isAfter(soonest) ? planned : soonest)
        : Optional.empty();
  }

  private Event endingEvent(Event event, SignUp signUp, Instant endsAt) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("user_id", signUp.userId())
            .put("email", signUp.email())
            .put("plan", signUp.plan())
            .put("ends_at", endsAt.toString());
    return event.answer(name, "trial.ending", data, endsAt.minus(NOTICE_PERIOD));
  }
}
