package agentpost.local.lambda;

import agentpost.local.lambda.FunctionHost.Result;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.util.Optional;

/**
 * Where functions run: in this JVM, or each in processes of its own. One invocation at a time in
 * each sandbox, and as many sandboxes as that takes.
 */
public interface Sandboxes extends AutoCloseable {
  /** What the function was deployed with. */
  default Sandboxed of(FunctionSettings function) {
    return of(function, Optional.empty());
  }

  /**
   * @param code in the place of what the function was deployed with
   * @throws IllegalArgumentException if the function is none that can run there
   */
  Sandboxed of(FunctionSettings function, Optional<FunctionCode> code);

  /** Whether functions have this file from the local cloud's own process, whatever their code. */
  default boolean isShared(String file) {
    return false;
  }

  /** Ends what runs. */
  @Override
  void close();

  /** A function in its sandboxes. */
  interface Sandboxed {
    /**
     * @param event JSON, as its answer will be
     */
    Result<String> invoke(String event) throws InterruptedException;

    /** For the API; where an event need not become JSON on the way, it does not. */
    Result<APIGatewayProxyResponseEvent> invoke(APIGatewayProxyRequestEvent event)
        throws InterruptedException;
  }
}
