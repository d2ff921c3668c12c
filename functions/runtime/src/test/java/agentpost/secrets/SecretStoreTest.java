package agentpost.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.secrets.SecretStore.Lookup;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretStoreTest {
  private static final String ID = "agentpost/agents/crm-sync";
  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEW = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final byte[] BODY = "{}".getBytes(UTF_8);
  private final FakeSecretsManager manager = new FakeSecretsManager().with(ID, OLD);
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final SecretStore store = new SecretStore(manager, clock);
  private final WebhookKeyStore secrets = new WebhookKeyStore(store);

  @Test
  void isAskedAgainAfterAMinute() {
    store.text(ID);
    manager.with(ID, NEW);
    clock.move(Duration.ofSeconds(59));
    assertEquals(new Lookup.Found(OLD), store.text(ID));
    clock.move(Duration.ofSeconds(1));
    assertEquals(new Lookup.Found(NEW), store.text(ID));
    assertEquals(2, manager.calls());
  }

  /** Else what was rotated meanwhile would be refused until the clock is where it was. */
  @Test
  void isAskedAgainWhenTheClockWasSetBack() {
    store.text(ID);
    manager.with(ID, NEW);
    clock.move(Duration.ofHours(-1));
    assertEquals(new Lookup.Found(NEW), store.text(ID));
    assertEquals(new Lookup.Found(NEW), store.fetchLatest(ID));
    assertEquals(2, manager.calls());
  }

  @Test
  void aTextThatIsNoSecretIsAskedForAgainAfterTenSecondsAndNotAMinute() {
    manager.with(ID, "no secret");
    assertInstanceOf(WebhookKeyStore.Lookup.Unusable.class, secrets.of(ID));
    manager.with(ID, OLD);
    clock.move(Duration.ofSeconds(9));
    assertInstanceOf(WebhookKeyStore.Lookup.Unusable.class, secrets.of(ID));
    clock.move(Duration.ofSeconds(1));
    assertInstanceOf(WebhookKeyStore.Lookup.Found.class, secrets.of(ID));
  }

  @Test
  void whileSecretsManagerIsDownTheLastAnswerServesTenMinutesMore() {
    store.text(ID);
    manager.down(true);
    clock.move(Duration.ofSeconds(659));
    assertEquals(new Lookup.Found(OLD), store.text(ID));
    clock.move(Duration.ofSeconds(61));
    assertInstanceOf(Lookup.Unavailable.class, store.text(ID));
    manager.down(false);
    clock.move(Duration.ofSeconds(1));
    assertEquals(new Lookup.Found(OLD), store.text(ID), "it is asked again soon");
  }

  private Verification received(String signedWith) {
    Map<String, List<String>> headers = new HashMap<>();
    new Signer(KeySet.of(WebhookSecret.of(signedWith)))
        .standard("e1", clock.instant(), BODY)
        .forEach((name, value) -> headers.put(name, List.of(value)));
    if (!(secrets.of(ID) instanceof WebhookKeyStore.Lookup.Found(var live))) {
      throw new AssertionError("no secret");
    }
    Verification first = verified(live, headers);
    return secrets.verifyAgain(ID, live, first, now -> verified(now, headers));
  }

  private Verification verified(KeySet live, Map<String, List<String>> headers) {
    return new Verifier(live, clock, Verifier.DEFAULT_TOLERANCE).verify(headers, BODY);
  }

  @Test
  void aSignatureByASecretThatChangedAMomentAgoIsAcceptedAtOnce() {
    assertInstanceOf(Verification.Accepted.class, received(OLD));
    manager.with(ID, NEW);
    clock.move(Duration.ofSeconds(10));
    assertInstanceOf(Verification.Accepted.class, received(NEW));
    assertInstanceOf(Verification.BadSignature.class, received(OLD));
  }

  @Test
  void aFloodOfForgeriesMakesACallInTenSecondsAndNoMore() {
    String forger = "whsec_" + "A".repeat(32);
    for (int i = 0; i < 60_000; i++) {
      assertInstanceOf(Verification.BadSignature.class, received(forger));
      clock.move(Duration.ofMillis(1));
    }
    assertThat(manager.calls()).as("calls in a minute of 60,000 forgeries").isLessThanOrEqualTo(6);
  }

  @Test
  void afterTheFloodAChangeIsSeenAtOnce() {
    aFloodOfForgeriesMakesACallInTenSecondsAndNoMore();
    manager.with(ID, NEW);
    clock.move(SecretStore.MIN_REFRESH_INTERVAL);
    assertInstanceOf(Verification.Accepted.class, received(NEW));
  }

  @Test
  void aSecretThatIsNotThereIsNotAskedForWithEachRequest() {
    for (int i = 0; i < 5_000; i++) {
      assertEquals(
          new Lookup.Missing("agentpost/agents/gone"), store.fetchLatest("agentpost/agents/gone"));
      clock.move(Duration.ofMillis(1));
    }
    assertThat(manager.calls()).isLessThanOrEqualTo(5);
  }

  @Test
  void thePreviousSecretStopsToCountWithoutAnyoneAsking() {
    String until = clock.instant().plusSeconds(30).toString();
    manager.with(
        ID,
        "{\"current\":\""
            + NEW
            + "\",\"previous\":\""
            + OLD
            + "\",\"previous_until\":\""
            + until
            + "\"}");
    assertInstanceOf(Verification.Accepted.class, received(OLD));
    clock.move(Duration.ofSeconds(30));
    assertInstanceOf(Verification.BadSignature.class, received(OLD));
    assertInstanceOf(Verification.Accepted.class, received(NEW));
  }
}
