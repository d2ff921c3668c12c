package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.hostile.FuzzInputs;
import agentpost.http.Response;
import agentpost.signing.Hmac;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What was signed ends as an event, as a count of what has no mapping, or kept as {@code
 * ingest.refused}.
 */
class NothingSignedIsLostTest {
  private static final String MAPPINGS =
      "\"mappings\":{\"lead\":{\"event\":\"lead.captured\",\"data\":{\"lead_id\":\"/id\",\"email\":\"/email\"}},"
          + "\"paid\":{\"event\":\"lead.captured\",\"data\":{\"lead_id\":\"/id\",\"email\":\"/email\"}}}";
  private static final String LEAD =
      "{\"kind\":\"lead\",\"id\":\"l-1\",\"email\":\"ada@example.com\"}";
  private static final String FORM = "application/x-www-form-urlencoded";

  /** One for all tries of a property, for its tables take a second to make. */
  private static final Door SHARED = new Door();

  private final Door door = new Door();
  private final Source source = source(door);

  private static Source source(Door door) {
    return door.source(
        "forge", "key", "{\"scheme\":\"github\",\"type\":\"/kind\"," + MAPPINGS + "}");
  }

  @AfterEach
  @AfterTry
  void close() {
    door.close();
  }

  @AfterContainer
  static void closeShared() {
    SHARED.close();
  }

  private static Map<String, String> signed(byte[] body, String... headers) {
    Map<String, String> all = new HashMap<>();
    all.put(
        "X-Hub-Signature-256",
        "sha256=" + HexFormat.of().formatHex(Hmac.sha256("key".getBytes(UTF_8), body)));
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    return all;
  }

  private Response post(String body, String... headers) {
    return door.post(source, signed(body.getBytes(UTF_8), headers), body.getBytes(UTF_8));
  }

  private JsonNode kept() {
    assertThat(door.published("ingest.refused")).hasSize(1);
    JsonNode event = door.published("ingest.refused").getFirst();
    assertEquals("", Door.SCHEMAS.validate(event).problem());
    return event.path("data");
  }

  @Provide
  Arbitrary<String> contentTypes() {
    return Arbitraries.of(
        "",
        "application/json",
        FORM,
        FORM + "; charset=UTF-8",
        "text/plain",
        "APPLICATION/X-WWW-FORM-URLENCODED",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        ";",
        "\u00e9");
  }

  @Provide
  Arbitrary<byte[]> bodies() {
    Arbitrary<byte[]> leads =
        Arbitraries.of(
                LEAD,
                "\ufeff" + LEAD,
                "[" + LEAD + "]",
                "kind=lead&id=l-1&email=ada%40example.com",
                "payload=%7B%22kind%22%3A%22lead%22%7D",
                "{\"kind\":\"none\"}",
                "{\"kind\":{}}",
                "kind=&id=1",
                "")
            .map(text -> text.getBytes(UTF_8));
    return Arbitraries.oneOf(leads, new FuzzInputs.Bodies().get());
  }

