package agentpost.cli;

import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResultEntry;

/** {@code agentpost put}: an event's envelope, validated, onto the bus. */
@Command(
    name = "put",
    mixinStandardHelpOptions = true,
    description = "Validates an event against its schema, then puts it on the bus.",
    footer = {"", "Example:", "  ./agentpost put events-schemas/user.signed_up/examples/premium-trial.json"})
final class PutCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The event's envelope as JSON.")
  private Path file;

  @Option(names = "--endpoint-url", defaultValue = "http://localhost:4566", paramLabel = "URL", description = "Where the bus is; ${DEFAULT-VALUE} unless given.")
  private URI endpoint;

  @Option(names = "--bus", defaultValue = "agentpost", paramLabel = "NAME", description = "The bus; ${DEFAULT-VALUE} unless given.")
  private String bus;

  @Override
  public Integer call() {
    JsonNode envelope = read();
    Validation validation = EventSchemas.load().validate(envelope);
    if (!(validation instanceof Validation.Valid)) {
      throw new CommandFailure(file + ": " + validation.problem());
    }
    try (EventBridgeClient events =
        EventBridgeClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("put", "local")))
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      PutEventsRequestEntry entry =
          PutEventsRequestEntry.builder()
              .eventBusName(bus)
              .source(envelope.path("metadata").path("source_service").asText())
              .detailType(envelope.path("event_type").asText())
              .time(OffsetDateTime.parse(envelope.path("timestamp").asText()).toInstant())
              .detail(envelope.toString())
              .build();
      PutEventsResultEntry result = events.putEvents(put -> put.entries(entry)).entries().getFirst();
      if (result.errorCode() != null) {
        throw new CommandFailure(result.errorCode() + ": " + result.errorMessage());
      }
      spec.commandLine().getOut().println("accepted " + envelope.path("event_id").asText() + " as " + result.eventId() + " on " + bus);
      return 0;
    } catch (SdkException e) {
      throw new CommandFailure("could not put the event at " + endpoint + ": " + e.getMessage() + "; is ./agentpost local running?");
    }
  }

  private JsonNode read() {
    try {
      return new JsonMapper().readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new CommandFailure(file + " is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + e);
    }
  }
}
