package agentpost.delivery;

import agentpost.http.ApiGateway;
import agentpost.platform.Platform;
import agentpost.platform.Priming;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;
import java.util.Map;

/**
 * {@code POST /deliveries/{agent}}, called by EventBridge's API destinations with the connection's
 * key: at the REST API, or at the relay's function URL (ADR 29).
 */
public final class RelayHandler
    implements RequestHandler<Map<String, Object>, APIGatewayProxyResponseEvent> {
  private final Relay relay;

  /** Kept from the garbage collector: the checkpoint's context holds it by a weak reference. */
  final Priming priming;

  public RelayHandler() {
    this(Platform.lambda());
  }

  public RelayHandler(Platform platform) {
    this.relay = new Relay(Relay.Parts.from(platform, RelaySettings.from(platform.environment())));
    this.priming = Priming.with(platform, () -> relay.rehearse(Platform::newHttpClient));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(Map<String, Object> event, Context context) {
    Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    return relay
        .endpoint()
        .handle(ApiGateway.read(event), request -> relay.deliver(request, remaining));
  }
}
