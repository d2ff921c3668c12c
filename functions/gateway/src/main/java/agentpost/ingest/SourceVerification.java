package agentpost.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What came of holding one third party's request against its signature. No secret and no expected
 * signature is in it.
 */
public sealed interface SourceVerification {
  /**
   * The body is what someone with the secret signed.
   *
   * @param id of the delivery, where the scheme signs one; most providers name it in a header that
   *     is not signed, or in the body
   */
  record Accepted(Optional<String> id) implements SourceVerification {}

  /** Nobody with the secret is known to have signed it. */
  sealed interface Refused extends SourceVerification {}

  /** Well-formed, in time, and signed with none of the live secrets. */
  record BadSignature() implements Refused {}

  /** The timestamp is further off than the tolerance, in either direction. */
  record Stale(Instant sentAt, Duration tolerance) implements Refused {}

  /**
   * A header that the scheme needs is not there, the signature's or one that belongs to it: nobody
   * says, in full, that they sent this.
   */
  record Unsigned(String why) implements Refused {}

  /** The scheme's headers are there, and one of them is not what it asks for. */
  record Malformed(String why) implements Refused {}
}
