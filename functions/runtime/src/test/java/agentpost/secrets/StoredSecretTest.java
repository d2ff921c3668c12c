package agentpost.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.signing.Ed25519Key;
import agentpost.signing.KeySet;
import agentpost.signing.WebhookSecret;
import agentpost.testing.FakeSecretsManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredSecretTest {
  private static final Instant UNTIL = Instant.parse("2026-04-01T10:30:00Z");
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String ROTATED =
      "{\"current\":\""
          + NEW
          + "\",\"previous\":\""
          + OLD
          + "\",\"previous_until\":\"2026-04-01T10:30:00Z\"}";

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
    assertEquals(
        List.of(NEW, OLD),
        StoredSecret.read("{\"current\":\"" + NEW + "\",\"previous\":\"" + OLD + "\"}")
            .live(UNTIL.plusSeconds(1_000_000_000)));
  }

  @Test
  void isReadAsItIsWritten() {
    StoredSecret rotated = StoredSecret.read(OLD).rotateTo(NEW, UNTIL);
    assertEquals(
        new StoredSecret(NEW, Optional.of(OLD), Optional.of(UNTIL)),
        StoredSecret.read(rotated.text()));
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

  /** Each of these once kept OLD alive, for good or at all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'current':'NEW','previous':'OLD','previous_until':1774953000}",
        "{'current':'NEW','previous':'OLD','previous_until':''}",
        "{'current':'NEW','previous':'OLD','previous_until':' '}",
        "{'current':'NEW','previous':'OLD','previous_until':null}",
        "{'current':'NEW','previous':'OLD','previous_until':{}}",
        "{'current':'NEW','previous':'OLD','previous_until':['2026-04-01T10:30:00Z']}",
        "{'current':'NEW','previous':'OLD','previous_until':'2026-04-01'}",
        "{'current':'NEW','previous':'OLD','previous_until':' 2026-04-01T10:30:00Z'}",
        "{'current':'NEW','previous':'OLD','previousUntil':'2026-04-01T10:30:00Z'}",
        "{'current':'NEW','previous':'OLD','previous_untill':'2026-04-01T10:30:00Z'}",
        "{'current':'NEW','previous':'OLD','Previous_Until':'2026-04-01T10:30:00Z'}",
        "{'current':'NEW','previous':'OLD','previous_until':'2026-04-01T10:30:00Z','previous_until':'2126-04-01T10:30:00Z'}",
        "{'current':'OLD','current':'NEW'}",
        "{'current':'NEW','previous':'OLD'},'previous_until':'2026-04-01T10:30:00Z'}",
        "{'current':'NEW','previous':'OLD'} {'previous_until':'2026-04-01T10:30:00Z'}",
        "{'current':'NEW'} OLD",
        "{'current':'NEW'}}",
        "{'current':'NEW','previous':['OLD']}",
        "{'current':'NEW','previous':5}",
        "{'current':'NEW','previous':null}",
        "{'current':'NEW','previous':''}",
        "{'current':'NEW','prevoius':'OLD'}",
        "{'current':'NEW','OLD':'previous'}",
        "{'current':'NEW','comment':'rotated by hand'}",
        "{'current':['NEW']}",
        "{'Current':'NEW'}"
      })
  void whatItDoesNotUnderstandIsNoSecretAtAll(String written) {
    String text = written.replace('\'', '"').replace("NEW", NEW).replace("OLD", OLD);
    assertThatThrownBy(() -> StoredSecret.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The secret")
        .hasMessageNotContaining("MfKQ")
        .hasMessageNotContaining("C2FV")
        .hasNoCause();
    SecretStore store =
        new SecretStore(
            new FakeSecretsManager().with("agentpost/agents/crm", text),
            Clock.fixed(UNTIL, ZoneOffset.UTC));
    if (new WebhookKeyStore(store).of("agentpost/agents/crm")
        instanceof WebhookKeyStore.Lookup.Unusable(var why)) {
      assertThat(why)
          .startsWith("secret agentpost/agents/crm: The secret")
          .doesNotContain("MfKQ", "C2FV");
    } else {
      throw new AssertionError("it is usable");
    }
  }

  /** Whatever is done to one character of the text, OLD does not live on after its time. */
  @Property
  void noOneChangeToItsTextKeepsTheRetiredOneAlive(
      @ForAll @IntRange(max = 1000) int place, @ForAll char character, @ForAll boolean inserted) {
    int at = place % ROTATED.length();
    String changed =
        ROTATED.substring(0, at) + character + ROTATED.substring(inserted ? at : at + 1);
    List<String> live;
    try {
      live = StoredSecret.read(changed).live(UNTIL.plus(Duration.ofDays(366 * 10_000L)));
    } catch (IllegalArgumentException e) {
      return;
    }
    assertThat(live).as(changed).doesNotContain(OLD);
  }

  @Test
  void doesNotShowItself() {
    assertThat(StoredSecret.read(ROTATED).toString())
        .isEqualTo("StoredSecret(two, the previous one until 2026-04-01T10:30:00Z)");
  }

  @Test
  void aSharedSecretOfAnAgentThatIsToHaveEd25519IsAPairAndWhatItWas() {
    WebhookSecret shared = WebhookSecret.of(OLD);
    assertEquals(
        KeySet.of(Ed25519Key.derive(shared), shared),
        WebhookKeyStore.secrets(List.of(OLD), SignatureSchemes.ALL.named("ed25519")));
    assertEquals(
        KeySet.of(shared), WebhookKeyStore.secrets(List.of(OLD), SignatureSchemes.DEFAULT));
  }

  @Test
  void aPublicKeyInSecretsManagerSignsNothing() {
    String publicText = Ed25519Key.derive(WebhookSecret.of(OLD)).publicText();
    assertThatThrownBy(() -> WebhookKeyStore.parse(publicText))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
