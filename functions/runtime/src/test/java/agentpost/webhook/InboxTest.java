package agentpost.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.http.Response;
import agentpost.publish.HopLimit;
import agentpost.testing.LocalTables;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

class InboxTest extends InboxTestBed {
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

  private static byte[] cameThrough(int hops) {
    return EXAMPLE.replace("\"corr-9876\"", "\"corr-9876\",\"hops\":" + hops).getBytes(UTF_8);
  }

  @Test
  void anAnswerIsOneHopFurtherHoweverTheAgentMadeIt() {
    assertEquals(200, receive(BODY).status(), lastLog());
    assertTrue(bus.accepted().getFirst().detail().contains("\"hops\":1"));
    agent = event -> new Outcome.Done(List.of(answer(event).withHops(0)), "did it");
    byte[] later =
        new String(cameThrough(4), UTF_8).replace("uuid-1234-abcd", "uuid-2").getBytes(UTF_8);
    assertEquals(200, receive(later).status(), lastLog());
    assertTrue(bus.accepted().get(1).detail().contains("\"hops\":5"));
  }

  @Test
  void aLoopEndsAtTheHopLimitWithADeadLetterAndAMetric() {
    publisher = new HopLimit(publisher, "agentpost", clock, log::add);
    Response response = receive(cameThrough(HopLimit.MAX_HOPS));
    assertEquals(422, response.status());
    assertEquals(List.of(), bus.calls());
    assertTrue(
        new String(response.body(), UTF_8)
            .contains("email.sent would be hop 17 from the first event, and at most 16"));
    assertTrue(
        log.stream()
            .anyMatch(
                line ->
                    line.contains("\"HopLimitReached\":1")
                        && line.contains("\"Agent\":\"welcome-agent\"")
                        && line.contains("\"Bus\":\"agentpost\"")),
        log::toString);
  }

  @Test
  void theLastHopIsPublishedAndWhoAnswersNothingIsNotLimited() {
    publisher = new HopLimit(publisher, "agentpost", clock, log::add);
    assertEquals(200, receive(cameThrough(HopLimit.MAX_HOPS - 1)).status(), lastLog());
    agent = _ -> new Outcome.Done(List.of(), "heard it");
    byte[] other =
        new String(cameThrough(99), UTF_8).replace("uuid-1234-abcd", "uuid-2").getBytes(UTF_8);
    assertEquals(200, receive(other).status(), lastLog());
  }

  @Test
  void whateverASenderCountedTheAnswerCanBeCounted() {
    publisher = new HopLimit(publisher, "agentpost", clock, log::add);
    assertEquals(422, receive(cameThrough(1_000_000)).status(), lastLog());
    assertEquals(1, handled.size());
  }

  @Test
  void hopsThatAreNoNumberAreRefused() {
    assertEquals(
        422,
        receive(EXAMPLE.replace("\"corr-9876\"", "\"corr-9876\",\"hops\":\"many\"").getBytes(UTF_8))
            .status());
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
}
