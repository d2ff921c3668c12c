package agentpost.local.testing;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** Logs as many lines as it is asked for, and answers with as many characters. */
public final class TalkingHandler implements RequestHandler<Map<String, Object>, String> {
  public TalkingHandler(Platform platform) {}

  @Override
  public String handleRequest(Map<String, Object> event, Context context) {
    for (int line = 1; line <= number(event, "lines"); line++) {
      context.getLogger().log("line " + line + " of " + event.get("name"));
    }
    return "x".repeat(number(event, "characters"));
  }

  private static int number(Map<String, Object> event, String name) {
    return event.get(name) instanceof Number number ? number.intValue() : 0;
  }
}
