package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.ResourceNames;
import agentpost.local.storage.Spool;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The last requests of third parties, with their answers and what the ingest function logged of
 * each. The two come apart: a request has the first line that fits it.
 */
final class IngestRequests implements AutoCloseable {
  private static final String ROUTE = "/ingest/";
  private static final String FUNCTION = ResourceNames.DEFAULT.part("ingest");
  private static final int MAX_REQUESTS = 500;
  private static final int MAX_UNMATCHED_LINES = 100;

  private final Supplier<Instant> now;
  private final Runnable onChange;
  private final Spool bodies = new Spool();
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final ArrayDeque<JsonNode> unmatched = new ArrayDeque<>();
  private long number;

  private static final class Entry {
    private final Received received;
    private final Spool.Kept body;
    private JsonNode line = MissingNode.getInstance();

    private Entry(Received received, Spool.Kept body) {
      this.received = received;
      this.body = body;
    }

    private boolean fits(JsonNode candidate) {
      return line.isMissingNode()
          && candidate.path("source").asText().equals(received.source())
          && candidate.path("status").asInt() == received.answer().status()
          && candidate.path("bytes").asInt() == body.length();
    }
  }

  /**
   * A request and its answer.
   *
   * @param number later ones have greater numbers
   * @param source as the path names it
   */
  record Received(
      long number,
      Instant at,
      String source,
      Map<String, String> headers,
      byte[] body,
      AwsResponse answer,
      JsonNode line) {}

  /**
   * @param onChange told when there is more to see
   */
  IngestRequests(Supplier<Instant> now, Runnable onChange) {
    this.now = now;
    this.onChange = onChange;
  }

  void onRequest(AwsRequest request, AwsResponse answer) {
    if (!request.path().startsWith(ROUTE)) {
      return;
    }
    synchronized (this) {
      Entry entry =
          new Entry(
              new Received(
                  ++number,
                  now.get(),
                  request.path().substring(ROUTE.length()),
                  new TreeMap<>(request.headers()),
                  new byte[0],
                  answer,
                  MissingNode.getInstance()),
              bodies.keep(request.body()));
      for (Iterator<JsonNode> lines = unmatched.iterator(); lines.hasNext(); ) {
        JsonNode line = lines.next();
        if (entry.fits(line)) {
          entry.line = line;
          lines.remove();
          break;
        }
      }
      entries.addLast(entry);
      if (entries.size() > MAX_REQUESTS) {
        entries.removeFirst().body.release();
      }
    }
    onChange.run();
  }

  /** One of a delivery's several events has a line of its own, which is not the request's. */
  void onLine(String function, String text) {
    if (!function.equals(FUNCTION)
        || !(Json.parse(text.getBytes(UTF_8)) instanceof Json.Parsed.Read(var line))
        || !line.has("source")
        || !line.has("status")) {
      return;
    }
    synchronized (this) {
      Optional<Entry> found = entries.stream().filter(entry -> entry.fits(line)).findFirst();
      found.ifPresentOrElse(entry -> entry.line = line, () -> unmatched.addLast(line));
      if (unmatched.size() > MAX_UNMATCHED_LINES) {
        unmatched.removeFirst();
      }
    }
    onChange.run();
  }

  /** Newest first. */
  synchronized List<Received> last(int most, Predicate<String> ofSource) {
    return entries.reversed().stream()
        .filter(entry -> ofSource.test(entry.received.source()))
        .limit(most)
        .map(
            entry ->
                new Received(
                    entry.received.number(),
                    entry.received.at(),
                    entry.received.source(),
                    entry.received.headers(),
                    entry.body.bytes().orElseGet(() -> new byte[0]),
                    entry.received.answer(),
                    entry.line))
        .toList();
  }

  @Override
  public synchronized void close() {
    bodies.close();
  }
}
