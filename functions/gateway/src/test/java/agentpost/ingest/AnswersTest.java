package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.catalog.HmacAlgorithm;
import agentpost.http.Response;
import agentpost.signing.Hmac;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider is answered, as it wants it. */
class AnswersTest {
  private static final String REST =
      "\"type\":\"/kind\",\"mappings\":{\"lead\":{\"event\":\"lead.captured\",\"data\":{\"lead_id\":\"/id\",\"email\":\"/email\"}}}}";
  private static final String LEAD =
      "{\"kind\":\"lead\",\"id\":\"l-1\",\"email\":\"ada@example.com\"}";
  private static final String FORM = "email=ada%40example.com&id=l-1&kind=lead";
  private final Door door = new Door();

  @AfterEach
  void close() {
    door.close();
  }

  private Source source(String scheme, String answer) {
    return door.source(
        "third", "key", "{\"scheme\":" + scheme + ",\"answer\":" + answer + "," + REST);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(Hmac.sha256("key".getBytes(UTF_8), text.getBytes(UTF_8)));
  }

  private static String base64(HmacAlgorithm algorithm, String text) {
    return Base64.getEncoder()
        .encodeToString(Hmac.of(algorithm.macName(), "key".getBytes(UTF_8), text.getBytes(UTF_8)));
  }

  /** Signed as each of them signs. */
  private Response posted(String provider, Source source) {
    String now = Long.toString(door.clock.instant().getEpochSecond());
    String body = provider.equals("twilio") ? FORM : LEAD;
    Map<String, String> headers =
        switch (provider) {
          case "github" -> Map.of("X-Hub-Signature-256", "sha256=" + hex(body));
          case "slack" ->
              Map.of(
                  "X-Slack-Request-Timestamp",
                  now,
                  "X-Slack-Signature",
                  "v0=" + hex("v0:" + now + ":" + body));
          case "stripe" -> Map.of("Stripe-Signature", "t=" + now + ",v1=" + hex(now + "." + body));
          case "shopify" -> Map.of("X-Shopify-Hmac-Sha256", base64(HmacAlgorithm.SHA256, body));
          default ->
              Map.of(
                  "X-Twilio-Signature",
                  base64(HmacAlgorithm.SHA1, source.url() + "emailada@example.comidl-1kindlead"),
                  "Content-Type",
                  "application/x-www-form-urlencoded");
        };
    return door.post(source, headers, body.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "github,202,ids",
    "stripe,202,ids",
    "slack,200,''",
    "shopify,200,ids",
    "twilio,200,'<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>'"
  })
  void aProviderIsAnsweredAsItWantsUnlessTheCatalogSaysOtherwise(
      String provider, int status, String body) {
    Response response = posted(provider, source("\"" + provider + "\"", "{}"));
    String id = door.published("lead.captured").getFirst().path("event_id").asText();
    assertEquals(
        status + " " + (body.equals("ids") ? "{\"event_ids\":[\"" + id + "\"]}" : body),
        Door.text(response));
    assertEquals(
        provider.equals("twilio") ? "text/xml" : body.equals("ids") ? "application/json" : "",
        response.headers().getOrDefault("Content-Type", ""));
    assertEquals(
        "204 ", Door.text(posted(provider, source("\"" + provider + "\"", "{\"status\":204}"))));
    assertEquals(
        "201 ",
        Door.text(
            posted(
                provider, source("\"" + provider + "\"", "{\"status\":201,\"body\":\"empty\"}"))));
  }

  /** As Xero wants it: 200 and no body; 401 for a bad signature, or there is no subscription. */
  @Test
  void theKeysOfASourceSayIt() {
    Source xero =
        source(
            "{\"header\":\"x-xero-signature\",\"encoding\":\"base64\",\"algorithm\":\"sha256\",\"signed\":\"{body}\"}",
            "{\"status\":200,\"body\":\"empty\",\"badSignature\":401}");
    assertEquals(
        "200 ",
        Door.text(
            door.post(
                xero,
                Map.of("x-xero-signature", base64(HmacAlgorithm.SHA256, LEAD)),
                LEAD.getBytes(UTF_8))));
    for (Map<String, String> headers :
        List.of(
            Map.<String, String>of(),
            Map.of("x-xero-signature", ""),
            Map.of("x-xero-signature", "none"),
            Map.of("x-xero-signature", "A,".repeat(5_000)),
            Map.of("x-xero-signature", base64(HmacAlgorithm.SHA1, LEAD)),
            Map.of("x-xero-signature", base64(HmacAlgorithm.SHA256, "another")))) {
      Response response = door.post(xero, headers, LEAD.getBytes(UTF_8));
      assertEquals(401, response.status());
      assertThat(Door.text(response))
          .contains("urn:agentpost:problem:unauthenticated")
          .contains("\"status\":401");
    }
  }

