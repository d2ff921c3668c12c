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

/** Someone's webhook that takes everything and keeps it, in the test's JVM. */
public final class HeardHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  public static final List<Heard> HEARD = new CopyOnWriteArrayList<>();

  /** What came, byte for byte. */
  public record Heard(Map<String, String> headers, byte[] body) {
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  public HeardHandler(Platform platform) {}

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(event.getHeaders());
    HEARD.add(new Heard(headers, Base64.getDecoder().decode(event.getBody())));
    return new APIGatewayProxyResponseEvent().withStatusCode(200).withBody("");
  }
}
