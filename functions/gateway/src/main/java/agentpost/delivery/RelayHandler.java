package agentpost.delivery;

import agentpost.platform.Platform;
import agentpost.platform.Priming;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;

/**
 * {@code POST /deliveries/{agent}}, called by EventBridge's API destinations with the connection's
 * key.
 */
public final class RelayHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final Relay relay;

  /** Kept from the garbage collector: the checkpoint's context holds it by a weak reference. */
  final Priming priming;

  public RelayHandler() {
    this(Platform.lambda());
  }

  public RelayHandler(Platform platform) {
    this.relay = new Relay(Relay.Parts.from(platform, RelaySettings.from(platform.environment())));
    this.priming = Priming.with(() -> relay.rehearse(Platform::newHttpClient));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    return relay.endpoint().handle(event, request -> relay.deliver(request, remaining));
  }
}
