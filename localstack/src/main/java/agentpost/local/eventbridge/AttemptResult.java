package agentpost.local.eventbridge;

import java.time.Duration;
import java.util.Optional;

/**
 * What came of one attempt.
 *
 * @param again whether EventBridge would try again
 * @param status of the answer, if there was one
 * @param code one of EventBridge's ERROR_CODE values; empty if it was delivered
 * @param retryAfter what the answer asked to wait; negative to stop
 * @param exchange what went over the wire
 */
record AttemptResult(
    boolean delivered,
    boolean again,
    Optional<Integer> status,
    String code,
    String message,
    Optional<Duration> retryAfter,
    Optional<Exchange> exchange) {
  static AttemptResult success(Optional<Integer> status, Optional<Exchange> exchange) {
    return new AttemptResult(true, false, status, "", "delivered", Optional.empty(), exchange);
  }

  static AttemptResult failure(
      String code, String message, boolean again, Optional<Exchange> exchange) {
    return new AttemptResult(
        false, again, Optional.empty(), code, message, Optional.empty(), exchange);
  }

  static AttemptResult of(Optional<TargetServices.Failure> failure) {
    return failure
        .map(f -> failure(f.code(), f.message(), f.retryable(), Optional.empty()))
        .orElseGet(() -> success(Optional.empty(), Optional.empty()));
  }

  /** What is kept of it until the next attempt. */
  AttemptResult withoutExchange() {
    return new AttemptResult(delivered, again, status, code, message, retryAfter, Optional.empty());
  }

  static AttemptResult noResource(String message) {
    return failure("NO_RESOURCE", message, false, Optional.empty());
  }
}
