package agentpost.verification;

import static agentpost.catalog.EnvironmentVariables.RECEIVER_TABLE;
import static agentpost.catalog.EnvironmentVariables.WEBHOOK_SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.http.ApiGateway;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.KeySet;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The agent of {@code agentpost verify-deployment}, at a function URL: it writes down each attempt
 * and what is to be said of its signature, and answers what the event's script says.
 *
 * <p>Environment: RECEIVER_TABLE, WEBHOOK_SECRET.
 */
public final class ReceiverHandler
    implements RequestHandler<Map<String, Object>, APIGatewayProxyResponseEvent> {
  private final ReceiverTable table;
  private final WebhookKeyStore keys;
  private final String secretId;
  private final Clock clock;
  private final Clock waits;
  private final EventCodec codec = new EventCodec();

  public ReceiverHandler() {
    this(Platform.lambda());
  }

  public ReceiverHandler(Platform platform) {
    Environment environment =
        Environment.require(platform.environment(), RECEIVER_TABLE, WEBHOOK_SECRET);
    this.table =
        new ReceiverTable(
            platform.aws().create(DynamoDbClient.builder()), environment.get(RECEIVER_TABLE));
    this.keys = new WebhookKeyStore(SecretStore.from(platform));
    this.secretId = environment.get(WEBHOOK_SECRET);
    this.clock = platform.clock();
    this.waits = platform.deadlines();
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(Map<String, Object> event, Context context) {
    return ApiGateway.response(
        ApiGateway.request(ApiGateway.read(event))
            .flatMap(this::receive)
            .map(ReceiverHandler::answer)
            .orElseGet(() -> new Response(404, Map.of(), new byte[0])));
  }

  private Optional<ScriptedAnswer> receive(Request request) {
    Optional<EventId> id = codec.idOf(request.body());
    ReceivedAttempt attempt =
        new ReceivedAttempt(
            waits.instant(),
            verify(request),
            request.header("webhook-id").orElse(""),
            request.header("webhook-signature").orElse(""),
            new String(request.body(), UTF_8),
            0);
    return id.flatMap(known -> table.record(known.value(), attempt));
  }

  private String verify(Request request) {
    return switch (keys.of(secretId)) {
      case WebhookKeyStore.Lookup.Found(var live) ->
          describe(
              keys.verifyAgain(secretId, live, verify(request, live), now -> verify(request, now)));
      case WebhookKeyStore.Lookup.Unusable(var why) -> why;
      case WebhookKeyStore.Lookup.Unavailable(var why) -> why;
    };
  }

  private Verification verify(Request request, KeySet live) {
    return new Verifier(live, clock, Verifier.DEFAULT_TOLERANCE)
        .verify(request.headers(), request.body());
  }

  private static String describe(Verification verification) {
    return switch (verification) {
      case Verification.Accepted _ -> ReceivedAttempt.ACCEPTED;
      case Verification.BadSignature(var scheme) ->
          "the " + scheme.label() + " signature is not one of this body by a live secret";
      case Verification.Stale(var sentAt, _) -> "it was signed at " + sentAt + ", too far from now";
      case Verification.Unsigned(var why) -> why;
      case Verification.Malformed(var why) -> why;
    };
  }

  private static Response answer(ScriptedAnswer answer) {
    try {
      Thread.sleep(Duration.ofSeconds(answer.delay()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted before it answered", e);
    }
    Response response =
        Response.json(
            answer.status(), String.format(Locale.ROOT, "{\"scripted\":%d}", answer.status()));
    return answer.retryAfter() == 0
        ? response
        : response.retryAfter(Duration.ofSeconds(answer.retryAfter()));
  }
}
