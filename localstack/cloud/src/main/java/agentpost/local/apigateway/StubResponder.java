package agentpost.local.apigateway;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.util.Optional;

/** Who answers at a path of an API in place of its function, as long as it wants to. */
@FunctionalInterface
public interface StubResponder {
  /**
   * @param request as it came to the API
   * @return nothing to have the function answer
   */
  Optional<AwsResponse> answer(AwsRequest request) throws InterruptedException;
}
