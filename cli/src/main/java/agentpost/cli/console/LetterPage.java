package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.cli.deadletter.DlqOptions;
import agentpost.cli.deadletter.OutcomeCounts;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetter;
import agentpost.deadletter.LetterFilter;
import agentpost.deadletter.QueueBrowser;
import agentpost.event.EventReader;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One dead letter, which can be mended and delivered as {@code ./agentpost redeliver} does it. */
final class LetterPage {
  private final DlqOptions place;
  private final DeliveryHistory history;

  LetterPage(DlqOptions place, DeliveryHistory history) {
    this.place = place;
    this.history = history;
  }

  View handle(PageRequest page) {
    AgentName agent =
        DeadLetterPages.agent(page.isPost() ? page.field("agent") : page.query("agent"));
    String id = page.isPost() ? page.field("letter") : page.query("letter");
    if (!page.isPost()) {
      DeadLetter letter = find(agent, id);
      return form(agent, letter, pretty(letter.envelope().orElse(letter.body())), List.of());
    }
    String text = page.field("envelope");
    List<Mistake> mistakes = Mistake.of(new EventReader(ProjectSchemas.load()).read(text), text);
    return mistakes.isEmpty()
        ? redeliver(agent, id, text)
        : form(agent, find(agent, id), text, mistakes);
  }

  private DeadLetter find(AgentName agent, String id) {
    LetterFilter filter = new LetterFilter(Set.of(), Set.of(), Optional.empty(), Set.of(id));
    return place
        .of(
            agent,
            queue -> {
              try (QueueBrowser look = queue.look()) {
                return look.findOldest(filter, 1).stream().findFirst();
              }
            })
        .orElseThrow(
            () ->
                new CommandFailure(
                    "the letter is not there: it was delivered or discarded, or another look holds"
                        + " it for a moment"));
  }

  private static String pretty(String json) {
    return Json.parse(json.getBytes(UTF_8)) instanceof Json.Parsed.Read(var read)
        ? read.toPrettyString()
        : json;
  }

  private View.Html form(AgentName agent, DeadLetter letter, String text, List<Mistake> mistakes) {
    Map<String, Object> model = new HashMap<>();
    model.put("agent", agent.value());
    model.put("agentLink", Links.to("agent", "name", agent.value()));
    model.put("letter", letter.messageId());
    model.put("event", letter.eventId());
    model.put(
        "eventLink",
        history.find(letter.eventId()).isPresent() ? Links.event(letter.eventId()) : "");
    model.put("at", Times.of(letter.sentAt()));
    model.put(
        "attempts", letter.attempts() + 1L + (letter.attempts() == 0 ? " attempt" : " attempts"));
    model.put("why", letter.code() + letter.exhausted().map(limit -> ", " + limit).orElse(""));
    model.put(
        "status",
        letter.lastAnswer().status().isPresent()
            ? Integer.toString(letter.lastAnswer().status().getAsInt())
            : "");
    model.put("message", letter.lastAnswer().problem().orElse(letter.message()));
    model.put("redriveLink", DeadLetterPages.confirm("redrive", agent.value(), letter));
    model.put("discardLink", DeadLetterPages.confirm("discard", agent.value(), letter));
    model.put("text", text);
    model.put("mistakes", mistakes);
    model.put("wrong", !mistakes.isEmpty());
    return new View.Html(
        "letter",
        letter.eventType().isEmpty() ? "Dead letter" : letter.eventType(),
        "dead-letters",
        model);
  }

  private View redeliver(AgentName agent, String id, String text) {
    ObjectNode order = JsonNodeFactory.instance.objectNode().put("agent", agent.value());
    order.putArray("events").addObject().put("envelope", text).put("message_id", id);
    List<String> lines = new ArrayList<>();
    for (JsonNode outcome : place.redrive(order).path("outcomes")) {
      lines.add(OutcomeCounts.describe(outcome, agent));
    }
    history.touch();
    return DeadLetterPages.done(
        lines.isEmpty() ? List.of("nothing was tried: send it again in a minute") : lines);
  }
}
