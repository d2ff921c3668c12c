package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.ResourceNames;
import agentpost.local.LocalCloud;
import agentpost.local.eventbridge.input.EventJson;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One event: its envelope, and what each attempt sent and got. */
final class EventPage {
  private final LocalCloud cloud;
  private final DeliveryHistory history;
  private final SignedRequests requests;

  EventPage(LocalCloud cloud, DeliveryHistory history, SignedRequests requests) {
    this.cloud = cloud;
    this.history = history;
    this.requests = requests;
  }

  /**
   * One of EventBridge's attempts, and the relay's request to the agent if there was one.
   *
   * @param kind for the style
   * @param problem the answer's label, as in {@code invalid-event}; empty if it has none
   * @param signature what the check of the signed request says
   */
  record Attempt(
      String anchor,
      String kind,
      String title,
      String reason,
      String problem,
      Times at,
      List<WireMessage> toRelay,
      List<WireMessage> toAgent,
      String signature) {
    boolean hasRelayLeg() {
      return !toRelay.isEmpty();
    }

    boolean hasAgentLeg() {
      return !toAgent.isEmpty();
    }
  }

  record Delivery(
      DeliveryRow row,
      String agentLink,
      String letterLink,
      AgentSide.Facts facts,
      List<Attempt> attempts) {}

  View show(PageRequest page) {
    String id = page.query("id");
    Optional<DeliveryHistory.Event> found = history.find(id);
    if (found.isEmpty()) {
      return View.message(
          404,
          "No such event",
          "The timeline has no event "
              + id
              + ". It keeps the last "
              + DeliveryHistory.MAX_EVENTS
              + " since ./agentpost local began.");
    }
    DeliveryHistory.Event event = found.get();
    String envelope = history.envelope(id).orElse("");
    return new View.Html(
        "event",
        event.type(),
        "",
        Map.of(
            "row", TimelinePages.Row.of(event),
            "source", event.source(),
            "bus", event.bus(),
            "causation", event.causationId(),
            "causationLink", Links.event(event.causationId()),
            "envelope", envelope,
            "bytes", envelope.getBytes(UTF_8).length,
            "edit", Links.to("post", "event", id),
            "over", event.isOver(),
            "deliveries", deliveries(event)));
  }

  private List<Delivery> deliveries(DeliveryHistory.Event event) {
    List<JsonNode> attempts = new ArrayList<>();
    cloud.attempts(event.id()).forEach(text -> attempts.add(EventJson.read(text)));
    List<SignedRequests.Exchange> exchanges = requests.ofEvent(event.id());
    AgentSide agents =
        new AgentSide(
            cloud,
            new ResourceNames(event.bus()),
            event.id(),
            event.deliveries().stream()
                .filter(delivery -> !delivery.isRecordOnly())
                .map(DeliveryProgress.Snapshot::agent)
                .toList());
    return event.deliveries().stream()
        .filter(delivery -> !delivery.isRecordOnly())
        .map(
            delivery ->
                new Delivery(
                    DeliveryRow.of(delivery),
                    Links.to("agent", "name", delivery.agent()),
                    delivery.state() == DeliveryProgress.State.DEAD_LETTER
                        ? Links.to("dead-letters", "agent", delivery.agent())
                        : "",
                    agents.of(delivery.agent()),
                    attempts(
                        event.bus(),
                        delivery.agent(),
                        attempts,
                        exchanges.stream()
                            .filter(one -> one.agent().equals(delivery.agent()))
                            .toList())))
        .toList();
  }

  /** An attempt ends after its request to the agent did, and before the next one begins. */
  private List<Attempt> attempts(
      String bus, String agent, List<JsonNode> all, List<SignedRequests.Exchange> exchanges) {
    List<SignedRequests.Exchange> left = new ArrayList<>(exchanges);
    List<Attempt> shown = new ArrayList<>();
    SignatureCheck check = new SignatureCheck(cloud, new ResourceNames(bus), agent);
    String rule = new ResourceNames(bus).agent(agent);
    for (JsonNode entry : all) {
      boolean isOurs =
          entry.path("rule").asText().equals(rule) || entry.path("rule").asText().equals(agent);
      if (!isOurs || !entry.path("kind").asText().equals("attempt")) {
        continue;
      }
      Instant at = Instant.parse(entry.path("at").asText());
      List<SignedRequests.Exchange> own =
          left.stream().filter(one -> !one.at().isAfter(at)).toList();
      left.removeAll(own);
      shown.add(attempt(shown.size(), agent, entry, at, own, check));
    }
    for (SignedRequests.Exchange other : left) {
      shown.add(
          new Attempt(
              agent + "-" + shown.size(),
              other.status() < 300 ? "ok" : "bad",
              "Outside EventBridge's attempts: " + other.status(),
              "a redrive's, or one that is under way",
              WireMessage.problem(new String(other.answer(), UTF_8)),
              Times.of(other.at()),
              List.of(),
              toAgent(other),
              check.explain(other)));
    }
    return shown;
  }

  private static Attempt attempt(
      int index,
      String agent,
      JsonNode entry,
      Instant at,
      List<SignedRequests.Exchange> own,
      SignatureCheck check) {
    String outcome = entry.path("outcome").asText();
    String answer = entry.path("response").path("body").asText();
    List<WireMessage> toAgent = new ArrayList<>();
    own.forEach(one -> toAgent.addAll(toAgent(one)));
    return new Attempt(
        agent + "-" + index,
        outcome.equals("delivered") ? "ok" : outcome.equals("retry") ? "wait" : "bad",
        "Attempt "
            + entry.path("attempt").asInt()
            + ": "
            + (entry.has("status")
                ? entry.path("status").asText()
                : entry.path("error_code").asText("no answer"))
            + ", "
            + entry.path("duration_ms").asLong()
            + " ms",
        outcome.equals("delivered")
            ? ""
            : entry.path("error_message").asText() + "; " + entry.path("reason").asText(),
        WireMessage.problem(answer),
        Times.of(at),
        toRelay(entry),
        toAgent,
        own.isEmpty() ? "" : check.explain(own.getLast()));
  }

  private static List<WireMessage> toRelay(JsonNode entry) {
    List<WireMessage> messages = new ArrayList<>();
    JsonNode request = entry.path("request");
    if (request.isObject()) {
      messages.add(
          message(request.path("method").asText() + " " + request.path("url").asText(), request));
    }
    JsonNode response = entry.path("response");
    if (response.isObject()) {
      messages.add(message("Answer " + response.path("status").asText(), response));
    }
    return messages;
  }

  private static WireMessage message(String line, JsonNode from) {
    String body = from.path("body").asText();
    return new WireMessage(
        line,
        from.path("headers").properties().stream()
            .map(one -> new WireMessage.Header(one.getKey(), one.getValue().asText()))
            .toList(),
        body,
        from.path("body_length").asInt(body.getBytes(UTF_8).length));
  }

  private static List<WireMessage> toAgent(SignedRequests.Exchange exchange) {
    return List.of(
        WireMessage.of("POST /webhooks/" + exchange.agent(), exchange.headers(), exchange.body()),
        WireMessage.of("Answer " + exchange.status(), exchange.answerHeaders(), exchange.answer()));
  }
}
