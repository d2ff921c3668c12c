package agentpost.cli.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.cloud.DeclaredAgent;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.PlainWriter;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * Shows what becomes of events at the agents of a stack, from what a local cloud tells of its
 * attempts.
 *
 * @param agents of the stack; other rules are not shown
 */
record DeliveryWatch(CloudOptions place, Set<String> agents) {
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
  private static final int MAX_REASON_LENGTH = 300;

  /** Agents that answer each other may do so for ever. */
  private static final int MAX_EVENTS = 50;

  /** How an agent's delivery ended. */
  private sealed interface Ending {
    record Delivered(int attempts) implements Ending {}

    /**
     * @param queue empty if there is none, and the event is gone
     */
    record GivenUp(int attempts, String queue) implements Ending {}
  }

  /**
   * @throws CommandFailure where nobody tells of attempts
   */
  static DeliveryWatch of(CloudOptions place) {
    DeliveryWatch watch = new DeliveryWatch(place, DeclaredAgent.findAll(place).keySet());
    watch.ask("events?event_id=", "any");
    return watch;
  }

  /**
   * Until all deliveries have ended of an event, of those that agents publish in answer, and so on.
   *
   * @return whether each agent has taken them
   */
  boolean follow(String eventId, PrintWriter out) throws InterruptedException {
    Queue<String> next = new ArrayDeque<>(List.of(eventId));
    Set<String> followed = new HashSet<>();
    boolean isWell = true;
    while (!next.isEmpty() && followed.size() < MAX_EVENTS) {
      String id = next.remove();
      if (followed.add(id)) {
        isWell &= followOne(id, id.equals(eventId) ? "put" : "published", out);
        next.addAll(findHeard(id));
      }
    }
    if (!next.isEmpty()) {
      PlainWriter.say(
          out, "more than " + MAX_EVENTS + " events came of it; the others are not shown");
    }
    return isWell;
  }

  /** The events of which this one is the cause, and which some agent receives. */
  private List<String> findHeard(String eventId) {
    return ask("events?causation_id=", eventId)
        .path("events")
        .valueStream()
        .filter(event -> !findAgents(event).isEmpty())
        .map(event -> event.path("event_id").asText())
        .filter(id -> !id.isEmpty())
        .toList();
  }

  private boolean followOne(String eventId, String how, PrintWriter out)
      throws InterruptedException {
    JsonNode event = findEvent(eventId);
    List<String> subscribers = findAgents(event);
    PlainWriter.say(
        out, how + " " + event.path("event_type").asText() + " with the event_id " + eventId);
    if (subscribers.isEmpty()) {
      PlainWriter.say(
          out,
          "  no agent hears it: agents.yaml says who subscribes to what, and a pattern may leave"
              + " this event out");
      return true;
    }
    PlainWriter.say(out, "  for " + String.join(", ", subscribers));
    Map<String, Ending> endings = new TreeMap<>();
    long shown = 0;
    boolean isOver;
    do {
      // Asked first: what is over by then has told of its last attempt.
      isOver = findPending(findEvent(eventId)).isEmpty();
      shown = showNew(eventId, shown, endings, out);
      if (!isOver) {
        Thread.sleep(POLL_INTERVAL);
      }
    } while (!isOver);
    showPublished(eventId, out);
    endings.forEach((agent, ending) -> PlainWriter.say(out, describe(agent, ending)));
    return endings.values().stream().allMatch(ending -> ending instanceof Ending.Delivered);
  }

  private JsonNode findEvent(String eventId) {
    JsonNode events = ask("events?event_id=", eventId).path("events");
    if (events.isEmpty()) {
      throw new CommandFailure(
          "the event "
              + eventId
              + " is on no bus of "
              + place.label()
              + "; was the local cloud restarted?");
    }
    return events.path(events.size() - 1);
  }

  private JsonNode ask(String query, String eventId) {
    return place
        .ofLocalCloud("/_agentpost/" + query + URLEncoder.encode(eventId, UTF_8))
        .filter(JsonNode::isObject)
        .orElseThrow(
            () ->
                new CommandFailure(
                    place.label()
                        + " does not show what happens to an event; ./agentpost local does"));
  }

