package agentpost.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.coordination.AgentDeadlines;
import agentpost.coordination.AgentMemory;
import agentpost.coordination.Subject;
import agentpost.event.Event;
import agentpost.webhook.Agent;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Groups alerts by kind and fingerprint. The first one opens a group; when its window is over the
 * group is published, once; then it reminds, less and less often, until the trouble is over. A
 * group that nobody has ended after the last reminder is given up, and the next alert opens a new
 * one.
 */
final class AlertAggregator implements Agent {
  private static final String WINDOW = "alert-window";
  private static final String REMINDER = "alert-reminder";

  private final AgentName name;
  private final AgentMemory memory;
  private final AgentDeadlines deadlines;
  private final Clock clock;

  AlertAggregator(AgentName name, AgentMemory memory, AgentDeadlines deadlines, Clock clock) {
    this.name = name;
    this.memory = memory;
    this.deadlines = deadlines;
    this.clock = clock;
  }

  @Override
  public Outcome handle(Event event) {
    return switch (event.type()) {
      case "alert.raised" -> {
        Alert alert = Alert.of(event);
        yield alert.resolved() ? onResolved(alert) : onRaised(event, alert);
      }
      case "deadline.reached" -> {
        if (deadlines.isOwn(event, WINDOW)) {
          yield windowEnded(event);
        }
        yield deadlines.isOwn(event, REMINDER)
            ? onReminder(event)
            : doneWithNote("a deadline of something else");
      }
      default -> new Outcome.Refused("this agent does not know " + event.type());
    };
  }

  /**
   * The window's end is planned after the group is written: who dies between the two comes again,
   * and finds that it opened the group.
   */
  private Outcome onRaised(Event event, Alert alert) {
    Subject about = about(alert);
    Instant now = clock.instant();
    AlertGroup group = update(about, state -> state.raise(event, alert, now));
    Optional<Instant> ends = group.windowOpenedBy(event.id());
    ends.ifPresent(end -> deadlines.set(event, WINDOW, about, end));
    return doneWithNote(
        ends.isPresent() ? "opened a group until " + ends.get() : group.count() + " in its group");
  }

  private Outcome onResolved(Alert alert) {
    AlertGroup group = update(about(alert), state -> state.resolve(alert.at()));
    return doneWithNote(
        group.isResolved()
            ? "resolved"
            : group.isOpen() ? "an alert came after it: not resolved" : "nothing of it was raised");
  }

  private Outcome windowEnded(Event event) {
    Subject about = Subject.of(event);
    Optional<JsonNode> grouped = update(about, state -> state.endWindow(event)).changeMadeBy(event);
    if (grouped.isEmpty()) {
      return doneWithNote("no group of this window");
    }
    if (!grouped.get().path("resolved").asBoolean()) {
      deadlines.set(event, REMINDER, about, clock.instant().plus(AlertGroup.reminderDelay(1)));
    }
    return publish(event, "alert.grouped", grouped.get());
  }

  private Outcome onReminder(Event event) {
    Subject about = Subject.of(event);
    Instant now = clock.instant();
    Optional<JsonNode> reminder =
        update(about, state -> state.remind(event, now)).changeMadeBy(event);
    if (reminder.isEmpty()) {
      return doneWithNote("resolved: no reminder");
    }
    Optional.ofNullable(reminder.get().get("next_at"))
        .ifPresent(next -> deadlines.set(event, REMINDER, about, Instant.parse(next.asText())));
    return publish(event, "alert.unresolved", reminder.get());
  }

  private interface Change {
    AlertGroup of(AlertGroup before);
  }

  private AlertGroup update(Subject about, Change change) {
    return new AlertGroup(
        memory.update(
            "alerts#" + about.type() + "#" + about.id(),
            state -> change.of(new AlertGroup(state)).state()));
  }

  /**
   * By kind: who says what happens to an application must not end an alert about the
   * infrastructure. A fingerprint may have any characters.
   */
  private static Subject about(Alert alert) {
    return new Subject(
        alert.kind(), UUID.nameUUIDFromBytes(alert.fingerprint().getBytes(UTF_8)).toString());
  }

  private Outcome publish(Event event, String type, JsonNode data) {
    return new Outcome.Done(
        List.of(event.answer(name, type, (ObjectNode) data, clock.instant())), type);
  }

  private static Outcome doneWithNote(String note) {
    return new Outcome.Done(List.of(), note);
  }
}
