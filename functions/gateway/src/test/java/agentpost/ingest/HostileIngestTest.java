package agentpost.ingest;

import static agentpost.hostile.FuzzInputs.assertReadsWithoutGoingBack;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.AgentName;
import agentpost.catalog.HmacFormat;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.hostile.FuzzInputs;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.signing.Hmac;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.webhook.ClaimStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

class HostileIngestTest {
  private static final Instant NOW = Instant.ofEpochSecond(1614265330);
  private static final TimestampPolicy FRESHNESS =
      new TimestampPolicy(Clock.fixed(NOW, ZoneOffset.UTC), TimestampPolicy.DEFAULT_TOLERANCE);
  private static final SourceSecrets SECRETS =
      new SourceSecrets(List.of("a secret of the source", "the one before"));
  private static final LocalTables TABLES = new LocalTables();
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private static final SourceParser SOURCES =
      new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/");

  private static final List<SourceVerifier> VERIFIERS =
      List.of(
          new HmacVerifier(HmacFormat.GITHUB, SECRETS, FRESHNESS),
          new HmacVerifier(HmacFormat.SLACK, SECRETS, FRESHNESS),
          new HmacVerifier(HmacFormat.SHOPIFY, SECRETS, FRESHNESS),
          new StripeVerifier(SECRETS, FRESHNESS),
          new TwilioVerifier(SECRETS),
          new StandardVerifier(
              agentpost.signing.KeySet.of(
                  agentpost.signing.WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
              FRESHNESS));

  @AfterContainer
  static void close() {
    TABLES.close();
  }

  @Provide
  Arbitrary<Map<String, List<String>>> headers() {
    return FuzzInputs.headers(
        "X-Hub-Signature-256",
        "X-Slack-Signature",
        "X-Slack-Request-Timestamp",
        "X-Shopify-Hmac-Sha256",
        "Stripe-Signature",
        "X-Twilio-Signature",
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
        "Content-Type");
  }

  @Property
  void noRequestThatNobodySignedIsAccepted(
      @ForAll("headers") Map<String, List<String>> headers,
      @ForAll("headers") Map<String, List<String>> query,
      @ForAll(supplier = FuzzInputs.Bodies.class) byte[] body) {
    SignedRequest received =
        new SignedRequest(
            SignedUrlCandidates.of("https://agentpost.example.com/ingest/x", query), headers, body);
    for (SourceVerifier verifier : VERIFIERS) {
      assertThat(verifier.verify(received))
          .isNotNull()
          .isNotInstanceOf(SourceVerification.Accepted.class);
    }
  }

  @Property
  void everyFormIsReadOrIsNone(@ForAll(supplier = FuzzInputs.Bodies.class) byte[] body) {
    assertThat(Form.parse(body)).isNotNull();
  }

  @Property
  void everySourceIsReadOrRefused(
      @ForAll(supplier = FuzzInputs.Json.class) String scheme,
      @ForAll(supplier = FuzzInputs.Json.class) String mapping,
      @ForAll(supplier = FuzzInputs.Texts.class) String text) {
    for (String catalog :
        List.of(
            text,
            scheme,
            "{\"scheme\":"
                + scheme
                + ",\"type\":\"/type\",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}",
            "{\"scheme\":\"github\",\"type\":"
                + scheme
                + ",\"delivery\":"
                + mapping
                + ",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}",
            "{\"scheme\":\"github\",\"type\":\"/type\",\"mappings\":{\"a\":{\"event\":\"lead.captured\",\"data\":{\"x\":"
                + mapping
                + "}}}}")) {
      try {
        assertThat(SOURCES.read(new AgentName("crm"), catalog)).isNotNull();
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).startsWith("source crm");
      }
    }
  }

