package agentpost.verification;

import agentpost.deadletter.DeadLetter;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What events are put into and delivered by, to an endpoint that answers as each is scripted. */
public interface Deliveries {
  /** Of no schema's, so no agent of a catalog hears it. */
  String EVENT_TYPE = "agentpost.verify-deployment";

  String SOURCE = "agentpost.verify-deployment";

  /** An event that was put. */
  record Sent(String id, String body) {}

  /** Puts one whose attempts are answered like that, in this order, the last answer for good. */
  Sent put(ScriptedAnswer... answers);

  /** The same once more. */
  void put(Sent event);

  List<ReceivedAttempt> attempts(Sent event);

  /** The dead letter of an event; nothing if there is none now. */
  Optional<DeadLetter> letter(Sent event);

  Patience patience();

  /** Why an event may not have come, as far as can be seen. */
  String describeAbsence(Sent event);

  static Event newEvent(Instant now) {
    String id = UUID.randomUUID().toString();
    return new Event(
        new EventId(id),
        EVENT_TYPE,
        now.truncatedTo(ChronoUnit.MILLIS),
        JsonNodeFactory.instance.objectNode().put("text", "Zürich → 東京 \u2028"),
        new Event.Metadata(SOURCE, new CorrelationId(id), Optional.empty(), 1));
  }

  /** As soon as there are so many, or those that there are when the time is up. */
  default List<ReceivedAttempt> awaitAttempts(Sent event, int count) {
    return patience()
        .await(patience().check(), () -> attempts(event), attempts -> attempts.size() >= count);
  }

  /** Those that there are when no more than so many have come for a while. */
  default List<ReceivedAttempt> awaitNoMore(Sent event, int count) {
    return patience()
        .await(patience().quiet(), () -> attempts(event), attempts -> attempts.size() > count);
  }

  /** Nothing if there is none when the time is up. */
  default Optional<DeadLetter> awaitLetter(Sent event) {
    return patience().await(patience().check(), () -> letter(event), Optional::isPresent);
  }
}
