package agentpost.cli.console;

import agentpost.catalog.AgentName;
import agentpost.cli.deadletter.DlqOptions;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.DurationText;
import agentpost.cli.terminal.ShellWord;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Dead letters by agent; each is redriven or discarded as the commands do it, after asking. */
final class DeadLetterPages {
  private static final int MAX_LETTERS = 50;
  private static final int RATE = 10;
  private static final String REDRIVE = "redrive";

  private final DlqOptions place;
  private final DeliveryHistory history;
  private final Redrives redrives;

  DeadLetterPages(DlqOptions place, DeliveryHistory history, Redrives redrives) {
    this.redrives = redrives;
    this.place = place;
    this.history = history;
  }

  /**
   * @param link of its event in the timeline; empty if that has forgotten it
   */
  record Letter(
      String anchor,
      String event,
      String type,
      String link,
      String why,
      String message,
      String age,
      String attempts,
      String envelope,
      String editLink,
      String redriveLink,
      String discardLink) {}

  record Choice(String name, boolean isSelected) {}

  record Queue(
      String agent, int count, boolean hasMore, List<Letter> letters, String redriveLink) {}

  View list(PageRequest page) {
    if (page.isPost()) {
      return act(page);
    }
    String only = page.query("agent");
    String reason = page.query("reason").strip();
    String type = page.query("type").strip();
    LetterFilter filter = new LetterFilter(setOf(reason), setOf(type), Optional.empty(), Set.of());
    List<Choice> agents = new ArrayList<>();
    List<Queue> queues = new ArrayList<>();
    if (place.stacks().contains(place.prefix())) {
      Map<String, String> all = place.queues();
      all.keySet().forEach(name -> agents.add(new Choice(name, name.equals(only))));
      if (!only.isEmpty()) {
        all.keySet().removeIf(agent -> !agent.equals(only));
      }
      place.forEachQueue(
          all,
          queue -> letters(queue, filter),
          (agent, letters) -> {
            if (!letters.isEmpty()) {
              queues.add(queue(agent, letters, reason, type));
            }
          });
    }
    return new View.Html(
        "dead-letters",
        "Dead letters",
        "dead-letters",
        Map.of(
            "queues", queues,
            "empty", queues.isEmpty(),
            "agents", agents,
            "reason", reason,
            "type", type,
            "filtered", !(only + reason + type).isEmpty()));
  }

  private static Set<String> setOf(String text) {
    return text.isEmpty() ? Set.of() : Set.of(text);
  }

  private static List<DeadLetter> letters(DeadLetterQueue queue, LetterFilter filter) {
    // A receive from an empty queue would wait for a second.
    if (queue.count().free() == 0) {
      return List.of();
    }
    try (QueueBrowser look = queue.look()) {
      return look.findOldest(filter, MAX_LETTERS + 1);
    }
  }

  private Queue queue(String agent, List<DeadLetter> letters, String reason, String type) {
    Instant now = Instant.now();
    return new Queue(
        agent,
        Math.min(letters.size(), MAX_LETTERS),
        letters.size() > MAX_LETTERS,
        letters.stream().limit(MAX_LETTERS).map(letter -> letter(agent, letter, now)).toList(),
        Links.to("confirm", "action", REDRIVE, "agent", agent, "reason", reason, "type", type));
  }

  private Letter letter(String agent, DeadLetter letter, Instant now) {
    return new Letter(
        "letter-" + letter.messageId(),
        letter.eventId(),
        letter.eventType(),
        history.find(letter.eventId()).isPresent() ? Links.event(letter.eventId()) : "",
        letter.code() + letter.exhausted().map(limit -> ", " + limit).orElse(""),
        letter.message(),
        DurationText.of(Duration.between(letter.sentAt(), now)),
        letter.attempts() + 1L + (letter.attempts() == 0 ? " attempt" : " attempts"),
        letter.envelope().orElse(letter.body()),
        Links.to("letter", "agent", agent, "letter", letter.messageId()),
        confirm(REDRIVE, agent, letter),
        confirm("discard", agent, letter));
  }

  static String confirm(String action, String agent, DeadLetter letter) {
    return Links.to(
        "confirm",
        "action",
        action,
        "agent",
        agent,
        "letter",
        letter.messageId(),
        "event",
        letter.eventId());
  }

  View confirm(PageRequest page) {
    boolean isRedrive = page.query("action").equals(REDRIVE);
    String agent = page.query("agent");
    String event = page.query("event");
    return new View.Html(
        "confirm",
        isRedrive ? "Redrive?" : "Discard?",
        "dead-letters",
        Map.of(
            "action",
            isRedrive ? REDRIVE : "discard",
            "verb",
            isRedrive ? "Redrive" : "Discard",
            "agent",
            agent,
            "event",
            event,
            "letter",
            page.query("letter"),
            "redrive",
            isRedrive,
            "reason",
            page.query("reason"),
            "type",
            page.query("type"),
            "back",
            Links.to("dead-letters", "agent", agent),
            "command",
            "./agentpost dlq "
                + (isRedrive ? "redrive " : "discard ")
                + agent
                + option("id", event)
                + option("reason", page.query("reason"))
                + option("event-type", page.query("type"))));
  }

  private static String option(String name, String value) {
    return value.isEmpty() ? "" : " --" + name + " " + ShellWord.quote(value);
  }

  private View act(PageRequest page) {
    AgentName agent = agent(page.field("agent"));
    String letter = page.field("letter");
    if (page.field("action").equals(REDRIVE)) {
      ObjectNode order =
          JsonNodeFactory.instance
              .objectNode()
              .put("agent", agent.value())
              .put("rate", RATE)
              .put("dry_run", false);
      ObjectNode filters = order.putObject("filters");
      setOf(letter).forEach(filters.putArray("ids")::add);
      setOf(page.field("reason")).forEach(filters.putArray("reasons")::add);
      setOf(page.field("type")).forEach(filters.putArray("event_types")::add);
      return new View.Redirect(Links.to("redrive", "id", redrives.start(agent, order)));
    }
    List<String> lines = discard(agent, letter);
    history.touch();
    return done(lines);
  }

  static View.Html done(List<String> lines) {
    return new View.Html(
        "done", "Done", "dead-letters", Map.of("lines", lines, "back", Links.to("dead-letters")));
  }

  /**
   * @throws CommandFailure if it is no agent's
   */
  static AgentName agent(String name) {
    try {
      return new AgentName(name);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("no agent has that name: " + name);
    }
  }

  private List<String> discard(AgentName agent, String letter) {
    if (letter.isEmpty()) {
      throw new CommandFailure("one letter is discarded at a time");
    }
    return List.of(
        place.discard(agent, Set.of(letter)) == 1
            ? "discarded; the bucket agentpost-discarded-… keeps it for 400 days"
            : "it was not found: delivered or discarded meanwhile");
  }
}