  /** The same key at every scheme, and said in so many words, 403 as well. */
  @ParameterizedTest
  @CsvSource({
    "github,X-Hub-Signature-256",
    "slack,X-Slack-Signature",
    "stripe,Stripe-Signature",
    "shopify,X-Shopify-Hmac-Sha256",
    "twilio,X-Twilio-Signature",
    "standard,webhook-signature"
  })
  void whatDoesNotProveWhoSentItIsAnsweredAsTheKeySays(String scheme, String header) {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for (int status : new int[] {401, 403}) {
      Source source =
          door.source(
              "third",
              secret,
              "{\"scheme\":\"%s\",\"answer\":{\"badSignature\":%d},%s"
                  .formatted(scheme, status, REST));
      for (String signature :
          List.of("", "none", "sha256=zz", "v1,", "v0=00", "t=1,v1=00", "a,".repeat(20_000))) {
        for (String time : List.of("soon", "", "-1", "9".repeat(30))) {
          Map<String, String> headers =
              Map.of(
                  header,
                  signature,
                  "webhook-id",
                  "a",
                  "webhook-timestamp",
                  time,
                  "X-Slack-Request-Timestamp",
                  time);
          Response response = door.post(source, headers, LEAD.getBytes(UTF_8));
          assertEquals(status, response.status(), signature + " at " + time);
          assertThat(Door.text(response)).contains("\"status\":" + status);
        }
      }
    }
    assertThat(door.bus.accepted()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"status\":199}",
        "{\"status\":205}",
        "{\"status\":\"200\"}",
        "{\"body\":\"text\"}",
        "{\"status\":204,\"body\":\"ids\"}",
        "{\"badSignature\":400}",
        "{\"bad_signature\":401}",
        "[]"
      })
  void whatIsNoAnswerIsRefused(String answer) {
    assertThrows(IllegalArgumentException.class, () -> source("\"github\"", answer));
  }

  /**
   * A door that says who may not come in says the same whoever asks: nobody signed it, or it cannot
   * be read.
   */
  @ParameterizedTest
  @CsvSource({
    "github,X-Hub-Signature-256,403",
    "slack,X-Slack-Signature,403",
    "stripe,Stripe-Signature,403",
    "shopify,X-Shopify-Hmac-Sha256,401",
    "twilio,X-Twilio-Signature,403",
    "standard,webhook-signature,403"
  })
  void withoutASignatureIs403AndAMalformedOneIs400UnlessTheProviderWantsAnother(
      String scheme, String header, int unsigned) {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Source source = door.source("third", secret, "{\"scheme\":\"" + scheme + "\"," + REST);
    Map<String, String> others =
        new HashMap<>(
            Map.of(
                "webhook-id",
                "a",
                "webhook-timestamp",
                "soon",
                "X-Slack-Request-Timestamp",
                "1774953001",
                "X-Other",
                "sha256=" + "0".repeat(64)));
    Response missing = door.post(source, others, LEAD.getBytes(UTF_8));
    assertEquals(unsigned, missing.status());
    assertThat(Door.text(missing)).contains("there is no " + header);
    for (String malformed : List.of("", " ", "none", "sha256=zz", "v1,")) {
      others.put(header, malformed);
      Response response = door.post(source, others, LEAD.getBytes(UTF_8));
      // Shopify's review: 401 for whatever is no valid HMAC.
      assertEquals(unsigned == 401 ? 401 : 400, response.status(), header + ": " + malformed);
      assertThat(Door.text(response))
          .contains("urn:agentpost:problem:" + (unsigned == 401 ? "unauthenticated" : "malformed"));
    }
    assertThat(door.bus.accepted()).isEmpty();
  }

  /** What is not there is not malformed: a signature without the headers that it signs is none. */
  @ParameterizedTest
  @CsvSource({
    "'\"slack\"',X-Slack-Signature X-Slack-Request-Timestamp,403",
    "'\"standard\"',webhook-signature webhook-id webhook-timestamp,403",
    "'\"standard\"',svix-signature svix-id svix-timestamp,403",
    "'{\"header\":\"X-Sig\",\"encoding\":\"hex\",\"algorithm\":\"sha256\",\"signed\":\"{timestamp}{body}\",\"timestampHeader\":\"X-Time\",\"unit\":\"milliseconds\"}',X-Sig"
        + " X-Time,403",
    "'{\"header\":\"X-Sig\",\"encoding\":\"hex\",\"algorithm\":\"sha256\",\"signed\":\"{timestamp}{body}\",\"timestampHeader\":\"X-Time\"}',X-Sig"
        + " X-Time,401",
  })
  void withoutAnyOfItsHeadersItIsNotSignedAndWithOneThatIsMalformedItIs400UnlessTheKeySaysAnother(
      String scheme, String names, int unsigned) {
    String answer = unsigned == 401 ? "\"answer\":{\"badSignature\":401}," : "";
    Source source =
        door.source(
            "third",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "{\"scheme\":" + scheme + "," + answer + REST);
    Map<String, String> all = new HashMap<>();
    for (String name : names.split(" ", -1)) {
      all.put(name, "1774953001");
    }
    all.put(
        names.substring(0, names.indexOf(' ')),
        scheme.contains("slack")
            ? "v0=" + "0".repeat(64)
            : scheme.contains("standard") ? "v1," + "A".repeat(43) + "=" : "0".repeat(64));
    for (String name : all.keySet()) {
      Map<String, String> fewer = new HashMap<>(all);
      fewer.remove(name);
      Response response = door.post(source, fewer, LEAD.getBytes(UTF_8));
      assertEquals(unsigned, response.status(), name);
      assertThat(Door.text(response)).contains("there is no ");
      fewer.put(name, "");
      assertEquals(
          unsigned == 401 ? 401 : 400,
          door.post(source, fewer, LEAD.getBytes(UTF_8)).status(),
          name);
    }
    assertThat(door.bus.accepted()).isEmpty();
  }
}
