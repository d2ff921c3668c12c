package agentpost.local.testing;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Someone's webhook, which is down until a test takes it up. It runs in the test's JVM, so that the
 * test can.
 */
public final class ReceiverHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  public static final AtomicBoolean UP = new AtomicBoolean();

  /** Ids of the events that it took. */
  public static final List<String> TAKEN = new CopyOnWriteArrayList<>();

  public ReceiverHandler(Platform platform) {}

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    if (!UP.get()) {
      return new APIGatewayProxyResponseEvent().withStatusCode(500).withBody("down");
    }
    event
        .getHeaders()
        .forEach(
            (name, value) -> {
              if (name.equalsIgnoreCase("webhook-id")) {
                TAKEN.add(value);
              }
            });
    return new APIGatewayProxyResponseEvent().withStatusCode(200).withBody("taken");
  }
}