  private List<String> findAgents(JsonNode event) {
    return StreamSupport.stream(event.path("rules").spliterator(), false)
        .map(rule -> agent(rule.asText()))
        .flatMap(Optional::stream)
        .sorted()
        .toList();
  }

  private List<String> findPending(JsonNode event) {
    return StreamSupport.stream(event.path("pending").spliterator(), false)
        .map(delivery -> agent(delivery.path("rule").asText()))
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<String> agent(String rule) {
    String prefix = place.prefix() + "-";
    return Optional.of(rule)
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .filter(agents::contains);
  }

  /**
   * @param shown the number of the last entry that was
   * @return the same, now
   */
  private long showNew(String eventId, long shown, Map<String, Ending> endings, PrintWriter out) {
    long last = shown;
    for (JsonNode entry : ask("attempts?after=" + shown + "&event_id=", eventId).path("attempts")) {
      last = Math.max(last, entry.path("number").asLong());
      Optional<String> agent = agent(entry.path("rule").asText());
      if (agent.isPresent()) {
        findEnding(entry).ifPresent(ending -> endings.put(agent.get(), ending));
        PlainWriter.say(out, "  " + agent.get() + ": " + describe(entry));
      }
    }
    return last;
  }

  private static Optional<Ending> findEnding(JsonNode entry) {
    return switch (entry.path("kind").asText()) {
      case "attempt" ->
          entry.path("outcome").asText().equals("delivered")
              ? Optional.of(new Ending.Delivered(entry.path("attempt").asInt()))
              : Optional.empty();
      default ->
          Optional.of(
              new Ending.GivenUp(entry.path("attempts").asInt(), entry.path("queue").asText()));
    };
  }

  private static String describe(JsonNode entry) {
    String status =
        entry.has("status")
            ? entry.path("status").asText()
            : entry.path("error_code").asText("no answer");
    return switch (entry.path("kind").asText()) {
      case "attempt" ->
          "attempt "
              + entry.path("attempt").asInt()
              + ": "
              + switch (entry.path("outcome").asText()) {
                case "delivered" -> status + ", delivered";
                case "retry" -> status + why(entry) + "; again in " + seconds(entry);
                default -> status + why(entry);
              };
      case "dead_letter" -> "dead letter, " + entry.path("error_code").asText();
      default -> "given up and gone, " + entry.path("error_code").asText();
    };
  }

  private static String seconds(JsonNode entry) {
    return String.format(Locale.ROOT, "%.1f s", entry.path("next_wait_ms").asLong() / 1000.0);
  }

  /** An agent's own words, if it answered with any. */
  private static String why(JsonNode entry) {
    String body = entry.path("response").path("body").asText();
    String text = PlainWriter.line(body.isEmpty() ? entry.path("error_message").asText() : body);
    return text.isEmpty()
        ? ""
        : " " + (text.length() > MAX_REASON_LENGTH ? text.substring(0, MAX_REASON_LENGTH) : text);
  }

  private void showPublished(String eventId, PrintWriter out) {
    for (JsonNode event : ask("events?causation_id=", eventId).path("events")) {
      List<String> subscribers = findAgents(event);
      PlainWriter.say(
          out,
          "  published "
              + event.path("event_type").asText()
              + " by "
              + event.path("source").asText()
              + (subscribers.isEmpty()
                  ? ", which no agent hears"
                  : ", for " + String.join(", ", subscribers)));
    }
  }

  private String describe(String agent, Ending ending) {
    return switch (ending) {
      case Ending.Delivered(var attempts) -> "delivered to " + agent + after(attempts);
      case Ending.GivenUp(var attempts, var queue) ->
          queue.isEmpty()
              ? "given up for " + agent + after(attempts) + ", with no queue to keep it"
              : "dead letter of "
                  + agent
                  + after(attempts)
                  + "; "
                  + place.nextCommand("dlq show " + agent)
                  + " shows it";
    };
  }

  private static String after(int attempts) {
    return " after " + attempts + (attempts == 1 ? " attempt" : " attempts");
  }
}
