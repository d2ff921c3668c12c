package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.ingest.SourceVerification.Accepted;
import agentpost.ingest.SourceVerification.BadSignature;
import agentpost.ingest.SourceVerification.Malformed;
import agentpost.ingest.SourceVerification.Unsigned;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitHubTest {
  /** The vector of "Validating webhook deliveries". */
  private static final String SECRET = "It's a Secret to Everybody";

  private static final String BODY = "Hello, World!";
  private static final String HEX =
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  private static SourceVerifier verifier(String... secrets) {
    return new GitHubProvider().verifier(List.of(secrets), Delivery.asOf(0));
  }

  @Test
  void acceptsThePublishedVector() {
    assertEquals(
        new Accepted(Optional.empty()),
        new Delivery(BODY)
            .with("x-hub-signature-256", "sha256=" + HEX)
            .heldAgainst(verifier(SECRET)));
  }

  @Test
  void acceptsEitherSecretDuringARotation() {
    assertInstanceOf(
        Accepted.class,
        new Delivery(BODY)
            .with("X-Hub-Signature-256", "sha256=" + HEX)
            .heldAgainst(verifier("the next one", SECRET)));
    assertInstanceOf(
        Accepted.class,
        new Delivery(BODY)
            .with("X-Hub-Signature-256", "sha256=" + HEX)
            .heldAgainst(verifier(SECRET, "the previous one")));
  }

  @Test
  void refusesWhatAnotherSecretSigned() {
    assertEquals(
        new BadSignature(),
        new Delivery(BODY)
            .with("X-Hub-Signature-256", "sha256=" + HEX)
            .heldAgainst(verifier(SECRET + ".")));
  }

  @Test
  void refusesABodyChangedInAnyOneByte() {
    byte[] body = new Delivery(BODY).body();
    for (int i = 0; i < body.length; i++) {
      byte[] changed = body.clone();
      changed[i] ^= 1;
      assertEquals(
          new BadSignature(),
          new Delivery("")
              .body(changed)
              .with("X-Hub-Signature-256", "sha256=" + HEX)
              .heldAgainst(verifier(SECRET)),
          "byte " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "sha256=",
        HEX,
        "sha1=" + HEX,
        "SHA256=" + HEX,
        "sha256=" + HEX + "0",
        "sha256=" + HEX + "00",
        "sha256=zz" + HEX,
        "sha256= " + HEX,
        "sha256=757107ea",
        "sha256=" + HEX + "=sha256=" + HEX
      })
  void refusesAHeaderOfAnotherShape(String value) {
    assertEquals(
        new Malformed("X-Hub-Signature-256 must be there once, and be sha256= and 32 bytes in hex"),
        new Delivery(BODY).with("X-Hub-Signature-256", value).heldAgainst(verifier(SECRET)));
  }

  @Test
  void refusesARequestWithoutTheHeaderOrWithTheOldOneOnly() {
    assertEquals(
        new Unsigned("there is no X-Hub-Signature-256"),
        new Delivery(BODY).heldAgainst(verifier(SECRET)));
    assertInstanceOf(
        Unsigned.class,
        new Delivery(BODY).with("X-Hub-Signature", "sha256=" + HEX).heldAgainst(verifier(SECRET)));
  }

  @Test
  void refusesTheHeaderGivenTwiceInWhateverCase() {
    Delivery twice =
        new Delivery(BODY)
            .with("X-Hub-Signature-256", "sha256=" + HEX)
            .with("x-hub-signature-256", "sha256=" + HEX);
    assertInstanceOf(Malformed.class, twice.heldAgainst(verifier(SECRET)));
  }
}
