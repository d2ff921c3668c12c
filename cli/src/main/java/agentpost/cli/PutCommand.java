package agentpost.cli;

import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/** {@code agentpost put}: events, validated, onto the bus. */
@Command(
    name = "put",
    mixinStandardHelpOptions = true,
    description = "Validates an event against its schema, then puts it on the bus. FILE is an envelope, or a list of PutEvents entries.",
    footer = {"", "Example:", "  ./agentpost put \\", "    events-schemas/user.signed_up/examples/premium-trial.json"})
final class PutCommand implements Callable<Integer> {
  /** PutEvents' own limit. */
  private static final int MOST_ENTRIES = 10;

  private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The event's envelope as JSON, or entries as aws events put-events takes them.")
  private Path file;

  @Option(names = "--endpoint-url", defaultValue = "http://localhost:4566", paramLabel = "URL", description = "Where the bus is; ${DEFAULT-VALUE} unless given.")
  private URI endpoint;

  @Option(names = "--bus", defaultValue = "agentpost", paramLabel = "NAME", description = "The bus; ${DEFAULT-VALUE} unless given.")
  private String bus;

  @Override
  public Integer call() {
    if (!("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme())) || endpoint.getHost() == null) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--endpoint-url': it must be like http://localhost:4566");
    }
    List<PutEventsRequestEntry> entries = entries();
    List<PutEventsResultEntry> results = put(entries);
    int refused = 0;
    for (int i = 0; i < results.size(); i++) {
      PutEventsResultEntry result = results.get(i);
      if (result.errorCode() == null) {
        PutEventsRequestEntry entry = entries.get(i);
        spec.commandLine().getOut().println("accepted " + entry.detailType() + " as " + result.eventId() + " on " + entry.eventBusName());
      } else {
        refused++;
        spec.commandLine().getErr().println("agentpost: " + at(i, entries.size()) + ": " + result.errorCode() + ": " + result.errorMessage());
      }
    }
    spec.commandLine().getOut().flush();
    return refused == 0 ? 0 : 1;
  }

  private List<PutEventsResultEntry> put(List<PutEventsRequestEntry> entries) {
    try (EventBridgeClient events =
        EventBridgeClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("put", "local")))
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      return events.putEvents(put -> put.entries(entries)).entries();
    } catch (SdkServiceException e) {
      throw new CommandFailure("the bus at " + endpoint + " did not take the event: " + e.getMessage());
    } catch (SdkException e) {
      throw new CommandFailure("nothing answers at " + endpoint + " (" + e.getMessage() + "); start ./agentpost local, or say where the bus is with --endpoint-url");
    }
  }

  /** All of the file's events, every one of them valid: nothing is put unless all can be. */
  private List<PutEventsRequestEntry> entries() {
    JsonNode json = read();
    EventSchemas schemas = EventSchemas.load();
    if (!json.isArray()) {
      return List.of(entry(file.toString(), json, schemas));
    }
    if (json.isEmpty() || json.size() > MOST_ENTRIES) {
      throw new CommandFailure(file + " has " + json.size() + " entries; PutEvents takes 1 to " + MOST_ENTRIES);
    }
    List<PutEventsRequestEntry> entries = new ArrayList<>();
    for (int i = 0; i < json.size(); i++) {
      String where = at(i, json.size());
      PutEventsRequestEntry entry = entry(where, parsed(where + ": Detail", json.path(i).path("Detail").asText()), schemas);
      same(where, "Source", json.path(i), entry.source());
      same(where, "DetailType", json.path(i), entry.detailType());
      entries.add(entry.toBuilder().eventBusName(json.path(i).path("EventBusName").asText(bus)).build());
    }
    return entries;
  }

  private String at(int entry, int of) {
    return of == 1 ? file.toString() : file + ", entry " + entry;
  }

  private PutEventsRequestEntry entry(String where, JsonNode envelope, EventSchemas schemas) {
    Validation validation = schemas.validate(envelope);
    if (!(validation instanceof Validation.Valid)) {
      throw new CommandFailure(where + ": " + validation.problem());
    }
    return PutEventsRequestEntry.builder()
        .eventBusName(bus)
        .source(envelope.path("metadata").path("source_service").asText())
        .detailType(envelope.path("event_type").asText())
        .time(OffsetDateTime.parse(envelope.path("timestamp").asText()).toInstant())
        .detail(envelope.toString())
        .build();
  }

  /** Rules match on these and agents read the envelope, so an entry that says one thing twice must say the same. */
  private static void same(String where, String name, JsonNode entry, String expected) {
    if (!entry.path(name).asText().equals(expected)) {
      throw new CommandFailure(where + ": " + name + " must be " + expected + ", as the envelope in Detail has it; got " + entry.path(name));
    }
  }

  private JsonNode read() {
    try {
      return parsed(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new CommandFailure("there is no file " + file);
    } catch (CharacterCodingException e) {
      throw new CommandFailure(file + " is not UTF-8");
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + e);
    }
  }

  private static JsonNode parsed(String what, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(what + " is not JSON: " + e.getOriginalMessage());
    }
  }
}
