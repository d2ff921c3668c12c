package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.http.Response;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every source of docs/ingest.md as it stands there, with a request as its provider sends it,
 * signed as its provider signs.
 */
class DocumentedSourcesTest {
  private static final JsonNode SOURCES = documented();
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String CLERK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** The same as the one before but for what Clerk's documentation leaves out. */
  private static final String CLERK_USER =
      """
      {"data":{"birthday":"","created_at":1654012591514,"email_addresses":[{"email_address":"ada@example.com","id":"idn_29w83yL7CwVlJXylYLxcslromF1","linked_to":[],"object":"email_address",\
      "verification":{"status":"verified","strategy":"ticket"}}],"external_id":null,"first_name":"Ada","id":"user_29w83sxmDNGwOuEthce5gg56FcC","last_name":"Lovelace","object":"user",\
      "primary_email_address_id":"idn_29w83yL7CwVlJXylYLxcslromF1","two_factor_enabled":false},"event_attributes":{"http_request":{"client_ip":"0.0.0.0","user_agent":"Mozilla/5.0"}},\
      "instance_id":"ins_123","object":"event","timestamp":1654012591835,"type":"user.created"}\
      """;

  private final Door door = new Door();

  @AfterEach
  void close() {
    door.close();
  }

  /**
   * The document's YAML as JSON; the catalog's reader, which knows YAML, holds it to the document.
   */
  private static JsonNode documented() {
    try (InputStream json =
        DocumentedSourcesTest.class.getResourceAsStream("documented-sources.json")) {
      return new JsonMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Source source(String name, String secret) {
    return door.source(name, secret, SOURCES.path(name).toString());
  }

  private static byte[] mac(String algorithm, String key, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key.getBytes(UTF_8), algorithm));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(String key, String text) {
    return HexFormat.of().formatHex(mac("HmacSHA256", key, text));
  }

  private static String base64(String algorithm, String key, String text) {
    return Base64.getEncoder().encodeToString(mac(algorithm, key, text));
  }

  /**
   * As docs.github.com, docs.stripe.com, docs.slack.dev, shopify.dev, twilio.com and docs.svix.com
   * have it, each over the body as it is sent.
   */
  private static Map<String, String> signed(
      String provider, String secret, String body, String now) {
    return switch (provider) {
      case "github" ->
          Map.of(
              "X-GitHub-Event",
              "issues",
              "X-GitHub-Delivery",
              "72d3162e-cc78-11e3-81ab-4c9367dc0958",
              "X-Hub-Signature",
              "sha1=" + "0".repeat(40),
              "X-Hub-Signature-256",
              "sha256=" + hex(secret, body));
      case "stripe" ->
          Map.of(
              "Stripe-Signature",
              "t=" + now + ",v1=" + hex(secret, now + "." + body) + ",v0=" + "0".repeat(64));
      case "slack" ->
          Map.of(
              "X-Slack-Request-Timestamp",
              now,
              "X-Slack-Signature",
              "v0=" + hex(secret, "v0:" + now + ":" + body));
      case "shopify" ->
          Map.of(
              "X-Shopify-Topic",
              "customers/create",
              "X-Shopify-Webhook-Id",
              "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
              "X-Shopify-Hmac-Sha256",
              base64("HmacSHA256", secret, body));
      case "erp" -> Map.of("X-Erp-Signature", base64("HmacSHA512", secret, body));
      default -> throw new IllegalArgumentException(provider);
    };
  }

  private record Example(
      String source,
      String secret,
      String contentType,
      String body,
      int status,
      String type,
      String data) {
    @Override
    public String toString() {
      return source + " " + contentType;
    }
  }

  static Stream<Example> examples() {
    String issue =
        "{\"action\":\"opened\",\"issue\":{\"number\":1347,\"title\":\"It does not"
            + " start\"},\"sender\":{\"id\":1,\"login\":\"octocat\"}}";
    String alert =
        "{\"reason\":\"It does not start\",\"severity\":\"info\",\"user_id\":\"octocat\"}";
    return Stream.of(
        new Example(
            "github",
            "It's a Secret to Everybody",
            "application/json",
            issue,
            202,
            "support.alerted",
            alert),
        new Example(
            "github",
            "It's a Secret to Everybody",
            FORM,
            "payload=" + URLEncoder.encode(issue, UTF_8),
            202,
            "support.alerted",
            alert),
        new Example(
            "stripe",
            "whsec_test_secret",
            "application/json; charset=utf-8",
            "{\n"
                + "  \"id\": \"evt_1\",\n"
                + "  \"object\": \"event\",\n"
                + "  \"type\": \"customer.subscription.created\",\n"
                + "  \"data\": {\"object\": {\"id\": \"sub_1\", \"metadata\": {\"user_id\":"
                + " \"usr-1\"}, \"items\": {\"data\": [{\"price\": {\"lookup_key\": \"pro\"}}]}}}\n"
                + "}",
            202,
            "user.converted",
            "{\"user_id\":\"usr-1\",\"plan\":\"pro\"}"),
        new Example(
            "slack",
            "8f742231b10e8888abcd99yyyzzz85a5",
            "application/json",
            "{\"token\":\"x\",\"team_id\":\"T1\",\"api_app_id\":\"A1\",\"event\":{\"type\":\"app_mention\",\"user\":\"U061F7AUR\",\"text\":\"<@U0LAN0Z89>"
                + " help\",\"ts\":\"1515449522.000016\",\"channel\":\"C1\"},\"type\":\"event_callback\",\"event_id\":\"Ev0LAN670R\",\"event_time\":1515449522000016}",
            200,
            "support.alerted",
            "{\"reason\":\"<@U0LAN0Z89> help\",\"severity\":\"info\",\"user_id\":\"U061F7AUR\"}"),
        new Example(
            "shopify",
            "hush",
            "application/json",
            "{\"id\":706405506930370084,\"email\":\"ada@example.com\",\"first_name\":\"Ada\",\"last_name\":\"Lovelace\"}",
            200,
            "lead.captured",
            "{\"lead_id\":\"706405506930370084\",\"email\":\"ada@example.com\",\"name\":\"Ada\",\"source\":\"referral_shop\"}"),
        new Example(
            "erp",
            "any text",
            "application/json",
            "\ufeff{\"kind\":\"customer.converted\",\"message_id\":\"m-1\",\"customer\":{\"id\":\"c-1\",\"plan\":\"pro\"}}",
            202,
            "user.converted",
            "{\"user_id\":\"c-1\",\"plan\":\"pro\"}"));
  }

  private ObjectNode only(String type) {
    assertThat(door.bus.accepted()).as(String.join("\n", door.log)).hasSize(1);
    return door.published(type).getFirst();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aRequestAsItsProviderSendsItIsTheEventOfTheMapping(Example example) throws IOException {
    Source source = source(example.source(), example.secret() + "\n");
    String now = Long.toString(door.clock.instant().getEpochSecond());
    Map<String, String> headers =
        new LinkedHashMap<>(signed(example.source(), example.secret(), example.body(), now));
    headers.put("Content-Type", example.contentType());
    for (int i = 0; i < 2; i++) {
      Response response = door.post(source, headers, example.body().getBytes(UTF_8));
      assertEquals(example.status(), response.status(), door.log.getLast());
    }
    assertEquals(new JsonMapper().readTree(example.data()), only(example.type()).path("data"));
    assertEquals(
        source.answer().badSignature(),
        door.post(source, headers, (example.body() + " ").getBytes(UTF_8)).status());
  }

  @Test
  void slacksChallengeIsAnswered() {
    Source source = source("slack", "secret");
    String body = "{\"token\":\"x\",\"challenge\":\"3eZbrw1a\",\"type\":\"url_verification\"}";
    assertEquals(
        "200 {\"challenge\":\"3eZbrw1a\"}",
        Door.text(
            door.post(
                source,
                signed(
                    "slack", "secret", body, Long.toString(door.clock.instant().getEpochSecond())),
                body.getBytes(UTF_8))));
  }

  /**
   * An incoming message (twilio.com/docs/messaging/guides/webhook-request), signed over the URL and
   * the sorted parameters.
   */
  @Test
  void twiliosMessageIsAnEventAndTheAnswerIsInstructionsToDoNothing() {
    Source source = source("twilio", "12345");
    Map<String, String> parameters =
        new TreeMap<>(
            Map.of(
                "ToCountry",
                "US",
                "SmsMessageSid",
                "SM1f0e8ae6ade43cb3c0ce4525424e404f",
                "NumMedia",
                "0",
                "SmsStatus",
                "received",
                "Body",
                "It does not start & hums",
                "To",
                "+18005551212",
                "From",
                "+14158675309",
                "AccountSid",
                "AC1",
                "ApiVersion",
                "2010-04-01"));
    String form =
        parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    String text =
        "https://agentpost.example.com/ingest/twilio"
            + parameters.entrySet().stream()
                .map(entry -> entry.getKey() + entry.getValue())
                .collect(Collectors.joining());
    Response response =
        door.post(
            source,
            Map.of("X-Twilio-Signature", base64("HmacSHA1", "12345", text), "Content-Type", FORM),
            form.getBytes(UTF_8));
    assertEquals(
        "200 <?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>",
        Door.text(response),
        door.log.getLast());
    assertEquals("text/xml", response.headers().get("Content-Type"));
    assertEquals(
        "{\"reason\":\"It does not start &"
            + " hums\",\"severity\":\"info\",\"user_id\":\"+14158675309\"}",
        sorted(only("support.alerted").path("data")));
  }

  private static String sorted(JsonNode data) {
    TreeMap<String, String> texts = new TreeMap<>();
    data.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().toString()));
    return texts.entrySet().stream()
        .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  /**
   * Signed by the reference library of Standard Webhooks, under the names that Svix gives its
   * headers.
   */
  private Map<String, String> byClerk(String prefix) throws Exception {
    long now = door.clock.instant().getEpochSecond();
    return new LinkedHashMap<>(
        Map.of(
            prefix + "id",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            prefix + "timestamp",
            Long.toString(now),
            prefix + "signature",
            new Webhook(CLERK_SECRET).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, CLERK_USER)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"svix-", "Svix-", "webhook-"})
  void clerksUserIsASignUp(String prefix) throws Exception {
    Source source = source("clerk", CLERK_SECRET);
    Map<String, String> headers = byClerk(prefix);
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "Svix-Webhooks/1.4");
    for (int i = 0; i < 2; i++) {
      assertEquals(
          202, door.post(source, headers, CLERK_USER.getBytes(UTF_8)).status(), door.log.getLast());
    }
    assertEquals(
        new JsonMapper()
            .readTree(
                "{\"user_id\":\"user_29w83sxmDNGwOuEthce5gg56FcC\",\"email\":\"ada@example.com\",\"plan\":\"free\"}"),
        only("user.signed_up").path("data"));
  }

