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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ed25519Test {
  /** The vector of Standard Webhooks' Go library, libraries/go/webhook_asymmetric_test.go. */
  private static final String SECRET = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";

  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final Instant SENT = Instant.ofEpochSecond(1_614_265_330);
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);
  private static final String SIGNATURE =
      "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";

  private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static Verification verify(SigningKey key, String signature) {
    return verify(key, signature, BODY);
  }

  private static Verification verify(SigningKey key, String signature, byte[] body) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    headers.put("webhook-id", List.of(ID));
    headers.put("webhook-timestamp", List.of(Long.toString(SENT.getEpochSecond())));
    headers.put("webhook-signature", List.of(signature));
    return new Verifier(KeySet.of(key), Clock.fixed(SENT, ZoneOffset.UTC), Duration.ZERO)
        .verify(headers, body);
  }

  @Test
  void signsAsStandardWebhooksGoLibraryDoes() {
    assertEquals(
        SIGNATURE,
        new Signer(KeySet.of(Ed25519Key.of(SECRET)))
            .standard(ID, SENT, BODY)
            .get("webhook-signature"));
  }

  @Test
  void whoHasThePublicKeyVerifiesAndCannotSign() {
    Ed25519Key publicKey = Ed25519Key.of(Ed25519Key.of(SECRET).publicText());
    assertThat(publicKey.publicText()).startsWith("whpk_");
    assertFalse(publicKey.canSign());
    assertInstanceOf(Verification.Accepted.class, verify(publicKey, SIGNATURE));
    assertThatThrownBy(() -> new Signer(KeySet.of(publicKey)).standard(ID, SENT, BODY))
        .isInstanceOf(IllegalStateException.class);
  }

  /** RFC 8032, 7.1, test 3: the pair, and a signature over two bytes. */
  @Test
  void makesThePairOfRfc8032() {
    HexFormat hex = HexFormat.of();
    byte[] seed = hex.parseHex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
    Ed25519Key key = Ed25519Key.of("whsk_" + Base64.getEncoder().encodeToString(seed));
    assertEquals(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        hex.formatHex(key.publicBytes()));
    byte[] signature =
        Base64.getDecoder()
            .decode(key.sign(new byte[] {(byte) 0xaf}, new byte[] {(byte) 0x82}).substring(4));
    assertEquals(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        hex.formatHex(signature));
  }

  @Test
  void refusesABodyChangedInAnyOneByte() {
    for (int i = 0; i < BODY.length; i++) {
      byte[] changed = BODY.clone();
      changed[i] ^= 1;
      assertInstanceOf(
          Verification.BadSignature.class,
          verify(Ed25519Key.of(SECRET), SIGNATURE, changed),
          "byte " + i);
    }
  }

  @Test
  void refusesAnotherKeysSignature() {
    assertInstanceOf(
        Verification.BadSignature.class,
        verify(Ed25519Key.generate(new SecureRandom()), SIGNATURE));
  }

  /**
   * The scalar of a signature plus the group's order is the same signature to who does not look
   * (RFC 8032, 8.4).
   */
  @Test
  void refusesASignatureWhoseScalarIsTooLarge() {
    byte[] bytes = Base64.getDecoder().decode(SIGNATURE.substring(4));
    BigInteger order =
        BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] scalar = new byte[32];
    for (int i = 0; i < 32; i++) {
      scalar[i] = bytes[63 - i];
    }
    byte[] larger = new BigInteger(1, scalar).add(order).toByteArray();
    for (int i = 0; i < 32; i++) {
      bytes[32 + i] = larger[larger.length - 1 - i];
    }
    assertInstanceOf(
        Verification.BadSignature.class,
        verify(Ed25519Key.of(SECRET), "v1a," + Base64.getEncoder().encodeToString(bytes)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1a,",
        "v1a,AAAA",
        "v1a,not base64!",
        "v1a,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=",
        "v1,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
      })
  void refusesWhatIsNoSignature(String signature) {
    assertInstanceOf(Verification.BadSignature.class, verify(Ed25519Key.of(SECRET), signature));
  }

  @Test
  void aSharedSecretsSignatureIsNotTakenForAPublicKeys() {
    String shared =
        new Signer(KeySet.of(WebhookSecret.of(SHARED)))
            .standard(ID, SENT, BODY)
            .getOrDefault("webhook-signature", "");
    assertInstanceOf(Verification.BadSignature.class, verify(Ed25519Key.of(SECRET), shared));
    assertInstanceOf(Verification.BadSignature.class, verify(WebhookSecret.of(SHARED), SIGNATURE));
  }

  @Test
  void inAnOverlapBothSignAndTheOldKindIsAmongThem() {
    KeySet overlap = KeySet.of(Ed25519Key.of(SECRET), WebhookSecret.of(SHARED));
    Map<String, String> headers = new Signer(overlap).sign(ID, SENT, BODY);
    String signatures = headers.getOrDefault("webhook-signature", "");
    assertThat(signatures).startsWith(SIGNATURE + " v1,");
    assertInstanceOf(Verification.Accepted.class, verify(Ed25519Key.of(SECRET), signatures));
    assertInstanceOf(Verification.Accepted.class, verify(WebhookSecret.of(SHARED), signatures));
    assertThat(headers).containsKey("X-Webhook-Signature");
  }

  @Test
  void thePlainHeaderNeedsASharedSecret() {
    KeySet alone = KeySet.of(Ed25519Key.of(SECRET));
    assertThat(new Signer(alone).sign(ID, SENT, BODY))
        .containsOnlyKeys("webhook-id", "webhook-timestamp", "webhook-signature");
    Map<String, List<String>> plain = Map.of("x-webhook-signature", List.of("0".repeat(64)));
    assertInstanceOf(
        Verification.BadSignature.class,
        new Verifier(alone, Clock.systemUTC(), Duration.ZERO).verify(plain, BODY));
  }

  @Test
  void moreSignaturesThanASenderHasAreNotEvenTried() {
    String many =
        String.join(" ", List.of("v1a,AAAA", "v1a,AAAA", "v1a,AAAA", "v1a,AAAA", SIGNATURE));
    assertInstanceOf(Verification.Malformed.class, verify(Ed25519Key.of(SECRET), many));
    assertInstanceOf(
        Verification.Accepted.class,
        verify(Ed25519Key.of(SECRET), String.join(" ", List.of("v1a,AAAA", "v1,AAAA", SIGNATURE))));
  }

  private static String point(String hex) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
  }

  /**
   * All encodings of the eight points whose order divides the cofactor: canonical, with x's sign,
   * and with y + p where that fits (C2SP CCTV, ed25519).
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void aPointOfLowOrderIsNoPublicKey(String hex) {
    assertThatThrownBy(() -> Ed25519Key.of("whpk_" + point(hex)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no public key");
  }

  /**
   * y + p for the y that fit into 255 bits: whether or not they are points, each is no encoding.
   */
  @Property(tries = 19)
  void whatIsNotCanonicalIsNoPublicKey(@ForAll @IntRange(max = 18) int y, @ForAll boolean sign) {
    String hex =
        HexFormat.of().toHexDigits((byte) (0xed + y)) + "ff".repeat(30) + (sign ? "ff" : "7f");
    assertThatThrownBy(() -> Ed25519Key.of("whpk_" + point(hex)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * "Taming the many EdDSAs" (novifinancial/ed25519-speccheck, cases.json): what each is, and
   * whether it is taken here. 3 is of mixed order and satisfies RFC 8032's equation both ways; only
   * keys that nobody generates have such a part.
   */
  @ParameterizedTest
  @CsvSource({
    "0, small A and R, false, 8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6,"
        + " c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa,"
        + " c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
    "1, small A, false, 9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79,"
        + " c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa,"
        + " f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
    "2, small R, false, aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab,"
        + " f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43,"
        + " c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
    "3, mixed A and R, true, 9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79,"
        + " cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d,"
        + " 9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
    "4, with the cofactor only, false,"
        + " e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c,"
        + " cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d,"
        + " 160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
    "5, with the cofactor only, false,"
        + " e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c,"
        + " cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d,"
        + " 21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
    "6, S too large, false, 85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40,"
        + " 442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623,"
        + " e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
    "7, S much too large, false, 85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40,"
        + " 442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623,"
        + " 8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
    "8, R not canonical, false, fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a,"
        + " f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43,"
        + " edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607",
    "9, R not canonical, false, 84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1,"
        + " f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43,"
        + " edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09"
  })
  void ofTheManyEdDsasOnlyOne(
      int number, String what, boolean taken, String message, String key, String signature) {
    boolean verifies;
    try {
      verifies =
          Ed25519Key.of("whpk_" + point(key))
              .matcher(new byte[0], HexFormat.of().parseHex(message))
              .test("v1a," + point(signature));
    } catch (IllegalArgumentException e) {
      verifies = false;
    }
    assertEquals(taken, verifies, number + ": " + what);
  }

  /**
   * With the neutral element as key, and as R, and 0 as S, one signature fitted every body there
   * is.
   */
  @Property
  void noSignatureFitsWithoutAKey(@ForAll byte[] body) {
    String neutral = "01" + "00".repeat(31);
    assertThatThrownBy(
            () ->
                Ed25519Key.of("whpk_" + point(neutral))
                    .matcher(new byte[0], body)
                    .test("v1a," + point(neutral + "00".repeat(32))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * What the plain scheme signs must tell nothing of the pair: a body of the label's bytes, signed
   * for anyone who asks, once was the seed itself.
   */
  @Property
  void noSignatureByTheSecretIsTheSeed(@ForAll byte[] body) {
    WebhookSecret shared = WebhookSecret.of(SHARED);
    for (byte[] each : List.of(body, "agentpost ed25519 seed".getBytes(UTF_8), new byte[0])) {
      String seed =
          "whsk_" + Base64.getEncoder().encodeToString(Signer.plainSignature(shared, each));
      assertThat(Ed25519Key.of(seed).publicText())
          .isNotEqualTo(Ed25519Key.derive(shared).publicText());
    }
  }

  /** By RFC 5869's own steps. */
  @Test
  void theSeedIsHkdfOfTheSecretsText() {
    byte[] extracted = Hmac.sha256(new byte[32], SHARED.getBytes(UTF_8));
    byte[] seed =
        Hmac.sha256(
            extracted,
            new byte[] {(byte) 0xff},
            "agentpost ed25519 seed".getBytes(UTF_8),
            new byte[] {1});
    assertEquals(
        Ed25519Key.of("whsk_" + Base64.getEncoder().encodeToString(seed)).publicText(),
        Ed25519Key.derive(WebhookSecret.of(SHARED)).publicText());
  }

  @Test
  void theOlderPairOfASecretSignsAndVerifiesUntilTheSecretIsRotated() {
    Ed25519Key older =
        Ed25519Key.of(
            "whsk_"
                + Base64.getEncoder()
                    .encodeToString(
                        Signer.plainSignature(
                            WebhookSecret.of(SHARED), "agentpost ed25519 seed".getBytes(UTF_8))));
    Ed25519Key now = Ed25519Key.derive(WebhookSecret.of(SHARED));
    String signed =
        new Signer(KeySet.of(now)).standard(ID, SENT, BODY).getOrDefault("webhook-signature", "");
    assertInstanceOf(
        Verification.Accepted.class, verify(Ed25519Key.of(older.publicText()), signed));
    assertInstanceOf(Verification.Accepted.class, verify(Ed25519Key.of(now.publicText()), signed));
    assertInstanceOf(
        Verification.Accepted.class,
        verify(
            now,
            new Signer(KeySet.of(older))
                .standard(ID, SENT, BODY)
                .getOrDefault("webhook-signature", "")));
    Ed25519Key rotated = Ed25519Key.of(SECRET);
    assertInstanceOf(
        Verification.BadSignature.class,
        verify(
            Ed25519Key.of(older.publicText()),
            new Signer(KeySet.of(rotated))
                .standard(ID, SENT, BODY)
                .getOrDefault("webhook-signature", "")));
  }

  @Test
  void aPairIsDerivedFromASharedSecretAlwaysTheSame() {
    Ed25519Key one = Ed25519Key.derive(WebhookSecret.of(SHARED));
    assertEquals(one, Ed25519Key.derive(WebhookSecret.of(SHARED)));
    assertThat(one)
        .isNotEqualTo(
            Ed25519Key.derive(WebhookSecret.of("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")));
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
    assertThatThrownBy(() -> Ed25519Key.of("whsk_" + wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(wrong);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whsk_",
        "whsk_AAAA",
        "whpk_AAAA",
        "whsk_not!base64",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whpk_//////////////////////////////////////////8="
      })
  void refusesWhatIsNoKeyWithoutSayingWhatItIs(String text) {
    assertThatThrownBy(() -> Ed25519Key.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining(text);
  }

  @Test
  void aKeyDoesNotShowItself() {
    Ed25519Key key = Ed25519Key.of(SECRET);
    assertEquals("Ed25519Key(" + key.publicText() + ", can sign)", key.toString());
    assertThat(KeySet.of(key).toString()).doesNotContain(SECRET.substring(5));
  }
}
