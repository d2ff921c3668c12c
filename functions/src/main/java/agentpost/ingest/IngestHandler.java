package agentpost.ingest;

import agentpost.event.AgentName;
import agentpost.http.ApiGateway;
import agentpost.http.Problem;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.webhook.Claims;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * {@code POST /ingest/{source}}, called by third parties. Environment: SOURCES (JSON, see {@link Sources}), SOURCE_SECRET_PREFIX, INGEST_URL
 * (the door's URL as third parties have it, ending in a slash), CLAIMS_TABLE, BUS_NAME.
 */
public final class IngestHandler implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final Map<String, Ingest> doors = new HashMap<>();

  public IngestHandler() {
    this(Platform.lambda());
  }

  public IngestHandler(Platform platform) {
    Environment environment =
        Environment.requiring(platform.environment(), "SOURCES", "SOURCE_SECRET_PREFIX", "INGEST_URL", "CLAIMS_TABLE", "BUS_NAME");
    DynamoDbClient tables = platform.aws().create(DynamoDbClient.builder());
    Publisher publisher = EventBridgePublisher.on(platform, environment.get("BUS_NAME"));
    SourceKeys keys = new SourceKeys(SecretStore.on(platform));
    EventSchemas schemas = EventSchemas.load();
    new Sources(environment.get("INGEST_URL"), environment.get("SOURCE_SECRET_PREFIX"))
        .read(environment.get("SOURCES"))
        .forEach(
            (name, source) -> {
              // An agent may have a source's name; their claims are not each other's.
              Claims claims = new Claims(tables, environment.get("CLAIMS_TABLE"), new AgentName("ingest-" + name), platform.clock());
              doors.put(name, new Ingest(new Ingest.Parts(source, keys, schemas, claims, publisher, platform.clock(), platform.log())));
            });
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    return ApiGateway.response(
        ApiGateway.request(event)
            .map(request -> received(request, remaining))
            .orElseGet(() -> Problem.MALFORMED.because("the body is marked base64 and is not")));
  }

  private Response received(Request request, Duration remaining) {
    return Optional.ofNullable(request.pathParameters().get("source"))
        .map(doors::get)
        .map(door -> door.receive(request, remaining))
        .orElseGet(() -> Problem.NO_SUCH_SOURCE.because("there is no source of this name"));
  }
}
