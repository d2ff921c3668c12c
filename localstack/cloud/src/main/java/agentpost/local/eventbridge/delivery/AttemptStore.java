package agentpost.local.eventbridge.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.eventbridge.targets.AttemptResult;
import agentpost.local.eventbridge.targets.Exchange;
import agentpost.local.storage.Spool;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Every attempt with its request, answer, wait and reason, and how each delivery ended, on disk;
 * the oldest are forgotten. Of events that buses took, one is kept as well.
 */
public final class AttemptStore implements AutoCloseable {
  /**
   * In entries, and in bytes of what they hold: a local cloud that is left running must not grow.
   */
  private static final int MAX_ENTRIES = 10_000;

  private static final long MAX_BYTES = 32_000_000;
  private static final int MAX_BODY_LENGTH = 4096;
  private static final int MAX_OF_EVENT = 1_000;

  private final int mostEntries;
  private final long mostBytes;

  AttemptStore() {
    this(MAX_ENTRIES, MAX_BYTES);
  }

  AttemptStore(int mostEntries, long mostBytes) {
    this.mostEntries = mostEntries;
    this.mostBytes = mostBytes;
  }

  private final Spool spool = new Spool();
  private final ArrayDeque<Spool.Kept> entries = new ArrayDeque<>();
  private long bytes;
  private long number;
  private long forgotten;

  void recordAttempt(
      Delivery delivery,
      int attempt,
      AttemptResult what,
      Duration took,
      Optional<Duration> nextWait,
      String reason,
      Optional<String> forgiven) {
    ObjectNode entry =
        entry("attempt", delivery)
            .put("attempt", attempt)
            .put(
                "outcome",
                switch (what) {
                  case AttemptResult.Delivered _ -> "delivered";
                  case AttemptResult.Failed _ -> nextWait.isPresent() ? "retry" : "gave_up";
                });
    what.status().ifPresent(status -> entry.put("status", status));
    if (what instanceof AttemptResult.Failed failed) {
      entry.put("error_code", failed.code()).put("error_message", failed.message());
    }
    entry.put("reason", reason).put("duration_ms", took.toMillis());
    nextWait.ifPresent(wait -> entry.put("next_wait_ms", wait.toMillis()));
    forgiven.ifPresent(without -> entry.put("aws_would_refuse", without));
    what.exchange().ifPresent(exchange -> show(exchange, entry));
    add(entry);
  }

  void deadLettered(
      Delivery delivery,
      int attempts,
      String queueArn,
      DeadLetter.Reason why,
      Optional<String> forgiven) {
    ObjectNode entry =
        entry("dead_letter", delivery)
            .put("attempts", attempts)
            .put("queue", queueArn)
            .put("error_code", why.code())
            .put("error_message", why.message());
    why.exhausted().ifPresent(what -> entry.put("exhausted", what));
    forgiven.ifPresent(what -> entry.put("aws_would_refuse", what));
    add(entry);
  }

  void recordDrop(Delivery delivery, int attempts, DeadLetter.Reason why, String reason) {
    ObjectNode entry =
        entry("dropped", delivery)
            .put("attempts", attempts)
            .put("error_code", why.code())
            .put("error_message", why.message())
            .put("reason", reason);
    why.exhausted().ifPresent(what -> entry.put("exhausted", what));
    add(entry);
  }

  private static ObjectNode entry(String kind, Delivery delivery) {
    Registry.Rule rule = delivery.rule();
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("number", 0)
            .put("kind", kind)
            .put("at", delivery.now().toString())
            .put("event_id", delivery.toPending().eventId())
            .put("id", delivery.event().busId())
            .put("bus", rule.bus())
            .put("rule", rule.name());
    // design.md: an agent's rule has the name of its bus, which is the stage's, before its own.
    if (rule.name().startsWith(rule.bus() + "-")) {
      entry.put("agent", rule.name().substring(rule.bus().length() + 1));
    }
    return entry
        .put("target_id", delivery.target().path("Id").asText())
        .put("target", delivery.target().path("Arn").asText());
  }

  private static void show(Exchange exchange, ObjectNode entry) {
    ObjectNode request =
        entry
            .putObject("request")
            .put("method", exchange.request().method())
            .put("url", exchange.request().url());
    headers(request, exchange.request().headers());
    body(request, exchange.request().body());
    exchange
        .response()
        .ifPresent(
            response -> {
              ObjectNode shown = entry.putObject("response").put("status", response.status());
              headers(shown, response.headers());
              body(shown, response.body());
            });
  }

  private static void headers(ObjectNode shown, Map<String, List<String>> headers) {
    ObjectNode all = shown.putObject("headers");
    headers.forEach((name, values) -> all.put(name, String.join(", ", values)));
  }

  private static void body(ObjectNode shown, String body) {
    shown.put("body", body.length() > MAX_BODY_LENGTH ? body.substring(0, MAX_BODY_LENGTH) : body);
    if (body.length() > MAX_BODY_LENGTH) {
      shown.put("body_length", body.length());
    }
  }

  synchronized void add(ObjectNode entry) {
    Spool.Kept added = spool.keep(EventJson.write(entry.put("number", ++number)).getBytes(UTF_8));
    entries.addLast(added);
    bytes += added.length();
    while (entries.size() > mostEntries || bytes > mostBytes) {
      Spool.Kept oldest = entries.removeFirst();
      bytes -= oldest.length();
      oldest.release();
      forgotten++;
    }
  }

  /**
   * Those that are asked for as JSON, the last {@code most} of them, oldest first. New ones may
   * come meanwhile: they do not wait for this.
   */
  List<String> find(Predicate<ObjectNode> wanted, int most) {
    ArrayDeque<String> found = new ArrayDeque<>();
    Spool.Kept[] all = findAll();
    for (int i = all.length - 1; i >= 0 && found.size() < most; i--) {
      Optional<String> text = all[i].bytes().map(read -> new String(read, UTF_8));
      if (text.isPresent() && wanted.test(EventJson.read(text.get()))) {
        found.addFirst(text.get());
      }
    }
    return List.copyOf(found);
  }

  /** An event's last ones as JSON, oldest first. */
  public List<String> ofEvent(String eventId) {
    return find(entry -> entry.path("event_id").asText().equals(eventId), MAX_OF_EVENT);
  }

  private synchronized Spool.Kept[] findAll() {
    return entries.toArray(Spool.Kept[]::new);
  }

  public synchronized long countForgotten() {
    return forgotten;
  }

  @Override
  public synchronized void close() {
    spool.close();
  }
}
