package agentpost.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.coordination.DynamoAgentMemory;
import agentpost.event.Event;
import agentpost.http.Response;
import agentpost.publish.Publisher;
import agentpost.testing.LocalTables;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;

/** What fails behind an inbox: the event comes again, or is refused for good, and is never lost. */
class InboxFailuresTest extends InboxTestBed {
  private static final Duration LEASE = Duration.ofSeconds(20);

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
                    + "\\tat agentpost.webhook.InboxFailuresTest."),
        lastLog());
    agent = event -> new Outcome.Done(List.of(answer(event)), "did it");
    assertEquals(200, receive(BODY).status());
    assertEquals(2, handled.size());
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
