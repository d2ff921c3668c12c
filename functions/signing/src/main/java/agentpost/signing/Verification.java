package agentpost.signing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The result of verifying one request. It contains no secret and no expected signature. */
public sealed interface Verification {
  /**
   * The body is what someone with the secret signed.
   *
   * @param id the {@code webhook-id}; the plain scheme has none
   */
  record Accepted(Scheme scheme, Optional<String> id) implements Verification {
    /**
     * The plain scheme signs no time: the caller must hold the envelope's own timestamp to an age.
     */
    public boolean needsFreshBody() {
      return scheme == Scheme.X_WEBHOOK_SIGNATURE;
    }
  }

  /** Well-formed, in time, and signed with none of the live secrets. */
  record BadSignature(Scheme scheme) implements Verification {}

  /** The timestamp is further off than the tolerance, in either direction. */
  record Stale(Instant sentAt, Duration tolerance) implements Verification {}

  /**
   * A header that the scheme needs is not there, the signature's or one that belongs to it: nobody
   * says, in full, that they sent this.
   */
  record Unsigned(String why) implements Verification {}

  /** The scheme's headers are there, and one of them is not what it asks for. */
  record Malformed(String why) implements Verification {}
}
