package agentpost.delivery;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;

/**
 * {@code POST /deliveries/{agent}}, called by EventBridge's API destinations with the connection's
 * key.
 */
public final class RelayHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final Relay relay;

  public RelayHandler() {
    this(Platform.lambda());
  }

  public RelayHandler(Platform platform) {
    this.relay = new Relay(Relay.Parts.from(platform, RelaySettings.from(platform.environment())));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    return relay.endpoint().handle(event, relay::deliver);
  }
}
