package agentpost.ingest;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.INGEST_URL;
import static agentpost.catalog.EnvironmentVariables.SOURCES;
import static agentpost.catalog.EnvironmentVariables.SOURCE_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.SOURCE_SECRET_PREFIX;

import agentpost.catalog.AgentName;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.platform.Priming;
import agentpost.publish.EventBridgePublisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.webhook.ClaimStore;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * {@code POST /ingest/{source}}, called by third parties. Environment: SOURCES (their names, with
 * commas), SOURCE_DIRECTORY (what the catalog says of them, see {@link SourceParser}),
 * SOURCE_SECRET_PREFIX, INGEST_URL (the door's URL as third parties have it, ending in a slash),
 * CLAIMS_TABLE, BUS_NAME.
 */
public final class IngestHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final Ingest ingest;
  private final SourceDirectory sources;
  private final Consumer<String> log;

  // Kept from the garbage collector: the checkpoint's context holds it by a weak reference.
  @SuppressWarnings("UnusedVariable")
  private final Priming priming;

  public IngestHandler() {
    this(Platform.lambda());
  }

  public IngestHandler(Platform platform) {
    Environment environment =
        Environment.require(
            platform.environment(),
            SOURCES,
            SOURCE_DIRECTORY,
            SOURCE_SECRET_PREFIX,
            INGEST_URL,
            CLAIMS_TABLE,
            BUS_NAME);
    this.log = platform.log();
    DynamoDbClient tables = platform.aws().create(DynamoDbClient.builder());
    this.sources =
        SourceDirectory.from(
            platform,
            environment.get(SOURCE_DIRECTORY),
            Set.of(environment.get(SOURCES).split(",")),
            new SourceParser(environment.get(INGEST_URL), environment.get(SOURCE_SECRET_PREFIX)));
    this.ingest =
        new Ingest(
            new Ingest.Parts(
                new SourceVerifiers(SecretStore.from(platform)),
                EventSchemas.load(),
                // An agent may have a source's name; their claims are not each other's.
                source ->
                    new ClaimStore(
                        tables,
                        environment.get(CLAIMS_TABLE),
                        new AgentName("ingest-" + source),
                        platform.clock()),
                EventBridgePublisher.from(platform, environment.get(BUS_NAME)),
                environment.get(BUS_NAME),
                platform.clock(),
                platform.log()));
    this.priming =
        Priming.with(
            platform,
            () -> {
              ingest.rehearse(sources.findAny());
              sources.names().forEach(name -> check(name));
            });
  }

  private static String explainUnusable(String source, String why) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("message", "source not ready")
        .put("source", source)
        .put("reason", why)
        .toString();
  }

  /**
   * At deployment, so that its owner hears of what can never be let in before the third party
   * calls.
   */
  private void check(String name) {
    switch (sources.find(name)) {
      case SourceDirectory.Entry.Known(var source) -> ingest.check(source);
      case SourceDirectory.Entry.Unknown _ ->
          throw new IllegalStateException("The directory does not know its own source " + name);
      case SourceDirectory.Entry.Unusable(var why) -> log.accept(explainUnusable(name, why));
      case SourceDirectory.Entry.Unavailable(var why) -> log.accept(explainUnusable(name, why));
    }
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    return ingest
        .endpoint()
        .handle(event, request -> ingest.receive(request, sources::find, remaining));
  }
}
