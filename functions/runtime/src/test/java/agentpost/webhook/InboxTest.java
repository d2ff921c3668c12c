package agentpost.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.event.Event;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.Publisher;
import agentpost.schemas.EventSchemas;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import agentpost.testing.ExampleEvents;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

class InboxTest {
  private static final String SECRET_ID = "agentpost/agents/welcome-agent";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final Duration REMAINING = Duration.ofSeconds(15);
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;

  /** The example of the design, as it stands. */
  private static final String EXAMPLE =
      """
      {"event_id":"uuid-1234-abcd","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z",
       "data":{"user_id":"usr-5678","email":"ada@example.com","plan":"premium_trial","signup_source":"marketing_campaign_xyz","location":"US-CA"},
       "metadata":{"source_service":"authentication_service","correlation_id":"corr-9876"}}\
      """;

  private static final byte[] BODY = EXAMPLE.getBytes(UTF_8);

  private final LocalTables tables = new LocalTables();
  private final FakeSecretsManager secrets = new FakeSecretsManager().with(SECRET_ID, SECRET);
  private final FakeBus bus = new FakeBus();
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:01Z"));
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<Event> handled = new CopyOnWriteArrayList<>();
  private Agent agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
  private Publisher publisher = new EventBridgePublisher(bus, "agentpost", _ -> {});

  @AfterEach
  void close() {
    tables.close();
  }

