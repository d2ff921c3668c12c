package com.example.extensions;

import static agentpost.catalog.EnvironmentVariables.AGENT_STATE_TABLE;
import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.WORK_QUEUE_URL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.catalog.AgentName;
import agentpost.delivery.DeliveryAttempt;
import agentpost.delivery.DeliveryAttempt.Outcome;
import agentpost.delivery.SignedDelivery;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.ingest.SignedRequest;
import agentpost.ingest.Source;
import agentpost.ingest.SourceParser;
import agentpost.ingest.SourceVerification;
import agentpost.ingest.SourceVerifier;
import agentpost.ingest.TimestampPolicy;
import agentpost.secrets.SignatureSchemes;
import agentpost.signing.KeySet;
import agentpost.signing.SignatureScheme;
import agentpost.signing.SigningKey;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import agentpost.testing.Events;
import agentpost.testing.FakeDirectory;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each seam has something added to it that no module of ours knows. */
class ExtensionsTest {
  private static final AgentName CHAT = new AgentName("chat");
  private static final byte[] EVENT = Events.body("evt-1");
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final Functions functions = new Functions();
  private final List<Request> posted = new ArrayList<>();
  private Response answer = Response.json(200, "{}");

  @AfterEach
  void close() {
    functions.close();
  }

  private Response receive(Request request) {
    posted.add(request);
    return answer;
  }

  private DeliveryAttempt deliver(String settings, String secret, byte[] event) {
    functions.directory.with(
        "chat", "{\"endpoint\":\"https://chat.example.com/hooks\"," + settings + "}");
    functions.secrets.with("agentpost/agents/chat", secret);
    return SignedDelivery.from(
            functions.platform(Map.of(HEALTH_TABLE, "agentpost-health"), this::receive),
            "agentpost/agents/",
            FakeDirectory.AGENTS)
        .deliver(CHAT, event);
  }

