package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.http.Response;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Hmac;
import agentpost.signing.Signer;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source's secret as people put it; what cannot be used says so, and not only to a stranger by
 * 403.
 */
class SourceSecretsTest {
  private static final String REST =
      "\"type\":\"/kind\",\"mappings\":{\"lead\":{\"event\":\"lead.captured\",\"data\":{\"lead_id\":\"/id\",\"email\":\"/email\"}}}}";
  private static final byte[] LEAD =
      "{\"kind\":\"lead\",\"id\":\"l-1\",\"email\":\"ada@example.com\"}".getBytes(UTF_8);
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String GENERATED = "{\"current\":\"" + "aB3".repeat(21) + "x\"}";
  private final Door door = new Door();

  @AfterEach
  void close() {
    door.close();
  }

  private Source hub(String secret) {
    return door.source("hub", secret, "{\"scheme\":\"github\"," + REST);
  }

  private Source standard(String secret) {
    return door.source("crm", secret, "{\"scheme\":\"standard\"," + REST);
  }

  private Response post(Source source, String key) {
    return door.post(
        source,
        Map.of(
            "X-Hub-Signature-256",
            "sha256=" + HexFormat.of().formatHex(Hmac.sha256(key.getBytes(UTF_8), LEAD))),
        LEAD);
  }

  private Response byStandard(Source source) {
    return door.post(
        source,
        new Signer(WebhookKeyStore.parse(KEY)).standard("msg_1", door.clock.instant(), LEAD),
        LEAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "the key\n",
        "the key\r\n",
        " the key",
        "\tthe key ",
        "\ufeffthe key",
        "the key\u00a0",
        "{\"current\":\"the key\\n\"}",
        "{\"current\":\"new\",\"previous\":\" the key\"}\n"
      })
  void whatIsAroundASecretIsNoPartOfIt(String stored) {
    assertEquals(202, post(hub(stored), "the key").status(), door.log.getLast());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1," + KEY,
        "v1," + KEY + "\n",
        " " + KEY,
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
        "{\"current\":\"v1," + KEY + "\"}"
      })
  void standardWebhooksOwnFormsAreTaken(String stored) {
    assertEquals(202, byStandard(standard(stored)).status(), door.log.getLast());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "whsec_hunter2!",
        "{\"secret\":\"hunter2\"}",
        "{\"current\":\"hunter2\"}",
        "{\"current\":\" \\n\"}"
      })
  void aSecretThatDoesNotFitItsSchemeIsSaidWithoutItselfAtDeploymentAndAtEachRequest(
      String stored) {
    Source source = standard(stored);
    door.ingest.check(source);
    assertThat(door.log)
        .singleElement()
        .asString()
        .contains(
            "\"IngestSecretUnusable\":1", "\"Source\":\"crm\"", "secret agentpost/sources/crm: ");
    assertEquals(503, byStandard(source).status());
    assertEquals(2, door.counted("IngestSecretUnusable"));
    assertThat(String.join("\n", door.log)).doesNotContain("hunter2");
    assertThat(Door.text(byStandard(source))).doesNotContain("hunter2");
  }

  @Test
  void aSecretThatIsNotThereIsSaidToo() {
    Source source = standard("\n");
    door.ingest.check(source);
    assertThat(door.log)
        .singleElement()
        .asString()
        .contains("\"IngestSecretUnusable\":1", "does not exist or has no text");
  }

  /**
   * As the deployment made it: nobody knows it, so every signature is wrong, and its owner has to
   * be told why.
   */
  @Test
  void aSecretThatNobodyHasPutIsNamed() {
    Source source = hub(GENERATED);
    door.ingest.check(source);
    assertThat(door.log)
        .singleElement()
        .asString()
        .contains(
            "source not ready",
            "nobody has put the secret of hub",
            "put-secret-value --secret-id agentpost/sources/hub");
    assertEquals(403, post(source, "the key").status());
    assertThat(door.log.getLast()).contains("nobody has put the secret of hub");
    assertEquals(1, door.counted("IngestSecretUnusable"));
    // Strangers who do not even sign ring nothing.
    assertEquals(403, door.post(source, Map.of(), LEAD).status());
    assertEquals(400, door.post(source, Map.of("X-Hub-Signature-256", "none"), LEAD).status());
    assertEquals(1, door.counted("IngestSecretUnusable"));
    assertThat(String.join("\n", door.log)).doesNotContain("aB3aB3");
  }

  @Test
  void aSecretThatCanBeUsedSaysNothing() {
    Source hub = hub("the key");
    door.ingest.check(hub);
    door.ingest.check(standard(KEY));
    assertThat(door.log).isEmpty();
    assertEquals(403, post(hub, "another").status());
    assertEquals(0, door.counted("IngestSecretUnusable"));
  }
}
