package agentpost.cli.console;

import agentpost.local.storage.Spool;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The signed requests that hosted agents got, byte by byte, with their answers: the relay's own leg
 * of an attempt. They are on disk; the oldest are forgotten.
 */
final class SignedRequests implements AutoCloseable {
  private static final String WEBHOOKS = "/webhooks/";
  private static final int MAX_ENTRIES = 10_000;
  private static final long MAX_BYTES = 32_000_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final Supplier<Instant> now;
  private final Spool spool = new Spool();
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long bytes;

  private record Entry(String eventId, Instant at, Spool.Kept kept) {}

  /**
   * @param at on the cloud's clock
   * @param receivedAt on the wall's, by which it is signed
   * @param headers names in lower case
   */
  record Exchange(
      String agent,
      Instant at,
      Instant receivedAt,
      Map<String, String> headers,
      byte[] body,
      int status,
      Map<String, String> answerHeaders,
      byte[] answer) {}

  SignedRequests(Supplier<Instant> now) {
    this.now = now;
  }

  void add(AwsRequest request, AwsResponse answer) {
    String id = request.header("webhook-id").orElse("");
    if (id.isEmpty() || !request.path().startsWith(WEBHOOKS)) {
      return;
    }
    Instant at = now.get();
    ObjectNode entry =
        JSON.createObjectNode()
            .put("agent", request.path().substring(WEBHOOKS.length()))
            .put("at", at.toString())
            .put("received_at", Instant.now().toString())
            .put("status", answer.status())
            .put("body", request.body())
            .put("answer", answer.body());
    ObjectNode headers = entry.putObject("headers");
    new TreeMap<>(request.headers()).forEach(headers::put);
    ObjectNode answered = entry.putObject("answer_headers");
    new TreeMap<>(answer.headers()).forEach(answered::put);
    keep(id, at, write(entry));
  }

  private synchronized void keep(String id, Instant at, byte[] text) {
    entries.addLast(new Entry(id, at, spool.keep(text)));
    bytes += text.length;
    while (entries.size() > MAX_ENTRIES || bytes > MAX_BYTES) {
      Spool.Kept oldest = entries.removeFirst().kept();
      bytes -= oldest.length();
      oldest.release();
    }
  }

  private static byte[] write(ObjectNode entry) {
    try {
      return JSON.writeValueAsBytes(entry);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree can be written", e);
    }
  }

  /** Those of an event, oldest first. */
  List<Exchange> ofEvent(String eventId) {
    List<Spool.Kept> found;
    synchronized (this) {
      found =
          entries.stream()
              .filter(entry -> entry.eventId().equals(eventId))
              .map(Entry::kept)
              .toList();
    }
    return found.stream().flatMap(kept -> kept.bytes().stream()).map(SignedRequests::read).toList();
  }

  private static Exchange read(byte[] text) {
    try {
      JsonNode entry = JSON.readTree(text);
      return new Exchange(
          entry.path("agent").asText(),
          Instant.parse(entry.path("at").asText()),
          Instant.parse(entry.path("received_at").asText()),
          texts(entry.path("headers")),
          entry.path("body").binaryValue(),
          entry.path("status").asInt(),
          texts(entry.path("answer_headers")),
          entry.path("answer").binaryValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    object.properties().forEach(one -> texts.put(one.getKey(), one.getValue().asText()));
    return texts;
  }

  @Override
  public synchronized void close() {
    spool.close();
  }
}
