package agentpost.local.eventbridge.targets;

import java.util.Optional;

/** What came of one attempt. */
public sealed interface AttemptResult {
  /**
   * What is said with a ThrottlingException; a client puts such entries again. AWS documents the
   * code for an entry and no text for it; this is its text where throttling was recorded elsewhere,
   * as in CloudTrail.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html">PutEventsResultEntry</a>
   */
  String RATE_EXCEEDED = "Rate exceeded";

  /** Of the answer, if there was one. */
  Optional<Integer> status();

  /** What went over the wire. */
  Optional<Exchange> exchange();

  record Delivered(Optional<Integer> status, Optional<Exchange> exchange)
      implements AttemptResult {}

  /**
   * @param code one of EventBridge's ERROR_CODE values
   */
  record Failed(
      String code,
      String message,
      Retry retry,
      Optional<Integer> status,
      Optional<Exchange> exchange)
      implements AttemptResult {
    /** What is kept of it until the next attempt. */
    public Failed withoutExchange() {
      return new Failed(code, message, retry, status, Optional.empty());
    }
  }

  /** Whether EventBridge would try again. */
  sealed interface Retry {
    /** For what failed, trying again is no use. */
    record Final() implements Retry {}

    /** The answer's Retry-After is negative. */
    record Stopped() implements Retry {}

    /** After EventBridge's own wait, or what the answer asked for if that is longer. */
    record After(Optional<RetryAfter.Wait> asked) implements Retry {}
  }

  static AttemptResult delivered() {
    return new Delivered(Optional.empty(), Optional.empty());
  }

  static Failed failed(String code, String message, boolean again) {
    return failed(code, message, again, Optional.empty());
  }

  static Failed failed(String code, String message, boolean again, Optional<Exchange> exchange) {
    return new Failed(
        code,
        message,
        again ? new Retry.After(Optional.empty()) : new Retry.Final(),
        Optional.empty(),
        exchange);
  }

  static AttemptResult of(Optional<TargetServices.Failure> failure) {
    return failure
        .<AttemptResult>map(f -> failed(f.code(), f.message(), f.retryable()))
        .orElseGet(AttemptResult::delivered);
  }

  static Failed noResource(String message) {
    return failed("NO_RESOURCE", message, false);
  }
}