  private static Map<String, List<String>> headers(Request request) {
    return request.headers().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Test
  void aSignatureSchemeSignsADeliveryThatItsReceiverVerifies() {
    SignatureScheme scheme = SignatureSchemes.ALL.named("hmac-sha512");
    SigningKey key = scheme.generate(new SecureRandom());
    assertThat(
            deliver(
                    "\"signature\":\"hmac-sha512\",\"external\":{\"challenge\":false}",
                    key.secretText(),
                    EVENT)
                .isTaken())
        .isTrue();
    Map<String, List<String>> headers = headers(posted.getFirst());
    assertThat(headers.get("webhook-signature")).singleElement().asString().startsWith("v512,");
    assertThat(headers).doesNotContainKey("x-webhook-signature");
    Verifier receiver =
        new Verifier(
            KeySet.of(SigningKey.of(key.secretText())), functions.clock, Duration.ofMinutes(5));
    assertInstanceOf(Verification.Accepted.class, receiver.verify(headers, EVENT));
    assertInstanceOf(
        Verification.BadSignature.class, receiver.verify(headers, Events.body("evt-2")));
    Verifier other =
        new Verifier(
            KeySet.of(scheme.generate(new SecureRandom())), functions.clock, Duration.ofMinutes(5));
    assertInstanceOf(Verification.BadSignature.class, other.verify(headers, EVENT));
  }

  /** As it is from the deployment to the first rotation. */
  @Test
  void aSecretThatADeploymentGeneratedSignsByTheAgentsScheme() {
    String generated = "a1B2".repeat(16);
    assertThat(
            deliver(
                    "\"signature\":\"hmac-sha512\",\"external\":{\"challenge\":false}",
                    generated,
                    EVENT)
                .isTaken())
        .isTrue();
    Map<String, List<String>> headers = headers(posted.getFirst());
    assertThat(headers.get("webhook-signature"))
        .singleElement()
        .asString()
        .matches("v512,\\S+ v1,\\S+");
    SigningKey derived = new Sha512Scheme().derive(WebhookSecret.of(generated));
    assertInstanceOf(
        Verification.Accepted.class,
        new Verifier(KeySet.of(derived), functions.clock, Duration.ofMinutes(5))
            .verify(headers, EVENT));
  }

  @Test
  void aSchemeThatNobodyRegisteredSendsNothing() {
    DeliveryAttempt attempt =
        deliver("\"signature\":\"rsa\",\"external\":{\"challenge\":false}", SECRET, EVENT);
    assertEquals(Outcome.TRY_AGAIN, attempt.outcome());
    assertThat(posted).isEmpty();
  }

  private static Source acme(String scheme) {
    return new SourceParser("https://api.example.com/ingest/", "agentpost/sources/")
        .read(
            new AgentName("acme-eu"),
            "{\"scheme\":\""
                + scheme
                + "\",\"type\":\"/type\",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}");
  }

  @Test
  void aProviderVerifiesWhatItsThirdPartySigned() {
    SourceVerifier verifier =
        acme("acme")
            .scheme()
            .verifier(
                List.of("a secret of theirs"),
                new TimestampPolicy(functions.clock, TimestampPolicy.DEFAULT_TOLERANCE));
    String body = "{\"type\":\"a\"}";
    String now = Long.toString(functions.clock.instant().getEpochSecond());
    String seal = AcmeProvider.seal("a secret of theirs", now, body);
    assertInstanceOf(SourceVerification.Accepted.class, verifier.verify(request(seal, now, body)));
    assertInstanceOf(
        SourceVerification.BadSignature.class,
        verifier.verify(request(AcmeProvider.seal("another's", now, body), now, body)));
    assertInstanceOf(
        SourceVerification.Malformed.class, verifier.verify(request("seal", now, body)));
    String old = Long.toString(functions.clock.instant().getEpochSecond() - 301);
    assertInstanceOf(
        SourceVerification.Stale.class,
        verifier.verify(request(AcmeProvider.seal("a secret of theirs", old, body), old, body)));
    assertInstanceOf(
        SourceVerification.Unsigned.class,
        verifier.verify(new SignedRequest("", Map.of(), body.getBytes(UTF_8))));
    assertEquals(204, acme("acme").answer().status());
  }

  private static SignedRequest request(String seal, String time, String body) {
    return new SignedRequest(
        "",
        Map.of(AcmeProvider.HEADER, List.of(seal), AcmeProvider.TIME, List.of(time)),
        body.getBytes(UTF_8));
  }

  @Test
  void aProviderThatNobodyRegisteredIsRefusedNamingThoseThatThereAre() {
    assertThatThrownBy(() -> acme("gitlab"))
        .hasMessageContaining(
            "scheme must be one of acme, github, shopify, slack, standard, stripe, twilio");
  }

  @ParameterizedTest
  @CsvSource({
    "ok, ANSWERED, 200",
    "no_text, ANSWERED, 422",
    "slow_down, ANSWERED, 503",
    "channel_is_archived, ANSWERED, 410",
    "<html>, ANSWERED, 200"
  })
  void aDialectSaysWhatIsPostedAndWhatAnAnswerMeans(String word, Outcome outcome, int status) {
    answer = new Response(200, Map.of(), word.getBytes(UTF_8));
    DeliveryAttempt attempt =
        deliver("\"external\":{\"challenge\":false,\"dialect\":\"chat\"}", SECRET, EVENT);
    assertEquals(outcome, attempt.outcome());
    assertEquals(status, attempt.response().status());
    assertThat(posted.getFirst().body()).asString(UTF_8).isEqualTo("{\"text\":\"evt-1\"}");
    assertInstanceOf(
        Verification.Accepted.class,
        new Verifier(KeySet.of(SigningKey.of(SECRET)), functions.clock, Duration.ofMinutes(5))
            .verify(headers(posted.getFirst()), posted.getFirst().body()));
  }

  @Test
  void aWaitThatADialectReadsIsTheOneThatIsAskedFor() {
    answer = new Response(200, Map.of(), "slow_down".getBytes(UTF_8));
    assertEquals(
        "30",
        deliver("\"external\":{\"challenge\":false,\"dialect\":\"chat\"}", SECRET, EVENT)
            .response()
            .headers()
            .get("Retry-After"));
  }

  @Test
  void whatADialectSaysIsGoneIsNotCalledAgain() {
    answer = new Response(200, Map.of(), "channel_is_archived".getBytes(UTF_8));
    String settings = "\"external\":{\"challenge\":false,\"dialect\":\"chat\"}";
    deliver(settings, SECRET, EVENT);
    assertEquals(Outcome.STOPPED, deliver(settings, SECRET, EVENT).outcome());
    assertThat(posted).hasSize(1);
  }

  @Test
  void aDialectThatFailsLosesNothingAndSendsNothing() {
    DeliveryAttempt attempt =
        deliver(
            "\"external\":{\"challenge\":false,\"dialect\":\"chat\"}",
            SECRET,
            Events.body("unspeakable"));
    assertEquals(Outcome.TRY_AGAIN, attempt.outcome());
    assertEquals(503, attempt.response().status());
    assertThat(posted).isEmpty();
  }

  @Test
  void aDialectThatNobodyRegisteredSendsNothing() {
    assertEquals(
        Outcome.TRY_AGAIN,
        deliver("\"external\":{\"challenge\":false,\"dialect\":\"smoke\"}", SECRET, EVENT)
            .outcome());
    assertThat(posted).isEmpty();
  }

  @Test
  void aProcessorOfATeamsOwnIsHosted() {
    functions.secrets.with("agentpost/processors/reports", SECRET);
    ReportWorker worker =
        new ReportWorker(
            functions.platform(
                Map.of(
                    PROCESSOR, "reports",
                    PROCESSOR_SECRET_PREFIX, "agentpost/processors/",
                    CLAIMS_TABLE, "agentpost-claims",
                    AGENT_STATE_TABLE, "agentpost-agent-state",
                    WORK_QUEUE_URL, "https://sqs.example.com/work"),
                this::receive));
    SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
    message.setMessageId("m-1");
    message.setReceiptHandle("r-1");
    message.setAttributes(Map.of("ApproximateReceiveCount", "1"));
    message.setBody(
        "{\"data_to_process\":{\"pages\":3},\"callback_url\":\"https://api.example.com/done\","
            + "\"correlation_id\":\"op-1\",\"accepted_at\":\""
            + Functions.TIME
            + "\"}");
    SQSEvent batch = new SQSEvent();
    batch.setRecords(List.of(message));
    assertThat(worker.handleRequest(batch, within(20_000)).getBatchItemFailures()).isEmpty();
    assertThat(posted).hasSize(1);
    assertThat(posted.getFirst().body()).asString(UTF_8).contains("op-1: 3 pages");
    assertInstanceOf(
        Verification.Accepted.class,
        new Verifier(KeySet.of(SigningKey.of(SECRET)), functions.clock, Duration.ofMinutes(5))
            .verify(headers(posted.getFirst()), posted.getFirst().body()));
  }

  private static Context within(int millis) {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (_, method, _) ->
                Optional.of(millis)
                    .filter(_ -> method.getName().equals("getRemainingTimeInMillis"))
                    .orElseThrow());
  }
}
