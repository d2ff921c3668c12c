package agentpost.local.lambda;

import java.time.Duration;

/**
 * How long Lambda itself keeps at an asynchronous invocation (Lambda API reference,
 * PutFunctionEventInvokeConfig).
 */
public record EventInvokeConfig(int maxRetries, Duration maxAge) {
  private static final int MAX_RETRIES = 2;
  private static final Duration MIN_AGE = Duration.ofSeconds(60);
  private static final Duration MAX_AGE = Duration.ofHours(6);

  /** Of a function that says nothing. */
  public static final EventInvokeConfig DEFAULT = new EventInvokeConfig(MAX_RETRIES, MAX_AGE);

  public EventInvokeConfig {
    if (maxRetries < 0 || maxRetries > MAX_RETRIES) {
      throw new IllegalArgumentException(
          "MaximumRetryAttempts must be from 0 to " + MAX_RETRIES + "; got " + maxRetries);
    }
    if (maxAge.compareTo(MIN_AGE) < 0 || maxAge.compareTo(MAX_AGE) > 0) {
      throw new IllegalArgumentException(
          "MaximumEventAgeInSeconds must be from "
              + MIN_AGE.toSeconds()
              + " to "
              + MAX_AGE.toSeconds()
              + "; got "
              + maxAge.toSeconds());
    }
  }
}
