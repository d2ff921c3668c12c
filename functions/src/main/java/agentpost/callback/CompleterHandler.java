package agentpost.callback;

import agentpost.http.ApiGateway;
import agentpost.http.Problem;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.time.Duration;

/** {@code POST /webhooks/process-complete}. Environment: PROCESSORS, PROCESSOR_SECRET_PREFIX, OPERATIONS_TABLE, BUS_NAME. */
public final class CompleterHandler implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  public CompleterHandler() {
    this(Platform.lambda());
  }

  public CompleterHandler(Platform platform) {
    Environment environment = Environment.requiring(platform.environment(), "PROCESSOR_SECRET_PREFIX");
    platform.log().accept(environment.get("PROCESSOR_SECRET_PREFIX"));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return ApiGateway.response(Problem.TRY_AGAIN.because("not yet").retryAfter(Duration.ofSeconds(5)));
  }
}
