package agentpost.alerts;

import agentpost.alerts.Alert.Severity;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.platform.Backoff;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * The alerts of one kind and fingerprint, as one row remembers them: the latest group, and when its
 * trouble was last said to be over. Every change is one that may be made again, and none depends on
 * the order in which alerts come: a group is resolved if what was last said of it, by the alerts'
 * own times, is that it is over.
 *
 * @param state {@code {resolved_at, counted: [event ids], group: {opened_by, window_ends, …,
 *     grouped: {event_id, data}, reminders: [{event_id, data}]}}}
 */
record AlertGroup(ObjectNode state) {
  /** Ten minutes: long enough for what one trouble sets off, and short enough to wait for. */
  static final Duration WINDOW = Duration.ofMinutes(10);

  static final int MAX_REMINDERS = 8;

  private static final Backoff REMINDER_DELAYS =
      new Backoff(Duration.ofHours(1), Duration.ofHours(24));

  /**
   * Only a crash between counting an alert and marking it done brings it here twice, and it comes
   * back within its retries.
   */
  private static final int MAX_COUNTED = 200;

  private static final int MAX_NAMES = 20;

  /** Of four bytes each at most, twice in a row of the table, they leave room for the rest. */
  private static final int MAX_NAMES_LENGTH = 20_000;

  private ObjectNode group() {
    return state.path("group") instanceof ObjectNode group
        ? group
        : JsonNodeFactory.instance.objectNode();
  }

  /** Counts an alert, once; the first, or the first after a group that is over, opens one. */
  AlertGroup raise(Event event, Alert alert, Instant now) {
    ArrayNode counted = state.withArrayProperty("counted");
    if (contains(counted, event.id().value())) {
      return this;
    }
    counted.add(event.id().value());
    if (counted.size() > MAX_COUNTED) {
      counted.remove(0);
    }
    if (!state.has("group") || isOver()) {
      state
          .putObject("group")
          .put("opened_by", event.id().value())
          .put("window_ends", now.plus(WINDOW).toString())
          .put("fingerprint", alert.fingerprint())
          .put("kind", alert.kind());
    }
    ObjectNode group = group();
    if (!group.has("severity")
        || alert.severity().compareTo(Severity.of(group.path("severity").asText())) > 0) {
      group.put("severity", alert.severity().label()).put("title", alert.title());
    }
    group.put("count", group.path("count").asInt() + 1);
    group.put("first_at", earliestOf(alert.at(), group.path("first_at")).toString());
    group.put("last_at", latestOf(alert.at(), group.path("last_at")).toString());
    addName(group.withArrayProperty("sources"), alert.source());
    alert.resource().ifPresent(resource -> addName(group.withArrayProperty("resources"), resource));
    return this;
  }

  /** The trouble was over at that time. */
  AlertGroup resolve(Instant at) {
    state.put("resolved_at", latestOf(at, state.path("resolved_at")).toString());
    return this;
  }

  boolean isOpen() {
    return state.has("group") && !isOver();
  }

  boolean isResolved() {
    return state.has("resolved_at")
        && state.has("group")
        && !instantOf(state.path("resolved_at")).isBefore(instantOf(group().path("last_at")));
  }

  /** Nothing more will be published of it. */
  private boolean isOver() {
    return group().has("grouped")
        && (isResolved() || group().path("reminders").size() >= MAX_REMINDERS);
  }

  int count() {
    return group().path("count").asInt();
  }

  /**
   * When the window ends that this event opened; nothing if it opened none, or the window has
   * ended.
   */
  Optional<Instant> windowOpenedBy(EventId id) {
    boolean opened =
        group().path("opened_by").asText().equals(id.value()) && !group().has("grouped");
    return opened ? Optional.of(instantOf(group().path("window_ends"))) : Optional.empty();
  }

  /**
   * The window's end: what is to be published about the group is decided now, and which event
   * decided it.
   */
  AlertGroup endWindow(Event reached) {
    if (isCausedBy(reached, group().path("opened_by")) && !group().has("grouped")) {
      ObjectNode data = toJson().put("resolved", isResolved());
      data.set("sources", group().path("sources"));
      if (group().has("resources")) {
        data.set("resources", group().path("resources"));
      }
      group().putObject("grouped").put("event_id", reached.id().value()).set("data", data);
    }
    return this;
  }

  /** A reminder is due, if this is the deadline that follows the one before. */
  AlertGroup remind(Event reached, Instant now) {
    JsonNode reminders = group().path("reminders");
    JsonNode before =
        reminders.isEmpty() ? group().path("grouped") : reminders.get(reminders.size() - 1);
    if (reminders.size() < MAX_REMINDERS
        && isCausedBy(reached, before.path("event_id"))
        && !isResolved()) {
      int number = reminders.size() + 1;
      ObjectNode data = toJson().put("reminder", number);
      if (number < MAX_REMINDERS) {
        data.put("next_at", now.plus(reminderDelay(number + 1)).toString());
      }
      group()
          .withArrayProperty("reminders")
          .addObject()
          .put("event_id", reached.id().value())
          .set("data", data);
    }
    return this;
  }

  /**
   * What this deadline made of the group when it was first handled; nothing if it made nothing of
   * it.
   */
  Optional<JsonNode> changeMadeBy(Event reached) {
    JsonNode grouped = group().path("grouped");
    return StreamSupport.stream(group().path("reminders").spliterator(), false)
        .filter(reminder -> is(reached, reminder))
        .findFirst()
        .or(() -> is(reached, grouped) ? Optional.of(grouped) : Optional.empty())
        .map(made -> made.path("data"));
  }

  /** Before the reminder of this number, from 1: one hour, two, four, and so on to a day. */
  static Duration reminderDelay(int number) {
    return REMINDER_DELAYS.delayAfter(number);
  }

  private ObjectNode toJson() {
    ObjectNode said =
        JsonNodeFactory.instance.objectNode().put("group_id", group().path("opened_by").asText());
    for (String name :
        new String[] {"fingerprint", "kind", "severity", "title", "count", "first_at", "last_at"}) {
      said.set(name, group().path(name));
    }
    return said;
  }

  private static boolean is(Event event, JsonNode made) {
    return made.path("event_id").asText().equals(event.id().value());
  }

  private static boolean isCausedBy(Event event, JsonNode id) {
    return event
        .metadata()
        .causationId()
        .map(EventId::value)
        .filter(id.asText()::equals)
        .isPresent();
  }

  private static void addName(ArrayNode names, String name) {
    if (names.size() < MAX_NAMES
        && names.toString().length() + name.length() <= MAX_NAMES_LENGTH
        && !contains(names, name)) {
      names.add(name);
    }
  }

  private static boolean contains(ArrayNode texts, String text) {
    return StreamSupport.stream(texts.spliterator(), false)
        .anyMatch(one -> one.asText().equals(text));
  }

  private static Instant instantOf(JsonNode text) {
    return Instant.parse(text.asText());
  }

  private static Instant earliestOf(Instant one, JsonNode other) {
    return other.isTextual() && instantOf(other).isBefore(one) ? instantOf(other) : one;
  }

  private static Instant latestOf(Instant one, JsonNode other) {
    return other.isTextual() && instantOf(other).isAfter(one) ? instantOf(other) : one;
  }
}