  /** A third party whose secret has leaked, or that passes on what strangers type. */
  @Property
  void whateverIsSignedIsAnsweredAndLoggedOnOnePlainLine(
      @ForAll(supplier = FuzzInputs.Json.class) String payload,
      @ForAll(supplier = FuzzInputs.Texts.class) String type) {
    List<String> log = new ArrayList<>();
    List<Event> published = new ArrayList<>();
    Source source =
        SOURCES.read(
            new AgentName("forge"),
            "{\"scheme\":\"github\",\"type\":\"header:X-Type\",\"mappings\":{\"a\":{\"event\":\"lead.captured\",\"data\":{\"lead_id\":\"/id\",\"email\":{\"value\":\"no"
                + " address\"},\"name\":{\"pointer\":\"/a\",\"as\":\"text\"},\"employees\":{\"pointer\":\"/0\",\"as\":\"number\"}}}}}");
    Ingest ingest =
        new Ingest(
            new Ingest.Parts(
                new SourceVerifiers(
                    new SecretStore(
                        new FakeSecretsManager().with("agentpost/sources/forge", "key"),
                        FRESHNESS.clock())),
                SCHEMAS,
                name ->
                    new ClaimStore(
                        TABLES.client(),
                        LocalTables.CLAIMS,
                        new AgentName("ingest-" + name),
                        FRESHNESS.clock()),
                events -> {
                  published.addAll(events);
                  return new agentpost.publish.Publisher.Publication.Published();
                },
                "bus",
                FRESHNESS.clock(),
                log::add));
    byte[] body = payload.getBytes(UTF_8);
    Map<String, List<String>> headers = new HashMap<>();
    headers.put(
        "X-Hub-Signature-256",
        List.of("sha256=" + HexFormat.of().formatHex(Hmac.sha256("key".getBytes(UTF_8), body))));
    headers.put("X-Type", List.of(payload.length() % 2 == 0 ? "a" : type));
    int status =
        ingest
            .receive(
                source,
                new agentpost.http.Request(
                    "POST", "/ingest/forge", Map.of(), Map.of(), headers, body, "192.0.2.1"),
                Duration.ofSeconds(9))
            .status();
    assertThat(status).isIn(202, 422);
    assertThat(log).allSatisfy(line -> assertThat(line.length()).isLessThan(12_000));
    for (Event event : published) {
      assertThat(new EventCodec().parse(new EventCodec().write(event).getBytes(UTF_8)))
          .isInstanceOfSatisfying(
              EventCodec.Parsed.Json.class,
              read -> assertThat(SCHEMAS.validate(read.json()).problem()).isEmpty());
    }
  }

  @Test
  void signaturesAndFormsAreReadWithoutGoingBack() {
    List<String> names =
        List.of(
            "X-Hub-Signature-256",
            "X-Slack-Signature",
            "X-Shopify-Hmac-Sha256",
            "Stripe-Signature",
            "X-Twilio-Signature",
            "webhook-signature");
    for (String header : names) {
      Map<String, List<String>> others =
          Map.of(
              "X-Slack-Request-Timestamp",
              List.of("1614265330"),
              "webhook-id",
              List.of("a"),
              "webhook-timestamp",
              List.of("1614265330"));
      assertReadsWithoutGoingBack(
          "",
          "",
          text -> {
            Map<String, List<String>> headers = new HashMap<>(others);
            headers.put(header, List.of(text));
            VERIFIERS
                .get(names.indexOf(header))
                .verify(
                    new SignedRequest(
                        "https://agentpost.example.com/ingest/x", headers, new byte[0]));
          });
    }
    String signature = "0ooa0IEr7TbPuKR4ZRyJUcW0mOY=";
    assertReadsWithoutGoingBack("", "", text -> Form.parse(text.getBytes(UTF_8)));
    assertReadsWithoutGoingBack(
        "",
        "",
        text ->
            VERIFIERS
                .get(4)
                .verify(
                    new SignedRequest(
                        SignedUrlCandidates.of("https://a.example/x", Map.of(text, List.of(text))),
                        Map.of("X-Twilio-Signature", List.of(signature)),
                        text.getBytes(ISO_8859_1))));
    assertReadsWithoutGoingBack(
        "{\"scheme\":{\"header\":\"X\",\"encoding\":\"hex\",\"algorithm\":\"sha256\",\"signed\":\"",
        "\"},\"type\":\"/a\",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}",
        text -> {
          try {
            SOURCES.read(new AgentName("crm"), text);
          } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).startsWith("source crm");
          }
        });
  }
}
