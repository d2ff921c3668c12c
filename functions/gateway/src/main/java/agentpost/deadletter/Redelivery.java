package agentpost.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.deadletter.Report.StopReason;
import agentpost.delivery.DeliveryAttempt;
import agentpost.delivery.SignedDelivery;
import agentpost.http.Response;
import agentpost.schemas.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Delivers events that someone has mended to one agent, as the relay delivers, and removes the
 * letters that they come from. The letters are in hand before anything is delivered, so that no
 * redrive delivers them as they were in the meantime; one goes after the agent's 2xx, never before.
 */
public final class Redelivery {
  private static final int PAGE_SIZE = 200;
  private static final int MAX_CONSECUTIVE_FAILURES = 5;

  /**
   * @param envelope what the agent is sent, as it is
   * @param messageId of the letter it comes from, if from one
   */
  public record EditedEvent(String envelope, Optional<String> messageId) {}

  /** What became of one event. */
  public sealed interface Outcome {
    /**
     * The agent took it.
     *
     * @param wasDone the agent had acted on this event id before, so that what was changed had no
     *     effect
     * @param letter what became of the letter, for people; empty if it came from none
     */
    record Delivered(boolean wasDone, String letter) implements Outcome {}

    record Refused(int status, String reason) implements Outcome {}

    /** The agent was not asked. */
    record NotAttempted(String reason) implements Outcome {}
  }

  /**
   * @param outcomes of the first events, in their order; there are fewer than events if it stopped
   *     before the end
   */
  public record Report(List<Outcome> outcomes, StopReason stopReason) {}

  private final Function<AgentName, DeadLetterQueue> queues;
  private final SignedDelivery delivery;

  public Redelivery(Function<AgentName, DeadLetterQueue> queues, SignedDelivery delivery) {
    this.queues = queues;
    this.delivery = delivery;
  }

  /**
   * @param hasTime whether there is time for one more event
   */
  public Report run(AgentName agent, List<EditedEvent> events, BooleanSupplier hasTime) {
    DeadLetterQueue queue = queues.apply(agent);
    List<Outcome> outcomes = new ArrayList<>();
    try (QueueBrowser look = queue.look()) {
      Map<String, DeadLetter> letters = letters(look, events, hasTime);
      int failures = 0;
      for (EditedEvent event : events) {
        if (!hasTime.getAsBoolean()) {
          return new Report(outcomes, StopReason.OUT_OF_TIME);
        }
        Outcome outcome = deliver(queue, agent, event, letters);
        outcomes.add(outcome);
        failures =
            outcome instanceof Outcome.Refused(var status, _) && !TransientFailure.isRefusal(status)
                ? failures + 1
                : 0;
        if (failures >= MAX_CONSECUTIVE_FAILURES) {
          return new Report(outcomes, StopReason.AGENT_FAILING);
        }
      }
      return new Report(outcomes, StopReason.COMPLETED);
    }
  }

  /** Looks no further than it must. */
  private static Map<String, DeadLetter> letters(
      QueueBrowser look, List<EditedEvent> events, BooleanSupplier hasTime) {
    Set<String> missing = new HashSet<>();
    events.forEach(event -> event.messageId().ifPresent(missing::add));
    Map<String, DeadLetter> letters = new HashMap<>();
    while (!missing.isEmpty() && hasTime.getAsBoolean()) {
      List<DeadLetter> page = look.page(PAGE_SIZE);
      if (page.isEmpty()) {
        break;
      }
      page.stream()
          .filter(letter -> missing.remove(letter.messageId()))
          .forEach(letter -> letters.put(letter.messageId(), letter));
    }
    return letters;
  }

  private Outcome deliver(
      DeadLetterQueue queue, AgentName agent, EditedEvent event, Map<String, DeadLetter> letters) {
    DeliveryAttempt attempt = delivery.deliver(agent, event.envelope().getBytes(UTF_8));
    if (!attempt.isTaken()) {
      String notAsked = Redrive.reasonNotAsked(attempt.outcome(), agent);
      return notAsked.isEmpty()
          ? new Outcome.Refused(
              attempt.toRetriable().status(), Redrive.excerpt(attempt.toRetriable()))
          : new Outcome.NotAttempted(notAsked);
    }
    return new Outcome.Delivered(
        wasDone(attempt.response()),
        event
            .messageId()
            .map(id -> removeLetter(queue, Optional.ofNullable(letters.get(id))))
            .orElse(""));
  }

  private static String removeLetter(DeadLetterQueue queue, Optional<DeadLetter> letter) {
    if (letter.isEmpty()) {
      return "its letter was not found; it is gone, or in other hands for now";
    }
    try {
      queue.delete(letter.get());
      return "its letter is removed";
    } catch (SdkException e) {
      return "its letter could not be removed (" + e.getClass().getSimpleName() + ")";
    }
  }

  /** As hosted agents' inboxes say it. An external agent may say what it likes. */
  private static boolean wasDone(Response response) {
    return Json.parse(response.body()) instanceof Json.Parsed.Read(var answer)
        && answer.path("status").asText().equals("already done");
  }
}