  @Property
  void everyBodyOfAnyContentTypeIsAnEventACountOrKept(
      @ForAll("bodies") byte[] body, @ForAll("contentTypes") String contentType) {
    Source forge = source(SHARED);
    int before = SHARED.bus.accepted().size();
    long unmapped = SHARED.counted("IngestUnmapped");
    Response response =
        SHARED.post(
            forge,
            contentType.isEmpty() ? signed(body) : signed(body, "Content-Type", contentType),
            body);
    boolean isCounted = SHARED.counted("IngestUnmapped") > unmapped;
    boolean isPublished = SHARED.bus.accepted().size() > before;
    String last = SHARED.log.getLast();
    assertThat(response.status()).as(last).isIn(202, 422);
    // A try may draw what was drawn before: then it is there already.
    assertThat(
            isCounted
                || isPublished
                || last.contains("already-done")
                || last.contains("\"kept\":\""))
        .as(last)
        .isTrue();
    // Only what has a type can be one that nobody asked for.
    assertThat(
            isCounted
                && SHARED.log.stream()
                    .anyMatch(
                        line ->
                            line.contains("\"IngestUnmapped\":1")
                                && line.contains("\"type\":\"\"")))
        .as(last)
        .isFalse();
    if (response.status() == 202) {
      assertThat(isCounted)
          .as(last)
          .isEqualTo(Door.text(response).equals("202 {\"event_ids\":[]}"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        FORM,
        FORM + ";charset=utf-8",
        "text/plain",
        "application/xml",
        "application/json",
        ""
      })
  void jsonIsReadAsJsonWhateverItCallsItself(String contentType) {
    Response response = post(LEAD, "Content-Type", contentType);
    assertEquals(202, response.status());
    assertThat(Door.text(response))
        .contains(door.published("lead.captured").getFirst().path("event_id").asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"kind\":null}",
        "{\"kind\":{}}",
        "{\"kind\":[]}",
        "{\"kind\":\"\"}",
        "{\"kind\":true}",
        "{\"kind\":5}",
        "{\"Kind\":\"lead\"}"
      })
  void whatDoesNotSayWhatItIsAboutIsKept(String body) {
    assertEquals(422, post(body).status());
    assertEquals(body, kept().path("body").asText());
    assertThat(kept().path("reason").asText())
        .isEqualTo("what the payload is about is not where the catalog says");
    assertEquals(0, door.counted("IngestUnmapped"));
    assertEquals(1, door.counted("IngestRefused"));
  }

  /** A secret that cannot be used is asked for again as soon as one that fits nothing is. */
  @Test
  void aSecretThatIsMendedServesTenSecondsLater() {
    door.secrets.with("agentpost/sources/forge", "{\"current\":\"key\",\"previous_until\":5}");
    door.clock.move(Duration.ofMinutes(1));
    assertEquals(503, post(LEAD).status());
    door.secrets.with("agentpost/sources/forge", "key");
    door.clock.move(Duration.ofSeconds(10));
    assertEquals(202, post(LEAD).status());
  }

  @Test
  void aFormWithoutATypeIsKept() {
    assertEquals(422, post("id=1&email=a%40example.com", "Content-Type", FORM).status());
    assertEquals("id=1&email=a%40example.com", kept().path("body").asText());
  }

  @Test
  void aTypeThatShouldBeInAHeaderAndIsNotIsKept() {
    Source shop =
        door.source(
            "shop", "key", "{\"scheme\":\"github\",\"type\":\"header:X-Topic\"," + MAPPINGS + "}");
    assertEquals(422, door.post(shop, signed(LEAD.getBytes(UTF_8)), LEAD.getBytes(UTF_8)).status());
    assertEquals(LEAD, kept().path("body").asText());
  }

  /**
   * Shopify's orders/create and orders/paid may have the same bytes, and their deliveries the same
   * id.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"delivery\":\"unsigned-header:X-Shopify-Event-Id\",",
        "\"delivery\":\"/id\","
      })
  void oneBodyUnderTwoTopicsIsTwoEvents(String delivery) {
    Source shop =
        door.source(
            "shop",
            "hush",
            "{\"scheme\":\"shopify\",\"type\":\"header:X-Shopify-Topic\","
                + delivery
                + MAPPINGS
                + "}");
    String signature =
        Base64.getEncoder()
            .encodeToString(Hmac.sha256("hush".getBytes(UTF_8), LEAD.getBytes(UTF_8)));
    for (String topic : List.of("lead", "paid", "lead", "paid")) {
      Map<String, String> headers =
          Map.of(
              "X-Shopify-Hmac-Sha256",
              signature,
              "X-Shopify-Topic",
              topic,
              "X-Shopify-Event-Id",
              "b54557e4");
      assertEquals(
          200, door.post(shop, headers, LEAD.getBytes(UTF_8)).status(), door.log.getLast());
    }
    assertThat(door.bus.accepted()).hasSize(2);
    assertThat(door.published("lead.captured")).hasSize(2);
  }

  @Test
  void oneBodyThatIsRefusedUnderTwoTopicsIsKeptTwice() {
    String body = "{\"id\":\"l-1\",\"email\":\"no address\"}";
    Source shop =
        door.source(
            "shop", "key", "{\"scheme\":\"github\",\"type\":\"header:X-Topic\"," + MAPPINGS + "}");
    for (String topic : List.of("lead", "paid", "lead")) {
      assertEquals(
          422,
          door.post(shop, signed(body.getBytes(UTF_8), "X-Topic", topic), body.getBytes(UTF_8))
              .status());
    }
    assertThat(door.published("ingest.refused")).hasSize(2);
  }

  @Test
  void whatIsOverOneMebibyteIsCountedWithItsSourceAndSizeIfItWasSigned() {
    String body = " ".repeat(Ingest.MAX_BODY_BYTES + 1);
    assertEquals(413, post(body).status());
    assertThat(door.log)
        .anyMatch(
            line ->
                line.contains("\"IngestRefused\":1")
                    && line.contains("\"Source\":\"forge\"")
                    && line.contains("\"bytes\":1048577")
                    && line.contains("too large to be kept"));
    door.log.clear();
    assertEquals(413, door.post(source, signed(new byte[1]), body.getBytes(UTF_8)).status());
    assertEquals(413, door.post(source, Map.of(), body.getBytes(UTF_8)).status());
    assertEquals(0, door.counted("IngestRefused"));
    assertThat(door.log)
        .hasSize(2)
        .allMatch(
            line -> line.contains("\"source\":\"forge\"") && line.contains("\"bytes\":1048577"));
  }

  /** RFC 8259, section 8.1; the signature is over the mark too. */
  @Test
  void aByteOrderMarkIsSkipped() {
    assertEquals(202, post("\ufeff" + LEAD).status(), door.log.getLast());
    assertThat(door.published("lead.captured")).hasSize(1);
    assertEquals(
        403,
        door.post(source, signed(LEAD.getBytes(UTF_8)), ("\ufeff" + LEAD).getBytes(UTF_8))
            .status());
    for (Charset charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
      byte[] body = ("\ufeff" + LEAD).getBytes(charset);
      assertEquals(422, door.post(source, signed(body), body).status());
    }
    assertThat(door.published("ingest.refused")).hasSize(2);
  }

  /**
   * Twilio does not send again: what fitted a secret that was put a moment ago must not fail
   * afterwards.
   */
  @Test
  void whatFitsTheSecretOfAMomentAgoIsTaken() {
    Source sms =
        door.source("sms", "old", "{\"scheme\":\"twilio\",\"type\":\"/kind\"," + MAPPINGS + "}");
    String form = "kind=lead&id=l-1&email=ada%40example.com";
    String text = "https://agentpost.example.com/ingest/smsemailada@example.comidl-1kindlead";
    Map<String, String> byOld =
        Map.of("X-Twilio-Signature", twilio("old", text), "Content-Type", FORM);
    Map<String, String> byNew =
        Map.of("X-Twilio-Signature", twilio("new", text), "Content-Type", FORM);
    assertEquals(200, door.post(sms, byOld, form.getBytes(UTF_8)).status());
    door.secrets.with("agentpost/sources/sms", "new");
    door.clock.move(Duration.ofSeconds(11));
    assertEquals(200, door.post(sms, byNew, form.getBytes(UTF_8)).status());
    assertThat(door.published("lead.captured")).hasSize(1);
  }

  private static String twilio(String secret, String text) {
    return Base64.getEncoder()
        .encodeToString(Hmac.of("HmacSHA1", secret.getBytes(UTF_8), text.getBytes(UTF_8)));
  }
}
