package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.EventCodec;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import agentpost.webhook.ClaimStore;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /ingest/…} with a bus, a table and secrets in memory, and whatever source a test
 * describes.
 */
final class Door implements AutoCloseable {
  static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private static final Duration REMAINING = Duration.ofSeconds(15);

  final LocalTables tables = new LocalTables();
  final FakeSecretsManager secrets = new FakeSecretsManager();
  final FakeBus bus = new FakeBus();
  final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  final List<String> log = new ArrayList<>();
  final Ingest ingest =
      new Ingest(
          new Ingest.Parts(
              new SourceVerifiers(new SecretStore(secrets, clock)),
              SCHEMAS,
              name ->
                  new ClaimStore(
                      tables.client(), LocalTables.CLAIMS, new AgentName("ingest-" + name), clock),
              new EventBridgePublisher(bus, "agentpost", _ -> {}),
              "agentpost",
              clock,
              log::add));

  /**
   * @param json the source as the catalog's parameter has it
   */
  Source source(String name, String secret, String json) {
    secrets.with("agentpost/sources/" + name, secret);
    return new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/")
        .read(new AgentName(name), json);
  }

  Response post(Source source, Map<String, String> headers, byte[] body) {
    return post(source, headers, body, REMAINING);
  }

  Response post(Source source, Map<String, String> headers, byte[] body, Duration remaining) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return ingest.receive(
        source,
        new Request("POST", "/ingest/" + source.name(), Map.of(), all, body, "192.0.2.7"),
        remaining);
  }

  /** What is on the bus of this type, each event once however often it was put there. */
  List<ObjectNode> published(String type) {
    Map<String, ObjectNode> byId = new LinkedHashMap<>();
    bus.accepted().stream()
        .filter(entry -> entry.detailType().equals(type))
        .forEach(
            entry -> {
              if (new EventCodec().parse(entry.detail().getBytes(UTF_8))
                  instanceof EventCodec.Parsed.Json(var event, _)) {
                byId.put(event.path("event_id").asText(), event);
              }
            });
    return List.copyOf(byId.values());
  }

  long counted(String metric) {
    return log.stream().filter(line -> line.contains("\"" + metric + "\":1")).count();
  }

  static String text(Response response) {
    return response.status() + " " + new String(response.body(), UTF_8);
  }

  @Override
  public void close() {
    tables.close();
  }
}
