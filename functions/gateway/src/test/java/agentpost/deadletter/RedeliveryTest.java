package agentpost.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.deadletter.Redelivery.EditedEvent;
import agentpost.deadletter.Redelivery.Outcome;
import agentpost.deadletter.Report.StopReason;
import agentpost.http.Response;
import agentpost.testing.MovableClock;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RedeliveryTest {
  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final Letters letters = new Letters(clock, new Steps());
  private final OneAgent agent = new OneAgent(clock);

  private Redelivery redelivery() {
    return new Redelivery(
        _ -> new DeadLetterQueue(letters, "https://sqs/agentpost-crm-sync-dlq"), agent.delivery());
  }

  private Redelivery.Report run(EditedEvent... events) {
    return redelivery().run(OneAgent.NAME, List.of(events), () -> true);
  }

  private static EditedEvent mended(String eventId, String messageId) {
    return new EditedEvent(
        "{\"event_id\":\"" + eventId + "\",\"data\":{\"price\":2.20}}",
        Optional.of(messageId).filter(id -> !id.isEmpty()));
  }

  @Test
  void whatIsInTheFileIsDeliveredAndItsLetterIsGone() {
    letters.add("event-1");
    letters.add("event-2");
    Redelivery.Report report = run(mended("event-1", "message-1"));
    assertThat(report.outcomes())
        .containsExactly(new Outcome.Delivered(false, "its letter is removed"));
    assertThat(report.stopReason()).isEqualTo(StopReason.COMPLETED);
    assertThat(new String(agent.asked.getFirst().body(), UTF_8))
        .isEqualTo("{\"event_id\":\"event-1\",\"data\":{\"price\":2.20}}");
    assertThat(letters.visible()).as("given back at once").containsExactly("event-2");
    assertThat(letters.all()).containsExactly("event-2");
  }

  @Test
  void beforeTheAgentIsAskedTheLetterIsInHandAndStillThere() {
    letters.add("event-1");
    List<String> visible = new ArrayList<>();
    List<String> there = new ArrayList<>();
    agent.answers =
        _ -> {
          visible.addAll(letters.visible());
          there.addAll(letters.all());
          return Response.json(200, "{}");
        };
    run(mended("event-1", "message-1"));
    assertThat(visible).as("no redrive delivers it as it was meanwhile").isEmpty();
    assertThat(there).containsExactly("event-1");
  }

  @Test
  void aRefusalLeavesTheLetter() {
    letters.add("event-1");
    agent.answers = _ -> Response.json(422, "{\"detail\":\"still wrong\"}");
    assertThat(run(mended("event-1", "message-1")).outcomes())
        .containsExactly(new Outcome.Refused(422, "{\"detail\":\"still wrong\"}"));
    assertThat(letters.visible()).containsExactly("event-1");
  }

  @Test
  void anEventThatTheAgentHasActedOnIsSaidToBe() {
    letters.add("event-1");
    agent.answers = _ -> Response.json(200, "{\"status\":\"already done\"}");
    assertThat(run(mended("event-1", "message-1")).outcomes())
        .containsExactly(new Outcome.Delivered(true, "its letter is removed"));
    assertThat(letters.all()).isEmpty();
  }

  @Test
  void anEventFromNoLetterIsDeliveredAndNoQueueIsLookedThrough() {
    letters.add("event-1");
    assertThat(run(mended("event-9", "")).outcomes())
        .containsExactly(new Outcome.Delivered(false, ""));
    assertThat(letters.visible()).containsExactly("event-1");
  }

  @Test
  void aLetterThatIsGoneIsSaidToBe() {
    assertThat(run(mended("event-1", "message-77")).outcomes())
        .containsExactly(
            new Outcome.Delivered(
                false, "its letter was not found; it is gone, or in other hands for now"));
  }

  @Test
  void aLetterFarBehindIsFound() {
    IntStream.range(0, 450).forEach(i -> letters.add("event-" + i));
    run(mended("event-449", "message-450"));
    assertThat(letters.visible()).hasSize(449).doesNotContain("event-449");
  }

  @Test
  void whatHasNoTimeLeftIsNotTried() {
    IntStream.range(0, 3).forEach(i -> letters.add("event-" + i));
    Redelivery.Report report =
        redelivery()
            .run(
                OneAgent.NAME,
                List.of(mended("event-0", ""), mended("event-1", ""), mended("event-2", "")),
                () -> agent.asked.size() < 2);
    assertThat(report.outcomes()).hasSize(2);
    assertThat(report.stopReason()).isEqualTo(StopReason.OUT_OF_TIME);
  }

  @Test
  void anAgentThatIsDownIsNotAskedOnAndOn() {
    agent.answers =
        _ -> {
          throw new IOException("connection refused");
        };
    Redelivery.Report report =
        run(
            IntStream.range(0, 9)
                .mapToObj(i -> mended("event-" + i, ""))
                .toArray(EditedEvent[]::new));
    assertThat(report.outcomes()).hasSize(5).allMatch(Outcome.Refused.class::isInstance);
    assertThat(report.stopReason()).isEqualTo(StopReason.AGENT_FAILING);
  }

  @Test
  void whileSecretsCannotBeReadNothingIsDeliveredAndNothingLost() {
    letters.add("event-1");
    agent.secrets.down(true);
    assertThat(run(mended("event-1", "message-1")).outcomes())
        .singleElement()
        .isInstanceOf(Outcome.NotAttempted.class);
    assertThat(letters.visible()).containsExactly("event-1");
  }
}
