package agentpost.verification;

import java.time.Instant;

/**
 * An attempt as it reached the receiver.
 *
 * @param at by the clock that EventBridge's waits go by
 * @param verified {@code accepted}, or what is wrong with the signature
 * @param id its webhook-id
 * @param signatures its webhook-signature
 * @param answered the status that it is answered with
 */
public record ReceivedAttempt(
    Instant at, String verified, String id, String signatures, String body, int answered) {
  public static final String ACCEPTED = "accepted";

  public boolean isAccepted() {
    return verified.equals(ACCEPTED);
  }

  /** One for each live secret, and for each scheme. */
  public int signatureCount() {
    return signatures.isBlank() ? 0 : signatures.split(" ").length;
  }
}
