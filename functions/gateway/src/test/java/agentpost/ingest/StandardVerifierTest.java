package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Stale;
import agentpost.ingest.SourceVerification.Unsigned;
import agentpost.signing.Ed25519Key;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.signing.WebhookSecret;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The reference vector; {@code agentpost.signing.VerifierTest} has the rest. */
class StandardVerifierTest {
  private static final KeySet SECRETS =
      KeySet.of(WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  private static final long SENT = 1_614_265_330;
  private static final String BODY = "{\"test\": 2432232314}";

  private static Delivery vector() {
    return new Delivery(BODY)
        .with("Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
        .with("Webhook-Timestamp", "1614265330")
        .with("Webhook-Signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  private static SourceVerification verify(Delivery delivery, long now) {
    return delivery.heldAgainst(new StandardVerifier(SECRETS, Delivery.asOf(now)));
  }

  @Test
  void acceptsTheReferenceVectorWithItsSignedId() {
    assertEquals(new Accepted(Optional.of("msg_p5jXN8AQM9LWM0D4loKWxJek")), verify(vector(), SENT));
  }

  /** The Go library's vector; what we hold is the provider's public key. */
  @Test
  void acceptsAnEd25519SignatureByAProvidersPublicKey() {
    String known = Ed25519Key.of("whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=").publicText();
    Delivery signed =
        new Delivery(BODY)
            .with("Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
            .with("Webhook-Timestamp", "1614265330")
            .with(
                "Webhook-Signature",
                "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==");
    SourceVerifier verifier = new StandardProvider().verifier(List.of(known), Delivery.asOf(SENT));
    assertEquals(
        new Accepted(Optional.of("msg_p5jXN8AQM9LWM0D4loKWxJek")), signed.heldAgainst(verifier));
    assertEquals(new BadSignature(), vector().heldAgainst(verifier));
  }

  @Test
  void refusesAChangedBody() {
    assertEquals(new BadSignature(), verify(vector().body(new byte[] {1}), SENT));
  }

  @Test
  void refusesAStaleOne() {
    assertEquals(
        new Stale(Instant.ofEpochSecond(SENT), TimestampPolicy.DEFAULT_TOLERANCE),
        verify(vector(), SENT + 301));
  }

  @Test
  void ourOwnPlainHeaderDoesNotStandInForIt() {
    Delivery plain = new Delivery(BODY);
    new Signer(SECRETS).signPlain(plain.body()).forEach(plain::with);
    assertInstanceOf(Unsigned.class, verify(plain, SENT));
  }
}
