package agentpost.agent;

import agentpost.event.AgentName;
import agentpost.event.Event;
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

/** Records trials and plans {@code trial.ending} three days before each one's end. */
final class TrialMonitorAgent implements Agent {
  /** How long a trial lasts, by plan; a plan that is not here has none. */
  private static final Map<String, Duration> LENGTHS =
      Map.of(
          "premium_trial", Duration.ofDays(14),
          "team_trial", Duration.ofDays(14),
          "enterprise_trial", Duration.ofDays(30));

  private static final Duration NOTICE = Duration.ofDays(3);

  /** Scheduler works to the minute; a reminder that is late already goes out with the next one. */
  private static final Duration AT_ONCE = Duration.ofMinutes(1);

  private final AgentName name;
  private final Trials trials;
  private final Reminders reminders;
  private final Clock clock;

  TrialMonitorAgent(AgentName name, Trials trials, Reminders reminders, Clock clock) {
    this.name = name;
    this.trials = trials;
    this.reminders = reminders;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    SignUp signUp = SignUp.of(event);
    Duration length = LENGTHS.get(signUp.plan());
    if (length == null) {
      return new Outcome.Done(List.of(), "the plan " + signUp.plan() + " has no trial");
    }
    Instant endsAt = event.timestamp().plus(length);
    Optional<Instant> reminderAt = reminderAt(endsAt);
    reminderAt.ifPresent(at -> reminders.plan(ending(event, signUp, endsAt), at));
    trials.record(new Trials.Trial(signUp.userId(), signUp.plan(), event.timestamp(), endsAt, reminderAt));
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("user_id", signUp.userId())
            .put("plan", signUp.plan())
            .put("started_at", event.timestamp().toString())
            .put("ends_at", endsAt.toString());
    reminderAt.ifPresent(at -> data.put("reminder_at", at.toString()));
    String note =
        "recorded the trial until " + endsAt + reminderAt.map(at -> ", planned trial.ending for " + at).orElse(", which is over: no reminder planned");
    return new Outcome.Done(List.of(event.answer(name, "trial.started", data, clock.instant())), note);
  }

  /** Nobody is told that a trial will end when it has: an event that comes back after months plans nothing. */
  private Optional<Instant> reminderAt(Instant endsAt) {
    Instant soonest = clock.instant().plus(AT_ONCE);
    Instant planned = endsAt.minus(NOTICE);
    return soonest.isBefore(endsAt) ? Optional.of(planned.isAfter(soonest) ? planned : soonest) : Optional.empty();
  }

  private Event ending(Event event, SignUp signUp, Instant endsAt) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("user_id", signUp.userId())
            .put("email", signUp.email())
            .put("plan", signUp.plan())
            .put("ends_at", endsAt.toString());
    return event.answer(name, "trial.ending", data, endsAt.minus(NOTICE));
  }
}
