package agentpost.local.testing;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Someone's webhook, which keeps what comes as it comes. It runs in the test's JVM, so that the
 * test can look.
 */
public final class HookHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  /**
   * @param headers by name, whatever its case
   */
  public record Delivered(Map<String, String> headers, byte[] body) {}

  public static final List<Delivered> DELIVERED = new CopyOnWriteArrayList<>();

  public HookHandler(Platform platform) {}

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(event.getHeaders());
    DELIVERED.add(new Delivered(headers, Base64.getDecoder().decode(event.getBody())));
    return new APIGatewayProxyResponseEvent().withStatusCode(200).withBody("taken");
  }
}
