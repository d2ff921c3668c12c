package agentpost.cli.signing;

import agentpost.ingest.SourceVerification;
import agentpost.signing.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What {@code verify} says of a request that it does not accept. */
final class VerificationMessage {
  private static final String BAD_SIGNATURE =
      "bad signature: none matches this body and a given secret";

  private VerificationMessage() {}

  /** Nothing if it was accepted. */
  static Optional<String> of(Verification verification) {
    return switch (verification) {
      case Verification.Accepted _ -> Optional.empty();
      case Verification.BadSignature _ -> Optional.of(BAD_SIGNATURE);
      case Verification.Stale(var sentAt, var tolerance) ->
          Optional.of(describeStale("webhook-timestamp", sentAt, tolerance));
      case Verification.Unsigned(var why) -> Optional.of("unsigned: " + why);
      case Verification.Malformed(var why) -> Optional.of("malformed: " + why);
    };
  }

  /** Nothing if it was accepted. */
  static Optional<String> of(SourceVerification verification) {
    return switch (verification) {
      case SourceVerification.Accepted _ -> Optional.empty();
      case SourceVerification.BadSignature _ -> Optional.of(BAD_SIGNATURE);
      case SourceVerification.Stale(var sentAt, var tolerance) ->
          Optional.of(describeStale("the timestamp", sentAt, tolerance));
      case SourceVerification.Unsigned(var why) -> Optional.of("unsigned: " + why);
      case SourceVerification.Malformed(var why) -> Optional.of("malformed: " + why);
    };
  }

  private static String describeStale(String timestamp, Instant sentAt, Duration tolerance) {
    return "stale: "
        + timestamp
        + ' '
        + sentAt.getEpochSecond()
        + " is more than "
        + tolerance.toSeconds()
        + " s off";
  }
}
