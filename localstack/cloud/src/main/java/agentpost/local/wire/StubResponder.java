package agentpost.local.wire;

import java.util.Optional;

/** Who answers in place of somebody else, as long as it wants to. */
@FunctionalInterface
public interface StubResponder {
  /**
   * @param request as it came for the other
   * @return nothing to have the other answer
   */
  Optional<AwsResponse> answer(AwsRequest request) throws InterruptedException;
}
