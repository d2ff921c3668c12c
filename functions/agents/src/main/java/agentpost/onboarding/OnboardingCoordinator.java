package agentpost.onboarding;

import agentpost.catalog.AgentName;
import agentpost.coordination.Join;
import agentpost.coordination.Subject;
import agentpost.event.Event;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Says when a user's onboarding is complete and how long each agent took, or who is missing after
 * an hour.
 */
final class OnboardingCoordinator implements Agent {
  private static final Duration COMPLETION_TIMEOUT = Duration.ofHours(1);
  private final AgentName name;
  private final Join join;
  private final Clock clock;

  OnboardingCoordinator(AgentName name, Join join, Clock clock) {
    this.name = name;
    this.join = join;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "user.signed_up" -> report(event, begin(event));
      case "deadline.reached" -> report(event, join.deadline(event));
      default -> part(event);
    };
  }

  /**
   * From when this agent hears of the sign-up: one that comes out of a dead-letter queue after days
   * has its hour, too.
   */
  private Join.Standing begin(Event event) {
    SignUp signUp = SignUp.of(event);
    return join.begin(
        event,
        new Subject("user", signUp.userId()),
        Onboarding.of(signUp),
        clock.instant().plus(COMPLETION_TIMEOUT));
  }

  /**
   * Whose part it is says who published it: under the same correlation id others send e-mails and
   * raise alerts, too.
   */
  private Outcome part(Event event) {
    String who = event.metadata().sourceService();
    return Onboarding.takesPart(who)
        ? report(event, join.arrive(event, who))
        : new Outcome.Done(List.of(), who + " has no part in an onboarding");
  }

  private Outcome report(Event event, Join.Standing standing) {
    return switch (standing) {
      case Join.Standing.Completed(var progress) ->
          publish(event, "onboarding.completed", completedData(progress));
      case Join.Standing.Stalled(var progress) ->
          publish(event, "onboarding.stalled", stalledData(progress));
      case Join.Standing.Unchanged(var why) -> new Outcome.Done(List.of(), why);
    };
  }

  private Outcome publish(Event event, String type, ObjectNode data) {
    return new Outcome.Done(List.of(event.answer(name, type, data, clock.instant())), type);
  }

  private static ObjectNode completedData(Join.Progress progress) {
    Instant last = Collections.max(progress.arrived().values());
    ObjectNode data =
        baseData(progress)
            .put("completed_at", last.toString())
            .put("took_seconds", seconds(progress, last))
            .put("late", progress.late());
    ArrayNode steps = data.putArray("steps");
    progress.arrived().entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .forEach(
            part ->
                steps
                    .addObject()
                    .put("agent", part.getKey())
                    .put("at", part.getValue().toString())
                    .put("took_seconds", seconds(progress, part.getValue())));
    return data;
  }

  private static ObjectNode stalledData(Join.Progress progress) {
    ObjectNode data = baseData(progress).put("deadline", progress.deadline().toString());
    progress.missing().forEach(data.putArray("missing")::add);
    progress.arrived().keySet().forEach(data.putArray("arrived")::add);
    return data;
  }

  private static ObjectNode baseData(Join.Progress progress) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("user_id", progress.about().id())
        .put("started_at", progress.begunAt().toString());
  }

  /** Services' clocks differ: what seems to have happened before the sign-up took no time. */
  private static double seconds(Join.Progress progress, Instant until) {
    return Math.max(0, Duration.between(progress.begunAt(), until).toMillis()) / 1000.0;
  }
}
