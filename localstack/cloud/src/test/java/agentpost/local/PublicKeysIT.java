package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.HeardHandler;
import agentpost.local.testing.SignUps;
import agentpost.local.testing.Templates;
import agentpost.secrets.StoredSecret;
import agentpost.signing.Ed25519Key;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Agents with a pair: what is delivered verifies with what anyone can fetch, before, during and
 * after a rotation, and no secret is needed for it.
 */
class PublicKeysIT {

  @TempDir private static Path cdkOut;
  private static final List<DeliveryEvent.AttemptMade> ATTEMPTS = new CopyOnWriteArrayList<>();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static LocalCloud cloud;
  private static SecretsManagerClient secrets;

  @BeforeAll
  static void start() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate().secrets();
    template.agent("crm-sync", "agentpost.local.testing.HeardHandler", SignUps.PATTERN);
    template
        .agent("welcome-agent", "agentpost.onboarding.WelcomeHandler", SignUps.PATTERN)
        .put("EMAIL_FROM", "hello@example.com");
    template
        .agent("shared-agent", "agentpost.onboarding.WelcomeHandler", "{\"source\":[\"nobody\"]}")
        .put("EMAIL_FROM", "hello@example.com");
    Templates.write(
        cdkOut, "agentpost", template.pair("crm-sync").pair("welcome-agent").toString());
    // A minute, as long as keys and secrets are cached, is a quarter of a second.
    cloud = LocalCloud.start(new LocalCloudOptions(0, 240, 1));
    cloud.listen(
        happening -> {
          if (happening instanceof DeliveryEvent.AttemptMade attempt) {
            ATTEMPTS.add(attempt);
          }
        });
    cloud.deploy(cdkOut);
    secrets = cloud.clients("test").create(SecretsManagerClient.builder());
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    secrets.close();
    cloud.close();
  }

  private static HttpResponse<String> fetched(String query) throws Exception {
    URI keys =
        URI.create(
            cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "")
                + "/.well-known/agentpost-keys.json"
                + query);
    return HTTP.send(HttpRequest.newBuilder(keys).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static List<JsonNode> keys(String agent) throws Exception {
    HttpResponse<String> answer = fetched("?agent=" + agent);
    assertEquals(200, answer.statusCode(), answer.body());
    List<JsonNode> keys = new ArrayList<>();
    new JsonMapper().readTree(answer.body()).path("keys").forEach(keys::add);
    return keys;
  }

  /** As an ordinary library does, from the JWK alone. */
  private static boolean verifies(JsonNode key, HeardHandler.Heard heard) throws Exception {
    byte[] encoded =
        HexFormat.of()
            .parseHex(
                "302a300506032b6570032100"
                    + HexFormat.of()
                        .formatHex(Base64.getUrlDecoder().decode(key.path("x").asText())));
    PublicKey known =
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    for (String part : heard.header("webhook-signature").split(" ")) {
      if (part.startsWith("v1a,")) {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(known);
        signature.update(
            (heard.header("webhook-id") + "." + heard.header("webhook-timestamp") + ".")
                .getBytes(UTF_8));
        signature.update(heard.body());
        if (signature.verify(Base64.getDecoder().decode(part.substring(4)))) {
          return true;
        }
      }
    }
    return false;
  }

  private static HeardHandler.Heard delivered(String id) {
    SignUps.put(cloud.clients("test").create(EventBridgeClient.builder()), id);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                HeardHandler.HEARD.stream()
                    .anyMatch(heard -> heard.header("webhook-id").equals(id)));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                ATTEMPTS.stream()
                    .anyMatch(
                        attempt ->
                            attempt.eventId().equals(id)
                                && attempt.rule().endsWith("welcome-agent")));
    assertThat(ATTEMPTS)
        .filteredOn(attempt -> attempt.eventId().equals(id))
        .allSatisfy(attempt -> assertEquals(200, attempt.status().orElse(0)));
    return HeardHandler.HEARD.stream()
        .filter(heard -> heard.header("webhook-id").equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void deliveriesVerifyWithThePublishedKeysThroughARotation() throws Exception {
    List<JsonNode> first = keys("crm-sync");
    assertThat(first).hasSize(1);
    assertThat(verifies(first.getFirst(), delivered("before"))).isTrue();

    for (String agent : List.of("crm-sync", "welcome-agent")) {
      secrets.rotateSecret(
          rotate ->
              rotate
                  .secretId("agentpost/agents/" + agent)
                  .rotationLambdaARN(
                      "arn:aws:lambda:us-east-1:000000000000:function:agentpost-rotation")
                  .rotationRules(rules -> rules.automaticallyAfterDays(90L)));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> current(agent).current().startsWith("whsk_"));
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> keys("crm-sync").size() == 2);
    List<JsonNode> both = keys("crm-sync");
    assertEquals(first.getFirst(), both.getLast(), "the previous key is there too");
    HeardHandler.Heard during = delivered("during");
    assertThat(both).allSatisfy(key -> assertThat(verifies(key, during)).isTrue());
    assertThat(during.header("webhook-signature")).contains("v1a,").contains(" v1,");

    Instant ends = current("crm-sync").previousUntil().orElseThrow();
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> cloud.now().isAfter(ends.plus(Duration.ofMinutes(2))));
    HeardHandler.Heard after = delivered("after");
    assertThat(after.header("webhook-signature")).startsWith("v1a,").doesNotContain(" ");
    assertEquals("", after.header("x-webhook-signature"));
    assertThat(verifies(both.getFirst(), after)).isTrue();
    assertThat(verifies(both.getLast(), after)).isFalse();
    assertEquals(List.of(both.getFirst()), keys("crm-sync"));
  }

  private static StoredSecret current(String agent) {
    return StoredSecret.read(
        secrets.getSecretValue(get -> get.secretId("agentpost/agents/" + agent)).secretString());
  }

  @Test
  void theSetIsAJwkSetOfAgentsWithAPairAndOfNobodyElse() throws Exception {
    HttpResponse<String> answer = fetched("");
    assertEquals(
        "application/jwk-set+json", answer.headers().firstValue("content-type").orElse(""));
    assertEquals("public, max-age=300", answer.headers().firstValue("cache-control").orElse(""));
    JsonNode set = new JsonMapper().readTree(answer.body());
    assertThat(set.path("keys").findValuesAsText("agent"))
        .contains("crm-sync", "welcome-agent")
        .doesNotContain("shared-agent");
    assertThat(set.path("keys"))
        .allSatisfy(
            key -> {
              assertThat(key.propertyStream().map(Map.Entry::getKey))
                  .containsExactly("kty", "crv", "x", "kid", "alg", "use", "agent", "whpk");
              assertEquals(
                  "OKP Ed25519 EdDSA sig",
                  String.join(
                      " ",
                      key.path("kty").asText(),
                      key.path("crv").asText(),
                      key.path("alg").asText(),
                      key.path("use").asText()));
              assertEquals(
                  key.path("x").asText(),
                  Base64.getUrlEncoder()
                      .withoutPadding()
                      .encodeToString(Ed25519Key.of(key.path("whpk").asText()).publicBytes()));
              assertThat(key.path("kid").asText()).hasSize(43);
            });
    assertThat(answer.body()).doesNotContain("whsk_").doesNotContain("whsec_");
    assertEquals("{\"keys\":[]}", fetched("?agent=shared-agent").body());
  }
}
