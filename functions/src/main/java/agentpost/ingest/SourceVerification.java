package agentpost.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What came of holding one third party's request against its signature. No secret and no expected signature is in it. */
public sealed interface SourceVerification {
  /**
   * The body is what someone with the secret signed.
   *
   * @param id of the delivery, where the scheme signs one; most providers name it in a header that is not signed, or in the body
   */
  record Accepted(Optional<String> id) implements SourceVerification {}

  /** Well-formed, in time, and signed with none of the live secrets. */
  record BadSignature() implements SourceVerification {}

  /** The timestamp is further off than the tolerance, in either direction. */
  record Stale(Instant sentAt, Duration tolerance) implements SourceVerification {}

  /** No header has a signature in it: nobody says that they sent this. */
  record Unsigned(String why) implements SourceVerification {}

  /** There is a signature's header, and it, or what belongs to it, is not what its scheme asks for. */
  record Malformed(String why) implements SourceVerification {}
}
