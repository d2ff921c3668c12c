package agentpost.local.testing;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** Logs what it is invoked with. */
public final class MapLoggingHandler
    implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  private final Platform platform;

  public MapLoggingHandler(Platform platform) {
    this.platform = platform;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    platform.log().accept(String.valueOf(event));
    return Map.of();
  }
}
