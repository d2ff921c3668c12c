package agentpost.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.signing.Ed25519Key;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * What an editor, a shell or a web page leaves around a secret is no part of it, whoever reads it.
 */
class SecretTextTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String PAIR = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
  private static final Instant NOW = Instant.ofEpochSecond(1_614_265_330);
  private static final byte[] BODY = "{}".getBytes(UTF_8);

  @Provide
  Arbitrary<String> around() {
    return Arbitraries.of(
            " ", "\n", "\r\n", "\t", "\u00a0", "\u2003", "\ufeff", "\u200b", "\0", "\u0085")
        .list()
        .ofMaxSize(4)
        .map(parts -> String.join("", parts));
  }

  @Property
  void everyKeyIsTheSameWithWhatIsAroundIt(
      @ForAll("around") String before, @ForAll("around") String after) {
    for (String key : List.of(SECRET, SECRET.substring(6), "v1," + SECRET)) {
      assertThat(SigningKey.of(before + key + after)).isEqualTo(SigningKey.of(key));
      assertThat(WebhookKeyStore.parse(before + key + after)).isEqualTo(WebhookKeyStore.parse(key));
    }
    for (String key : List.of(PAIR, "v1a," + PAIR)) {
      assertThat(((Ed25519Key) SigningKey.of(before + key + after)).publicText())
          .isEqualTo(Ed25519Key.of(PAIR).publicText());
    }
    assertThat(WebhookSecret.ofAnyText(before + "any text" + after))
        .isEqualTo(WebhookSecret.ofAnyText("any text"));
  }

  @Property
  void aStoredSecretIsTheSameToo(@ForAll("around") String before, @ForAll("around") String after) {
    StoredSecret alone = StoredSecret.read(before + "its text" + after);
    assertThat(alone.live(NOW)).containsExactly("its text");
    String json =
        "{\"current\":\""
            + escaped(before)
            + "one"
            + escaped(after)
            + "\",\"previous\":\""
            + escaped(after)
            + "other"
            + escaped(before)
            + "\"}";
    assertThat(StoredSecret.read(before + json + after).live(NOW)).containsExactly("one", "other");
  }

  private static String escaped(String text) {
    return text.chars().mapToObj(c -> String.format("\\u%04x", c)).collect(Collectors.joining());
  }

  /**
   * As Supabase gives it out; both ways of writing it sign and verify for each other, in the plain
   * scheme too.
   */
  @Test
  void theVersionBeforeAKeyIsNoPartOfIt() {
    Map<String, List<String>> headers =
        new Signer(KeySet.of(SigningKey.of("v1," + SECRET)))
            .sign("msg_1", NOW, BODY).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
    Verifier verifier =
        new Verifier(
            KeySet.of(SigningKey.of(SECRET)),
            Clock.fixed(NOW, ZoneOffset.UTC),
            Verifier.DEFAULT_TOLERANCE);
    assertThat(verifier.verify(headers, BODY)).isInstanceOf(Verification.Accepted.class);
    headers.keySet().removeIf(name -> name.startsWith("webhook-"));
    assertThat(verifier.verify(headers, BODY)).isInstanceOf(Verification.Accepted.class);
  }
}
