package agentpost.cli.console;

import agentpost.catalog.AgentName;
import agentpost.cli.deadletter.DlqOptions;
import agentpost.cli.deadletter.OutcomeCounts;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.DurationText;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.DeadLetterQueue;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Dead letters by agent; each is redriven or discarded as the commands do it, after asking. */
final class DeadLetterPages {
  private static final int MAX_LETTERS = 50;
  private static final int RATE = 10;
  private static final String REDRIVE = "redrive";

  private final DlqOptions place;
  private final DeliveryHistory history;

  DeadLetterPages(DlqOptions place, DeliveryHistory history) {
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
      String redriveLink,
      String discardLink) {}

  record Queue(
      String agent, int count, boolean hasMore, List<Letter> letters, String redriveLink) {}

  View list(PageRequest page) {
    if (page.isPost()) {
      return act(page);
    }
    String only = page.query("agent");
    List<Queue> queues = new ArrayList<>();
    if (place.stacks().contains(place.prefix())) {
      Map<String, String> all = place.queues();
      if (!only.isEmpty()) {
        all.keySet().removeIf(agent -> !agent.equals(only));
      }
      place.forEachQueue(
          all,
          DeadLetterPages::letters,
          (agent, letters) -> {
            if (!letters.isEmpty()) {
              queues.add(queue(agent, letters));
            }
          });
    }
    return new View.Html(
        "dead-letters",
        "Dead letters",
        "dead-letters",
        Map.of("queues", queues, "empty", queues.isEmpty(), "only", only));
  }

  private static List<DeadLetter> letters(DeadLetterQueue queue) {
    // A receive from an empty queue would wait for a second.
    if (queue.count().free() == 0) {
      return List.of();
    }
    try (QueueBrowser look = queue.look()) {
      return look.findOldest(LetterFilter.ALL, MAX_LETTERS + 1);
    }
  }

  private Queue queue(String agent, List<DeadLetter> letters) {
    Instant now = Instant.now();
    return new Queue(
        agent,
        Math.min(letters.size(), MAX_LETTERS),
        letters.size() > MAX_LETTERS,
        letters.stream().limit(MAX_LETTERS).map(letter -> letter(agent, letter, now)).toList(),
        Links.to("confirm", "action", REDRIVE, "agent", agent));
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
        confirm(REDRIVE, agent, letter),
        confirm("discard", agent, letter));
  }

  private static String confirm(String action, String agent, DeadLetter letter) {
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
            "back",
            Links.to("dead-letters", "agent", agent),
            "command",
            "./agentpost dlq "
                + (isRedrive ? "redrive " : "discard ")
                + agent
                + (event.isEmpty() ? "" : " --id " + event)));
  }

  private View act(PageRequest page) {
    AgentName agent = agent(page.field("agent"));
    String letter = page.field("letter");
    List<String> lines =
        page.field("action").equals(REDRIVE) ? redrive(agent, letter) : discard(agent, letter);
    history.touch();
    return new View.Html(
        "done",
        "Done",
        "dead-letters",
        Map.of("lines", lines, "back", Links.to("dead-letters"), "agent", agent.value()));
  }

  private static AgentName agent(String name) {
    try {
      return new AgentName(name);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("no agent has that name: " + name);
    }
  }

  private List<String> redrive(AgentName agent, String letter) {
    ObjectNode order =
        JsonNodeFactory.instance
            .objectNode()
            .put("agent", agent.value())
            .put("rate", RATE)
            .put("max", letter.isEmpty() ? MAX_LETTERS : 1)
            .put("dry_run", false);
    ObjectNode filters = order.putObject("filters");
    if (!letter.isEmpty()) {
      filters.putArray("ids").add(letter);
    }
    JsonNode report = place.redrive(order);
    List<String> lines = new ArrayList<>();
    report.path("outcomes").forEach(outcome -> lines.add(OutcomeCounts.describe(outcome)));
    if (report.path("stop_reason").asText().equals("AGENT_FAILING")) {
      lines.add("stopped: " + agent + " failed several times in a row; bring it back first");
    }
    if (lines.isEmpty()) {
      lines.add("nothing was found: it was delivered or discarded meanwhile");
    }
    return lines;
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
