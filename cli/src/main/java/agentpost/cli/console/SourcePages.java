package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.cloud.CloudOptions;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What third parties sent, how it was verified, why it was refused, and what it became. */
final class SourcePages {
  private static final int MAX_SHOWN = 50;

  /** Of what was signed, whatever else was wrong with it. */
  private static final Set<String> SIGNED =
      Set.of("published", "already-done", "unmapped", "challenge-answered", "no-events");

  private final CloudOptions place;
  private final IngestRequests requests;
  private final DeliveryHistory history;
  private final Supplier<String> apiUrl;

  SourcePages(
      CloudOptions place,
      IngestRequests requests,
      DeliveryHistory history,
      Supplier<String> apiUrl) {
    this.place = place;
    this.requests = requests;
    this.history = history;
    this.apiUrl = apiUrl;
  }

  /**
   * @param type of the third party's
   */
  record Mapping(String type, String event) {}

  record Source(
      String name, String link, String url, String scheme, String secret, List<Mapping> mappings) {}

  record Outcome(String id, String label, String link) {}

  /**
   * @param type as the payload has it; empty if it was not read
   * @param events on the bus: its own, or {@code ingest.refused}
   */
  record Row(
      String anchor,
      Times at,
      String source,
      String kind,
      String outcome,
      String type,
      String reason,
      String signature,
      List<Outcome> events,
      List<WireMessage> messages) {}

  View list(PageRequest page) {
    String only = page.query("source");
    List<Source> sources =
        place.stacks().contains(place.prefix())
            ? CatalogDirectory.read(place, place.names().sourceDirectory()).entrySet().stream()
                .map(entry -> source(entry.getKey(), entry.getValue()))
                .toList()
            : List.of();
    List<Row> rows =
        requests.last(MAX_SHOWN, name -> only.isEmpty() || name.equals(only)).stream()
            .map(this::row)
            .toList();
    return new View.Html(
        "sources",
        "Sources",
        "sources",
        Map.of(
            "sources", sources,
            "none", sources.isEmpty(),
            "rows", rows,
            "empty", rows.isEmpty(),
            "only", only,
            "most", MAX_SHOWN));
  }

  private Source source(String name, JsonNode entry) {
    return new Source(
        name,
        Links.to("sources", "source", name),
        apiUrl.get() + "/ingest/" + name,
        scheme(entry.path("scheme")),
        place.names().sourceSecret(name),
        entry.path("mappings").properties().stream()
            .map(one -> new Mapping(one.getKey(), one.getValue().path("event").asText()))
            .toList());
  }

  private static String scheme(JsonNode scheme) {
    return scheme.isTextual()
        ? "the scheme " + scheme.asText()
        : "HMAC-"
            + scheme.path("algorithm").asText().toUpperCase(Locale.ROOT)
            + " of "
            + scheme.path("signed").asText()
            + ", "
            + scheme.path("encoding").asText()
            + ", in "
            + scheme.path("header").asText();
  }

  private Row row(IngestRequests.Received one) {
    JsonNode line = one.line();
    int status = one.answer().status();
    String answer = new String(one.answer().body(), UTF_8);
    String outcome =
        line.path("outcome").asText(status < 300 ? "accepted" : WireMessage.problem(answer));
    return new Row(
        "request-" + one.number(),
        Times.of(one.at()),
        one.source(),
        status >= 500 ? "wait" : status >= 300 ? "bad" : outcome.equals("unmapped") ? "wait" : "ok",
        status + (outcome.isEmpty() ? "" : " " + outcome),
        line.path("type").asText(),
        reason(line, answer, outcome),
        signature(line, outcome),
        events(line, answer),
        List.of(
            WireMessage.of("POST /ingest/" + one.source(), one.headers(), one.body()),
            WireMessage.of("Answer " + status, one.answer().headers(), one.answer().body())));
  }

  private static String reason(JsonNode line, String answer, String outcome) {
    String reason = line.path("reason").asText(WireMessage.json(answer).path("detail").asText());
    return reason.isEmpty() && outcome.equals("unmapped")
        ? "the catalog has no mapping for this type"
        : reason;
  }

  private static String signature(JsonNode line, String outcome) {
    return SIGNED.contains(outcome) || line.has("type") || line.has("kept")
        ? "valid"
        : line.path("status").asInt() < 500 && !line.isMissingNode() ? "refused" : "not checked";
  }

  private List<Outcome> events(JsonNode line, String answer) {
    JsonNode ids = WireMessage.json(answer).path("event_ids");
    List<String> found =
        ids.isEmpty()
            ? List.of(
                line.path("kept").asText(), line.has("kept") ? "" : line.path("event_id").asText())
            : ids.valueStream().map(JsonNode::asText).toList();
    return found.stream()
        .filter(id -> !id.isEmpty())
        .flatMap(id -> history.find(id).stream())
        .map(event -> new Outcome(event.id(), event.type(), Links.event(event.id())))
        .toList();
  }
}