  /**
   * Both sets of names may be there; one is taken, whole, and it is not for the sender of a forgery
   * to say which.
   */
  @Test
  void theTwoSetsOfNamesAreNotMixedAndTheOneIsNoWayAroundTheOther() throws Exception {
    Source source = source("clerk", CLERK_SECRET);
    Map<String, String> both = byClerk("svix-");
    both.putAll(byClerk("webhook-"));
    assertEquals(202, door.post(source, both, CLERK_USER.getBytes(UTF_8)).status());
    for (String name : List.of("id", "timestamp", "signature")) {
      Map<String, String> fewer = new LinkedHashMap<>(both);
      fewer.remove("webhook-" + name);
      assertEquals(403, door.post(source, fewer, CLERK_USER.getBytes(UTF_8)).status(), name);
    }
    Map<String, String> forged = new LinkedHashMap<>(both);
    forged.put("webhook-signature", "v1," + "A".repeat(43) + "=");
    assertEquals(403, door.post(source, forged, CLERK_USER.getBytes(UTF_8)).status());
    Map<String, String> mixed = byClerk("svix-");
    mixed.remove("svix-id");
    mixed.put("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek");
    assertEquals(403, door.post(source, mixed, CLERK_USER.getBytes(UTF_8)).status());
  }

  @Test
  void everySourceOfTheDocumentHasItsRequestHere() {
    List<String> names = SOURCES.properties().stream().map(Map.Entry::getKey).toList();
    assertThat(
            Stream.concat(examples().map(Example::source), Stream.of("twilio", "clerk")).distinct())
        .containsExactlyInAnyOrderElementsOf(names);
  }
}
