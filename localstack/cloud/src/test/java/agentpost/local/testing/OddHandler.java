package agentpost.local.testing;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An agent that behaves as its environment's {@code ODD} says. */
public final class OddHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final String how;
  private final AtomicInteger calls = new AtomicInteger();

  public OddHandler(Platform platform) {
    this.how = platform.environment().getOrDefault("ODD", "");
  }

  @Override
  public @Nullable APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    int call = calls.incrementAndGet();
    return switch (how) {
      case "slow-once" -> {
        if (call == 1) {
          sleep(6_000);
        }
        yield answer(200, "done");
      }
      case "no-answer" -> null;
      case "no-base64" -> answer(200, "%%%").withIsBase64Encoded(true);
      case "garbage" ->
          answer(
                  422,
                  Base64.getEncoder()
                      .encodeToString(new byte[] {0, 1, 2, (byte) 0xff, (byte) 0xfe, '<'}))
              .withIsBase64Encoded(true);
      case "overflow" -> throw new StackOverflowError("as deep as it goes");
      case "parameters" -> answer(200, String.valueOf(event.getPathParameters()));
      default -> throw new IllegalStateException("an agent's mistake");
    };
  }

  private static APIGatewayProxyResponseEvent answer(int status, String body) {
    return new APIGatewayProxyResponseEvent()
        .withStatusCode(status)
        .withHeaders(Map.of("Content-Type", "application/x-odd"))
        .withBody(body);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
