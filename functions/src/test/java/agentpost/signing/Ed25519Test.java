package agentpost.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ed25519Test {
  /** The vector of Standard Webhooks' Go library, libraries/go/webhook_asymmetric_test.go. */
  private static final String SECRET = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final Instant SENT = Instant.ofEpochSecond(1_614_265_330);
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);
  private static final String SIGNATURE = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";

  private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static Verification verify(SigningKey key, String signature) {
    return verify(key, signature, BODY);
  }

  private static Verification verify(SigningKey key, String signature, byte[] body) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    headers.put("webhook-id", List.of(ID));
    headers.put("webhook-timestamp", List.of(Long.toString(SENT.getEpochSecond())));
    headers.put("webhook-signature", List.of(signature));
    return new Verifier(Secrets.of(key), Clock.fixed(SENT, ZoneOffset.UTC), Duration.ZERO).verify(headers, body);
  }

  @Test
  void signsAsStandardWebhooksGoLibraryDoes() {
    assertEquals(SIGNATURE, new Signer(Secrets.of(Ed25519Key.of(SECRET))).standard(ID, SENT, BODY).get("webhook-signature"));
  }

  @Test
  void whoHasThePublicKeyVerifiesAndCannotSign() {
    Ed25519Key publicKey = Ed25519Key.of(Ed25519Key.of(SECRET).publicText());
    assertThat(publicKey.publicText()).startsWith("whpk_");
    assertFalse(publicKey.canSign());
    assertInstanceOf(Verification.Accepted.class, verify(publicKey, SIGNATURE));
    assertThatThrownBy(() -> new Signer(Secrets.of(publicKey)).standard(ID, SENT, BODY)).isInstanceOf(IllegalStateException.class);
  }

  /** RFC 8032, 7.1, test 3: the pair, and a signature over two bytes. */
  @Test
  void makesThePairOfRfc8032() {
    HexFormat hex = HexFormat.of();
    byte[] seed = hex.parseHex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
    Ed25519Key key = Ed25519Key.of("whsk_" + Base64.getEncoder().encodeToString(seed));
    assertEquals("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", hex.formatHex(key.publicBytes()));
    byte[] signature = Base64.getDecoder().decode(key.sign(new byte[] {(byte) 0xaf}, new byte[] {(byte) 0x82}).substring(4));
    assertEquals(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a", hex.formatHex(signature));
  }

  @Test
  void refusesABodyChangedInAnyOneByte() {
    for (int i = 0; i < BODY.length; i++) {
      byte[] changed = BODY.clone();
      changed[i] ^= 1;
      assertInstanceOf(Verification.BadSignature.class, verify(Ed25519Key.of(SECRET), SIGNATURE, changed), "byte " + i);
    }
  }

  @Test
  void refusesAnotherKeysSignature() {
    assertInstanceOf(Verification.BadSignature.class, verify(Ed25519Key.generate(new SecureRandom()), SIGNATURE));
  }

  /** The scalar of a signature plus the group's order is the same signature to who does not look (RFC 8032, 8.4). */
  @Test
  void refusesASignatureWhoseScalarIsTooLarge() {
    byte[] bytes = Base64.getDecoder().decode(SIGNATURE.substring(4));
    BigInteger order = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] scalar = new byte[32];
    for (int i = 0; i < 32; i++) {
      scalar[i] = bytes[63 - i];
    }
    byte[] larger = new BigInteger(1, scalar).add(order).toByteArray();
    for (int i = 0; i < 32; i++) {
      bytes[32 + i] = larger[larger.length - 1 - i];
    }
    assertInstanceOf(Verification.BadSignature.class, verify(Ed25519Key.of(SECRET), "v1a," + Base64.getEncoder().encodeToString(bytes)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1a,", "v1a,AAAA", "v1a,not base64!", "v1a,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=", "v1,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="})
  void refusesWhatIsNoSignature(String signature) {
    assertInstanceOf(Verification.BadSignature.class, verify(Ed25519Key.of(SECRET), signature));
  }

  @Test
  void aSharedSecretsSignatureIsNotTakenForAPublicKeys() {
    String shared = new Signer(Secrets.of(WebhookSecret.of(SHARED))).standard(ID, SENT, BODY).getOrDefault("webhook-signature", "");
    assertInstanceOf(Verification.BadSignature.class, verify(Ed25519Key.of(SECRET), shared));
    assertInstanceOf(Verification.BadSignature.class, verify(WebhookSecret.of(SHARED), SIGNATURE));
  }

  @Test
  void inAnOverlapBothSignAndTheOldKindIsAmongThem() {
    Secrets overlap = Secrets.of(Ed25519Key.of(SECRET), WebhookSecret.of(SHARED));
    Map<String, String> headers = new Signer(overlap).sign(ID, SENT, BODY);
    String signatures = headers.getOrDefault("webhook-signature", "");
    assertThat(signatures).startsWith(SIGNATURE + " v1,");
    assertInstanceOf(Verification.Accepted.class, verify(Ed25519Key.of(SECRET), signatures));
    assertInstanceOf(Verification.Accepted.class, verify(WebhookSecret.of(SHARED), signatures));
    assertThat(headers).containsKey("X-Webhook-Signature");
  }

  @Test
  void thePlainHeaderNeedsASharedSecret() {
    Secrets alone = Secrets.of(Ed25519Key.of(SECRET));
    assertThat(new Signer(alone).sign(ID, SENT, BODY)).containsOnlyKeys("webhook-id", "webhook-timestamp", "webhook-signature");
    Map<String, List<String>> plain = Map.of("x-webhook-signature", List.of("0".repeat(64)));
    assertInstanceOf(Verification.BadSignature.class, new Verifier(alone, Clock.systemUTC(), Duration.ZERO).verify(plain, BODY));
  }

  @Test
  void moreSignaturesThanASenderHasAreNotEvenTried() {
    String many = String.join(" ", List.of("v1a,AAAA", "v1a,AAAA", "v1a,AAAA", "v1a,AAAA", SIGNATURE));
    assertInstanceOf(Verification.Malformed.class, verify(Ed25519Key.of(SECRET), many));
    assertInstanceOf(Verification.Accepted.class, verify(Ed25519Key.of(SECRET), String.join(" ", List.of("v1a,AAAA", "v1,AAAA", SIGNATURE))));
  }

  @Test
  void aPairIsDerivedFromASharedSecretAlwaysTheSame() {
    Ed25519Key one = Ed25519Key.derived(WebhookSecret.of(SHARED));
    assertEquals(one, Ed25519Key.derived(WebhookSecret.of(SHARED)));
    assertThat(one).isNotEqualTo(Ed25519Key.derived(WebhookSecret.of("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")));
    assertTrue(one.canSign());
  }

  @Test
  void readsASecretKeyWithItsPublicHalfIfTheyBelongTogether() {
    byte[] both = new byte[64];
    Ed25519Key key = Ed25519Key.of(SECRET);
    System.arraycopy(Base64.getDecoder().decode(SECRET.substring(5)), 0, both, 0, 32);
    System.arraycopy(key.publicBytes(), 0, both, 32, 32);
    assertEquals(key, Ed25519Key.of("whsk_" + Base64.getEncoder().encodeToString(both)));
    both[40] ^= 1;
    String wrong = Base64.getEncoder().encodeToString(both);
    assertThatThrownBy(() -> Ed25519Key.of("whsk_" + wrong)).isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining(wrong);
  }

  @ParameterizedTest
  @ValueSource(strings = {"whsk_", "whsk_AAAA", "whpk_AAAA", "whsk_not!base64", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whpk_//////////////////////////////////////////8="})
  void refusesWhatIsNoKeyWithoutSayingWhatItIs(String text) {
    assertThatThrownBy(() -> Ed25519Key.of(text)).isInstanceOf(IllegalArgumentException.class).hasMessageNotContaining(text);
  }

  @Test
  void aKeyDoesNotShowItself() {
    Ed25519Key key = Ed25519Key.of(SECRET);
    assertEquals("Ed25519Key(" + key.publicText() + ", can sign)", key.toString());
    assertThat(Secrets.of(key).toString()).doesNotContain(SECRET.substring(5));
  }
}