  private Event answer(Event event) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", "ada@example.com")
            .put("template", "welcome")
            .put("message_id", "m-1");
    return event.answer(new AgentName("welcome-agent"), "email.sent", data, clock.instant());
  }

  private Inbox inbox() {
    AgentName name = new AgentName("welcome-agent");
    return new Inbox(
        new Inbox.Parts(
            name,
            event -> {
              handled.add(event);
              return agent.handle(event);
            },
            new WebhookKeyStore(new SecretStore(secrets, clock)),
            SECRET_ID,
            SCHEMAS,
            new ClaimStore(tables.client(), LocalTables.CLAIMS, name, clock),
            events -> publisher.publish(events),
            clock,
            log::add));
  }

  private Map<String, String> signed(byte[] body) {
    return new Signer(WebhookKeyStore.parse(SECRET)).sign("uuid-1234-abcd", clock.instant(), body);
  }

  private static Request request(Map<String, String> headers, byte[] body) {
    Map<String, List<String>> all = new HashMap<>();
    headers.forEach((name, value) -> all.put(name, List.of(value)));
    return new Request("POST", "/webhooks/welcome-agent", Map.of(), all, body, "127.0.0.1");
  }

  private Response receive(byte[] body) {
    return inbox().receive(request(signed(body), body), REMAINING);
  }

  private String lastLog() {
    return log.getLast();
  }

  private void assertUntouched() {
    assertEquals(List.of(), handled);
    assertEquals(List.of(), bus.calls());
    assertTrue(
        tables.row(LocalTables.CLAIMS, "welcome-agent", "event_id", "uuid-1234-abcd").isEmpty(),
        "no claim was taken");
  }

  @Test
  void aSignedEventIsActedOnPublishedAndDone() {
    Response response = receive(BODY);
    assertEquals(200, response.status(), lastLog());
    assertEquals("ada@example.com", handled.getFirst().data().path("email").asText());
    PutEventsRequestEntry published = bus.accepted().getFirst();
    assertEquals("email.sent", published.detailType());
    assertTrue(published.detail().contains("\"correlation_id\":\"corr-9876\""), published.detail());
    assertTrue(
        published.detail().contains("\"causation_id\":\"uuid-1234-abcd\""), published.detail());
  }

  /** It overflowed the validator's stack, and the function's end was the sender's 502. */
  @Test
  void aTextThatKillsAPatternIsRefusedWithTheFieldsName() {
    String event =
        "{\"event_id\":\"uuid-1234-abcd\",\"event_type\":\"lead.captured\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{\"lead_id\":\"l\",\"email\":\"a@example.com\",\"time_zone\":\"A"
            + "/b".repeat(50_000)
            + "\"},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
    Response response = receive(event.getBytes(UTF_8));
    assertEquals(422, response.status());
    assertTrue(
        new String(response.body(), UTF_8)
            .contains("/data/time_zone: must have at most 64 characters"),
        () -> new String(response.body(), UTF_8));
    assertUntouched();
  }

  @Test
  void anAgentThatOverflowsItsStackHasFailedAndTheEventComesAgain() {
    agent =
        _ -> {
          throw new StackOverflowError();
        };
    assertEquals(500, receive(BODY).status());
    assertTrue(lastLog().contains("StackOverflowError"), lastLog());
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    assertEquals(200, receive(BODY).status(), "the claim was given back");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "4711", "true", "{}", "[]", "\"\"", "\" \""})
  void anIdThatIsNoneIsRefusedByName(String id) {
    for (String name : List.of("event_id", "user_id", "correlation_id")) {
      Response response =
          receive(
              EXAMPLE
                  .replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":" + id)
                  .getBytes(UTF_8));
      assertEquals(422, response.status());
      assertTrue(
          new String(response.body(), UTF_8).contains("/" + name + ": must"),
          () -> new String(response.body(), UTF_8));
    }
    assertUntouched();
  }

  @Test
  void anEventOfALeapSecondIsActedOn() {
    clock.move(Duration.between(clock.instant(), Instant.parse("2016-12-31T23:59:59Z")));
    assertEquals(
        200,
        receive(EXAMPLE.replace("2026-03-31T10:30:00Z", "2016-12-31T23:59:60Z").getBytes(UTF_8))
            .status(),
        this::lastLog);
  }

  @Test
  void aRepeatedEventIsAnsweredWith200AndNotActedOnAgain() {
    assertEquals(200, receive(BODY).status());
    clock.move(Duration.ofHours(2));
    Response again = receive(BODY);
    assertEquals(200, again.status());
    assertEquals("{\"status\":\"already done\"}", new String(again.body(), UTF_8));
    assertEquals(1, handled.size());
    assertEquals(1, bus.accepted().size());
  }

  @Test
  void aSecretThatWasTurnedOverTenSecondsAgoIsKnownAtOnceAndForgeriesMakeNoCalls() {
    Inbox inbox = inbox();
    secrets.with(SECRET_ID, "{\"current\":\"" + OTHER + "\",\"previous\":\"" + SECRET + "\"}");
    clock.move(Duration.ofSeconds(10));
    Map<String, String> byTheNewOne =
        new Signer(WebhookKeyStore.parse(OTHER)).sign("uuid-1234-abcd", clock.instant(), BODY);
    assertEquals(200, inbox.receive(request(byTheNewOne, BODY), REMAINING).status(), lastLog());
    int calls = secrets.calls();
    Map<String, String> forged =
        new Signer(WebhookKeyStore.parse("whsec_" + "A".repeat(32)))
            .sign("uuid-1234-abcd", clock.instant(), BODY);
    for (int i = 0; i < 1000; i++) {
      assertEquals(403, inbox.receive(request(forged, BODY), REMAINING).status());
    }
    assertEquals(calls, secrets.calls());
  }

  @Test
  void aMissingSecretStopsTheInboxFromStartingAndIsNamed() {
    FakeSecretsManager empty = new FakeSecretsManager();
    WebhookKeyStore none = new WebhookKeyStore(new SecretStore(empty, clock));
    Inbox.Parts parts =
        new Inbox.Parts(
            new AgentName("welcome-agent"),
            agent,
            none,
            SECRET_ID,
            SCHEMAS,
            new ClaimStore(
                tables.client(), LocalTables.CLAIMS, new AgentName("welcome-agent"), clock),
            publisher,
            clock,
            log::add);
    IllegalStateException failure =
        assertThrows(IllegalStateException.class, () -> new Inbox(parts));
    assertTrue(String.valueOf(failure.getMessage()).contains(SECRET_ID), failure.getMessage());
  }

  @Test
  void aSecretOfTheWrongShapeIsRefusedWithoutBeingSaid() {
    secrets.with(SECRET_ID, "hunter2-hunter2-hunter2");
    IllegalStateException failure = assertThrows(IllegalStateException.class, this::inbox);
    assertTrue(String.valueOf(failure.getMessage()).contains(SECRET_ID));
    assertFalse(String.valueOf(failure.getMessage()).contains("hunter2"), failure.getMessage());
  }

  @Test
  void aBodyChangedInOneByteIsForbiddenBeforeAnythingReadsIt() {
    byte[] changed = BODY.clone();
    changed[BODY.length - 2] ^= 1;
    assertEquals(403, inbox().receive(request(signed(BODY), changed), REMAINING).status());
    assertUntouched();
  }

  /**
   * Nobody signed it, so nobody is let in; a header that is there and cannot be read is its
   * sender's mistake.
   */
  @Test
  void withoutASignatureIs403AndAMalformedOneIs400() {
    for (Map<String, String> unsigned :
        List.of(
            Map.<String, String>of(),
            Map.of("webhook-id", "uuid-1234-abcd", "webhook-timestamp", "1774953001"),
            Map.of("webhook-signature", "v1,x"),
            Map.of("webhook-id", "uuid-1234-abcd", "webhook-signature", "v1,x"),
            Map.of("webhook-timestamp", "1774953001", "webhook-signature", "v1,x"))) {
      Response response = inbox().receive(request(unsigned, BODY), REMAINING);
      assertEquals(403, response.status());
      assertTrue(new String(response.body(), UTF_8).contains("urn:agentpost:problem:forbidden"));
    }
    for (String malformed : List.of("", "none", "sha256=zz", "md5=" + "0".repeat(64))) {
      assertEquals(
          400,
          inbox()
              .receive(request(Map.of("X-Webhook-Signature", malformed), BODY), REMAINING)
              .status(),
          malformed);
    }
    for (Map<String, String> malformed :
        List.of(
            Map.of(
                "webhook-id", "", "webhook-timestamp", "1774953001", "webhook-signature", "v1,x"),
            Map.of("webhook-id", "a", "webhook-timestamp", "", "webhook-signature", "v1,x"),
            Map.of("webhook-id", "a", "webhook-timestamp", "1774953001", "webhook-signature", ""),
            Map.of("webhook-id", "a", "webhook-timestamp", "soon", "webhook-signature", "v1,x"))) {
      assertEquals(
          400, inbox().receive(request(malformed, BODY), REMAINING).status(), malformed.toString());
    }
    assertUntouched();
  }

  @Test
  void whatIsNotJsonButSignedIsMalformedAndWhatIsNeitherIsForbidden() {
    byte[] garbage = "{{{".getBytes(UTF_8);
    assertEquals(400, receive(garbage).status());
    assertEquals(403, inbox().receive(request(signed(BODY), garbage), REMAINING).status());
    assertUntouched();
  }

  /**
   * Envelopes have none (ADR 2), unlike what third parties send to /ingest; an agent elsewhere
   * might not read it.
   */
  @Test
  void aByteOrderMarkBeforeAnEnvelopeIsMalformedAndNamed() {
    Response response = receive(("\ufeff" + EXAMPLE).getBytes(UTF_8));
    assertEquals(400, response.status());
    assertTrue(
        new String(response.body(), UTF_8)
            .contains("the body begins with a byte order mark, which it must not have"));
    assertUntouched();
  }

  @Test
  void aBodyThatIsNotUtf8IsMalformed() {
    byte[] latin1 = EXAMPLE.replace("ada@", "\u00e4da@").getBytes(ISO_8859_1);
    Response response = receive(latin1);
    assertEquals(400, response.status());
    assertTrue(new String(response.body(), UTF_8).contains("not UTF-8"));
    assertUntouched();
  }

  @Test
  void oneMebibyteIsTakenAndOneByteMoreIsNot() {
    String padded =
        EXAMPLE.replace(
            "\"US-CA\"",
            "\"US-CA\",\"note\":\"" + "x".repeat(1024 * 1024 - BODY.length - 10) + "\"");
    byte[] full = padded.getBytes(UTF_8);
    assertEquals(1024 * 1024, full.length);
    assertEquals(200, receive(full).status());
    byte[] over = (padded + " ").getBytes(UTF_8);
    assertEquals(413, receive(over).status());
    assertEquals(1, handled.size());
  }

  @Test
  void anEventThatBreaksItsSchemaIs422AndSaysWhereWithoutTheValue() {
    byte[] wrong = EXAMPLE.replace("ada@example.com", "not-an-address").getBytes(UTF_8);
    Response response = receive(wrong);
    assertEquals(422, response.status());
    String problem = new String(response.body(), UTF_8);
    assertTrue(problem.contains("/data/email"), problem);
    assertTrue(problem.contains("urn:agentpost:problem:invalid-event"), problem);
    assertFalse(problem.contains("not-an-address"), problem);
    assertUntouched();
  }

  @Test
  void aSignatureOlderThanTheToleranceIsForbidden() {
    Map<String, String> old = signed(BODY);
    clock.move(Duration.ofSeconds(301));
    assertEquals(403, inbox().receive(request(old, BODY), REMAINING).status());
    assertUntouched();
  }

  @Test
  void duringARotationBothSecretsOpenTheDoorAndAfterItOnlyTheNewOne() {
    secrets.with(SECRET_ID, "{\"current\":\"" + OTHER + "\",\"previous\":\"" + SECRET + "\"}");
    assertEquals(200, receive(BODY).status());
    secrets.with(SECRET_ID, "{\"current\":\"" + OTHER + "\"}");
    assertEquals(403, receive(BODY).status());
  }

  @Test
  void thePlainHeaderAloneOpensTheDoorOnlyWhileTheEventIsUnder25HoursOld() {
    Map<String, String> plain =
        Map.of("x-webhook-signature", String.valueOf(signed(BODY).get("X-Webhook-Signature")));
    clock.move(Duration.ofHours(25).minusSeconds(1));
    assertEquals(403, inbox().receive(request(plain, BODY), REMAINING).status(), "25 h old");
    assertUntouched();
    clock.move(Duration.ofSeconds(-1));
    assertEquals(
        200, inbox().receive(request(plain, BODY), REMAINING).status(), "a second younger");
  }

  @Test
  void thePlainHeaderDoesNotOpenTheDoorToAnEventFromTheFuture() {
    Map<String, String> plain =
        Map.of("x-webhook-signature", String.valueOf(signed(BODY).get("X-Webhook-Signature")));
    clock.move(Duration.ofMinutes(-6));
    assertEquals(403, inbox().receive(request(plain, BODY), REMAINING).status());
    assertUntouched();
  }

  @Test
  void aTableThatIsThrottledOrDownMeans503AndALaterSuccess() {
    tables.failBefore(
        _ ->
            Optional.of(
                ProvisionedThroughputExceededException.builder().message("slow down").build()));
    Response throttled = receive(BODY);
    assertEquals(503, throttled.status());
    assertEquals("5", throttled.headers().get("Retry-After"));
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertEquals(503, receive(BODY).status());
    assertEquals(List.of(), handled);
    tables.works();
    assertEquals(200, receive(BODY).status());
    assertEquals(1, handled.size());
  }

  @Test
  void secretsManagerDownAtFirstUseMeansTheFunctionDoesNotStartAndLaterTheKnownSecretServes() {
    secrets.down(true);
    assertThrows(IllegalStateException.class, this::inbox);
    secrets.down(false);
    Inbox running = inbox();
    secrets.down(true);
    clock.move(Duration.ofMinutes(5));
    assertEquals(200, running.receive(request(signed(BODY), BODY), REMAINING).status());
    clock.move(Duration.ofMinutes(20));
    Response response = running.receive(request(signed(BODY), BODY), REMAINING);
    assertEquals(503, response.status(), "a secret that is too old is not trusted");
  }

  @Test
  void twoDeliveriesAtTheSameInstantActOnce() throws Exception {
    CountDownLatch acting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    agent =
        event -> {
          acting.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return new Outcome.Done(List.of(answer(event)), "did it");
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Response> first = threads.submit(() -> receive(BODY));
      acting.await();
      Response second = receive(BODY);
      goOn.countDown();
      assertEquals(503, second.status());
      assertEquals(
          "20", second.headers().get("Retry-After"), "the lease that the first one has left");
      assertEquals(200, first.get().status());
    }
    assertEquals(200, receive(BODY).status());
    assertEquals(1, handled.size());
    assertEquals(1, bus.accepted().size());
  }

  @Test
  void anAgentThatFailsGivesTheClaimBackAndIsCalledAgain() {
    agent =
        _ -> {
          throw new IllegalStateException("SES is down");
        };
    Response failed = receive(BODY);
    assertEquals(500, failed.status());
    assertFalse(
        new String(failed.body(), UTF_8).contains("SES"), "what went wrong inside is for the log");
    assertTrue(lastLog().contains("SES is down"), lastLog());
    assertTrue(
        lastLog()
            .contains(
                "\"stack_trace\":\"java.lang.IllegalStateException: SES is down\\n"
                    + "\\tat agentpost.webhook.InboxTest."),
        lastLog());
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    assertEquals(200, receive(BODY).status());
    assertEquals(2, handled.size());
  }

  private static int there(int depth) {
    return backAgain(depth + 1) + 1;
  }

  private static int backAgain(int depth) {
    return there(depth + 1) + 1;
  }

  @Test
  void anAgentThatRunsOutOfStackOrLacksAClassFailsAsOneThatThrows() {
    for (Agent broken :
        List.<Agent>of(
            _ -> new Outcome.Retry(Duration.ofSeconds(there(0)), "never"),
            _ -> {
              throw new NoClassDefFoundError("com/example/Gone");
            })) {
      agent = broken;
      assertEquals(500, receive(BODY).status());
      assertTrue(lastLog().contains("\"stack_trace\":\"java.lang."), lastLog());
    }
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    assertEquals(200, receive(BODY).status(), "the claim was given back");
  }

  @Test
  void whatAnAgentPublishesIsHeldToItsSchemaBeforeAnyOfItIsOnTheBus() {
    AgentName name = new AgentName("welcome-agent");
    ObjectNode wrong =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", "no address")
            .put("template", "welcome")
            .put("message_id", "m-1");
    agent =
        event ->
            new Outcome.Done(
                List.of(answer(event), event.answer(name, "email.sent", wrong, clock.instant())),
                "did it");
    assertEquals(500, receive(BODY).status());
    assertEquals(List.of(), bus.calls(), "the event that is valid waits for the other");
    assertTrue(
        lastLog().contains("email.sent is not valid: /data/to: must be a valid email"), lastLog());
    assertFalse(lastLog().contains("no address"), "a value may be personal");
    agent =
        event ->
            new Outcome.Done(
                List.of(event.answer(name, "email.snet", wrong, clock.instant())), "did it");
    assertEquals(500, receive(BODY).status());
    assertTrue(lastLog().contains("There is no schema for event_type 'email.snet'"), lastLog());
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    assertEquals(200, receive(BODY).status(), "mended and deployed, the agent takes it");
  }

  @Test
  void anAgentMayAskForAnotherAttemptOrRefuse() {
    agent = _ -> new Outcome.Retry(Duration.ofSeconds(40), "the CRM is in maintenance");
    Response later = receive(BODY);
    assertEquals(503, later.status());
    assertEquals("40", later.headers().get("Retry-After"));
    agent = _ -> new Outcome.Refused("this user is blocked");
    assertEquals(422, receive(BODY).status());
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    assertEquals(200, receive(BODY).status(), "a refusal is no claim: a redrive may succeed");
  }

  @Test
  void whatCannotBePublishedIsPublishedByTheNextAttemptUnderTheSameId() {
    bus.failNext(Set.of(0)).failNext(Set.of(0)).failNext(Set.of(0)).failNext(Set.of(0));
    assertEquals(503, receive(BODY).status());
    assertEquals(200, receive(BODY).status());
    assertEquals(2, handled.size());
    assertEquals(1, bus.accepted().size());
    String tried = bus.calls().getFirst().getFirst().detail();
    assertEquals(idOf(tried), idOf(bus.accepted().getFirst().detail()));
  }

  /** An error is what the inbox sees of a function that is stopped: nothing after it runs. */
  @Test
  void aCrashWhileActingLosesNothing() {
    agent =
        _ -> {
          throw new AssertionError("the function was stopped");
        };
    assertThrows(AssertionError.class, () -> receive(BODY));
    assertEquals(List.of(), bus.accepted());
    takenOverAfterTheLease();
    assertEquals(1, bus.accepted().size());
  }

  @Test
  void aCrashBeforePublishingLosesNothing() {
    Publisher works = publisher;
    publisher =
        _ -> {
          throw new AssertionError("the function was stopped");
        };
    assertThrows(AssertionError.class, () -> receive(BODY));
    publisher = works;
    takenOverAfterTheLease();
    assertEquals(1, bus.accepted().size());
  }

  @Test
  void aCrashAfterPublishingPublishesTheSameEventAgain() {
    tables.failBefore(
        method ->
            method.equals("updateItem")
                ? Optional.of(SdkClientException.create("cut off"))
                : Optional.empty());
    assertEquals(503, receive(BODY).status());
    tables.works();
    takenOverAfterTheLease();
    List<String> ids = bus.accepted().stream().map(entry -> idOf(entry.detail())).toList();
    assertEquals(2, ids.size());
    assertEquals(ids.getFirst(), ids.getLast(), "who has seen one has seen both");
  }

  private void takenOverAfterTheLease() {
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    Response early = receive(BODY);
    assertEquals(503, early.status(), "while the lease runs, nobody else acts");
    clock.move(LEASE.plusMillis(1));
    assertEquals(200, receive(BODY).status(), lastLog());
    assertEquals(2, handled.size());
    assertEquals(200, receive(BODY).status());
    assertEquals(2, handled.size());
  }

  private static String idOf(String detail) {
    try {
      return new JsonMapper().readTree(detail).path("event_id").asText();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyAttemptLeavesOneLineAndNoSecretInIt() {
    receive(BODY);
    receive("{}".getBytes(UTF_8));
    inbox().receive(request(Map.of(), BODY), REMAINING);
    assertEquals(3, log.size());
    for (String line : log) {
      assertFalse(line.contains(SECRET.substring(6)), line);
      assertFalse(line.contains("ada@example.com"), line);
      assertInstanceOf(ObjectNode.class, parsed(line));
    }
    assertTrue(log.getFirst().contains("\"correlation_id\":\"corr-9876\""), log.getFirst());
  }

  private static JsonNode parsed(String line) {
    try {
      return new JsonMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }

  @Test
  void aRehearsalLeavesNothingBehind() {
    inbox().rehearse();
    assertEquals(0, tables.client().scan(scan -> scan.tableName(LocalTables.CLAIMS)).count());
    assertEquals(List.of(), handled);
    assertEquals(List.of(), log);
  }

  @Test
  void aRehearsalWithoutATableIsNoReasonNotToStart() {
    tables.failBefore(
        _ -> Optional.of(ProvisionedThroughputExceededException.builder().message("busy").build()));
    inbox().rehearse();
  }

  /** What an agent remembers may be as large as its event; it will not be smaller tomorrow. */
  @Test
  void whatAnAgentCannotRememberForItsSizeIsRefusedWithTheLimit() {
    agent =
        event -> {
          new DynamoAgentMemory(
                  tables.client(), LocalTables.AGENT_STATE, new AgentName("welcome-agent"), clock)
              .update("k", _ -> event.data().objectNode().put("much", "x".repeat(450_000)));
          return new Outcome.Done(List.of(), "never");
        };
    Response response = receive(BODY);
    assertEquals(422, response.status());
    assertThat(new String(response.body(), UTF_8))
        .contains("DynamoDB keeps no item of more than 400 KB");
    assertFalse(response.headers().containsKey("Retry-After"));
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    assertEquals(200, receive(BODY).status(), "the claim was given back");
  }

  @Test
  void anAnswerThatEventBridgeTakesNoneOfIsRefusedAndNothingOfItIsPublished() {
    agent =
        event -> {
          Event small = answer(event);
          Event large =
              event.answer(
                  new AgentName("welcome-agent"),
                  "trial.ending",
                  event
                      .data()
                      .objectNode()
                      .put("user_id", "u")
                      .put("plan", "p")
                      .put("ends_at", "2026-04-14T10:30:00Z")
                      .put("more", "x".repeat(1024 * 1024)),
                  clock.instant());
          return new Outcome.Done(List.of(small, large), "too much");
        };
    Response response = receive(BODY);
    assertEquals(422, response.status(), lastLog());
    assertThat(new String(response.body(), UTF_8)).contains("EventBridge takes less than 1 MB");
    assertEquals(List.of(), bus.calls());
  }
}
