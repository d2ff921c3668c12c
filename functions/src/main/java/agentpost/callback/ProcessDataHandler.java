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

/** {@code POST /process-data}. Environment: PROCESSOR, PROCESSOR_SECRET_PREFIX, CLAIMS_TABLE, WORK_QUEUE_URL, CALLBACK_ALLOWED_PORTS (443 if absent). */
public final class ProcessDataHandler implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  public ProcessDataHandler() {
    this(Platform.lambda());
  }

  public ProcessDataHandler(Platform platform) {
    Environment environment = Environment.requiring(platform.environment(), "PROCESSOR_SECRET_PREFIX");
    platform.log().accept(environment.get("PROCESSOR_SECRET_PREFIX"));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    return ApiGateway.response(Problem.TRY_AGAIN.because("not yet").retryAfter(Duration.ofSeconds(5)));
  }
}
