package agentpost.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * A dead letter as EventBridge writes it: the whole event, and in attributes why it was given up
 * (EventBridge user guide, "Using dead-letter queues"); or as Scheduler does (its user guide,
 * "Configuring a schedule's dead-letter queue"). What is missing is empty: whatever lies in the
 * queue can be looked at.
 *
 * @param messageId the queue's own id of it, which stays the same while it is in the queue
 * @param receipt of this receive; with it the letter is given back or deleted
 * @param eventId the envelope's {@code event_id}, or the bus's id if it has none
 * @param eventType the {@code detail-type}
 * @param body the whole message, whatever it is
 * @param envelope the text of {@code $.detail}, as it stands in the letter; what an agent is sent.
 *     Nothing if the body is no event
 * @param code one of EventBridge's, such as {@code ERROR_FROM_TARGET} or {@code TIMEOUT}; {@code
 *     UNKNOWN} if there is none
 * @param message what EventBridge says of the last attempt, the agent's own words among it if it
 *     had any
 * @param attempts retries after the first attempt
 * @param exhausted which limit ran out, if retries did
 * @param sentAt when EventBridge gave up
 * @param receiveCount how often it was received, lookers-on included
 */
public record DeadLetter(
    String messageId,
    String receipt,
    String eventId,
    String eventType,
    String body,
    Optional<String> envelope,
    String code,
    String message,
    int attempts,
    Optional<String> exhausted,
    Instant sentAt,
    int receiveCount) {
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * The order in which EventBridge gave letters up. Two of the same millisecond are told apart by
   * the queue's id, which stays.
   */
  public record Age(Instant sentAt, String messageId) implements Comparable<Age> {
    private static final Comparator<Age> OLDEST_FIRST =
        Comparator.comparing(Age::sentAt).thenComparing(Age::messageId);

    @Override
    public int compareTo(Age other) {
      return OLDEST_FIRST.compare(this, other);
    }
  }

  public Age age() {
    return new Age(sentAt, messageId);
  }

  static DeadLetter of(Message received) {
    Map<String, MessageAttributeValue> attributes = received.messageAttributes();
    JsonNode event = json(received.body());
    // Scheduler writes what it asked for: PutEvents, for a reminder.
    JsonNode planned = event.path("Entries").path(0);
    String envelopeId =
        text(
            (planned.isObject() ? json(text(planned.path("Detail"))) : event.path("detail"))
                .path("event_id"));
    return new DeadLetter(
        received.messageId(),
        received.receiptHandle(),
        envelopeId.isEmpty() ? text(event.path("id")) : envelopeId,
        text(planned.isObject() ? planned.path("DetailType") : event.path("detail-type")),
        received.body(),
        event.path("detail").isObject() ? detail(received.body()) : Optional.empty(),
        text(attributes, "ERROR_CODE").orElse("UNKNOWN"),
        text(attributes, "ERROR_MESSAGE").orElse(""),
        (int) number(text(attributes, "RETRY_ATTEMPTS").orElse("0")),
        text(attributes, "EXHAUSTED_RETRY_CONDITION"),
        Instant.ofEpochMilli(
            number(
                received
                    .attributes()
                    .getOrDefault(MessageSystemAttributeName.SENT_TIMESTAMP, "0"))),
        (int)
            number(
                received
                    .attributes()
                    .getOrDefault(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "0")));
  }

  /** What the agent said last, as far as {@link #message} tells. */
  public LastAnswer lastAnswer() {
    return LastAnswer.of(code, message);
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      // Someone else's message: it is shown by what its attributes say.
      return MissingNode.getInstance();
    }
  }

  /**
   * Cut out and not written anew: a number keeps its digits, so that the agent gets what the
   * producer put.
   */
  private static Optional<String> detail(String body) {
    try (JsonParser parser = new JsonFactory().createParser(body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isDetail = parser.currentName().equals("detail");
        parser.nextToken();
        int from = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        if (isDetail) {
          return Optional.of(body.substring(from, (int) parser.currentLocation().getCharOffset()));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A number or {@code null} is no id. */
  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : "";
  }

  private static Optional<String> text(Map<String, MessageAttributeValue> attributes, String name) {
    return Optional.ofNullable(attributes.get(name)).map(MessageAttributeValue::stringValue);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
