package agentpost.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.signing.Ed25519Key;
import agentpost.signing.KeyType;
import agentpost.signing.Secrets;
import agentpost.signing.WebhookSecret;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredSecretTest {
  private static final Instant UNTIL = Instant.parse("2026-04-01T10:30:00Z");
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String ROTATED = "{\"current\":\"" + NEW + "\",\"previous\":\"" + OLD + "\",\"previous_until\":\"2026-04-01T10:30:00Z\"}";

  @Test
  void aTextIsTheSecretItself() {
    assertEquals(List.of(OLD), StoredSecret.read(OLD).live(UNTIL));
  }

  @Test
  void thePreviousOneCountsUntilItsTimeAndNotThen() {
    StoredSecret secret = StoredSecret.read(ROTATED);
    assertEquals(List.of(NEW, OLD), secret.live(UNTIL.minusMillis(1)));
    assertEquals(List.of(NEW), secret.live(UNTIL));
  }

  @Test
  void withoutATimeThePreviousOneCountsForAsLongAsItIsThere() {
    assertEquals(List.of(NEW, OLD), StoredSecret.read("{\"current\":\"" + NEW + "\",\"previous\":\"" + OLD + "\"}").live(UNTIL.plusSeconds(1_000_000_000)));
  }

  @Test
  void isReadAsItIsWritten() {
    StoredSecret rotated = StoredSecret.read(OLD).followedBy(NEW, UNTIL);
    assertEquals(new StoredSecret(NEW, Optional.of(OLD), Optional.of(UNTIL)), StoredSecret.read(rotated.text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "{\"current\":5,\"previous\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}",
        "{\"current\":\"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\",\"previous_until\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}",
        "{\"current\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\""
      })
  void refusesWhatIsNoneWithoutSayingWhatItIs(String text) {
    assertThatThrownBy(() -> StoredSecret.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("MfKQ")
        .satisfies(e -> assertThat(String.valueOf(e.getCause())).doesNotContain("MfKQ"));
  }

  @Test
  void doesNotShowItself() {
    assertThat(StoredSecret.read(ROTATED).toString()).isEqualTo("StoredSecret(two, the previous one until 2026-04-01T10:30:00Z)");
  }

  @Test
  void aSharedSecretOfAnAgentThatIsToHaveEd25519IsAPairAndWhatItWas() {
    WebhookSecret shared = WebhookSecret.of(OLD);
    assertEquals(Secrets.of(Ed25519Key.derived(shared), shared), WebhookSecrets.secrets(List.of(OLD), KeyType.ED25519));
    assertEquals(Secrets.of(shared), WebhookSecrets.secrets(List.of(OLD), KeyType.HMAC));
  }

  @Test
  void aPublicKeyInSecretsManagerSignsNothing() {
    String publicText = Ed25519Key.derived(WebhookSecret.of(OLD)).publicText();
    assertThatThrownBy(() -> WebhookSecrets.parse(publicText)).isInstanceOf(IllegalArgumentException.class);
  }
}
