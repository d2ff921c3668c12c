package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

class DeadLetterTest {
  private static final String BODY =
      """
      {"version":"0","id":"bus-1","detail-type":"user.signed_up","source":"s","detail":%s,"resources":[]}\
      """;

  private static Message message(String body, Map<String, String> attributes) {
    Map<String, MessageAttributeValue> all = new TreeMap<>();
    attributes.forEach(
        (name, value) ->
            all.put(
                name,
                MessageAttributeValue.builder().dataType("String").stringValue(value).build()));
    return Message.builder()
        .messageId("message-1")
        .receiptHandle("receipt-1")
        .body(body)
        .messageAttributes(all)
        .attributes(
            Map.of(
                MessageSystemAttributeName.SENT_TIMESTAMP,
                "1774953000000",
                MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                "3"))
        .build();
  }

  private static DeadLetter letter(String body) {
    return DeadLetter.of(message(body, Map.of()));
  }

  @Test
  void hasAllThatEventBridgeWrites() {
    Map<String, String> attributes =
        Map.of(
            "ERROR_CODE", "ERROR_FROM_TARGET",
            "ERROR_MESSAGE", "The endpoint answered 422: {\"detail\":\"no such customer\"}",
            "RETRY_ATTEMPTS", "185",
            "EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts");
    String body = BODY.formatted("{\"event_id\":\"event-1\"}");
    DeadLetter letter = DeadLetter.of(message(body, attributes));
    assertThat(letter.messageId()).isEqualTo("message-1");
    assertThat(letter.receipt()).isEqualTo("receipt-1");
    assertThat(letter.eventId()).isEqualTo("event-1");
    assertThat(letter.eventType()).isEqualTo("user.signed_up");
    assertThat(letter.body()).isEqualTo(body);
    assertThat(letter.envelope()).contains("{\"event_id\":\"event-1\"}");
    assertThat(letter.code()).isEqualTo("ERROR_FROM_TARGET");
    assertThat(letter.attempts()).isEqualTo(185);
    assertThat(letter.exhausted()).contains("MaximumRetryAttempts");
    assertThat(letter.sentAt()).isEqualTo(Instant.parse("2026-03-31T10:30:00Z"));
    assertThat(letter.receiveCount()).isEqualTo(3);
    assertThat(letter.lastAnswer().status()).hasValue(422);
    assertThat(letter.lastAnswer().problem()).contains("no such customer");
  }

  /** A number keeps its digits, text its escapes, objects their order and their spaces. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event_id\":\"e\",\"data\":{\"price\":1.10,\"big\":12345678901234567890123,\"small\":1e-7,\"text\":\"\\u00e9"
            + " } \\\"detail\\\"\"}}",
        "{ \"event_id\" : \"e\" ,\n \"b\":[ ] , \"a\":{ } }",
        "{\"event_id\":\"ä€\\uD83D\\uDE00😀\"}",
        "{}"
      })
  void theEnvelopeIsWhatTheProducerPut(String detail) {
    assertThat(letter(BODY.formatted(detail)).envelope()).contains(detail);
    assertThat(letter("{\"a\":{\"detail\":{\"x\":1}},\"detail\":" + detail + "}").envelope())
        .as("not one further in")
        .contains(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "{\"detail\":\"text\"}",
        "{\"detail-type\":\"t\"}",
        "{\"detail\":{\"cut\":"
      })
  void whatIsNoEventHasNoEnvelopeAndCanBeLookedAtAllTheSame(String body) {
    DeadLetter letter = letter(body);
    assertThat(letter.envelope()).isEmpty();
    assertThat(letter.body()).isEqualTo(body);
    assertThat(letter.eventId()).isEmpty();
  }

  @Test
  void whatIsMissingIsEmpty() {
    DeadLetter letter = letter(BODY.formatted("{}"));
    assertThat(letter.eventId()).as("the bus's, if the producer gave none").isEqualTo("bus-1");
    assertThat(letter.code()).isEqualTo("UNKNOWN");
    assertThat(letter.message()).isEmpty();
    assertThat(letter.attempts()).isZero();
    assertThat(letter.exhausted()).isEmpty();
    assertThat(letter.lastAnswer().status()).isEmpty();
  }

  @Test
  void attemptsThatAreNoNumberAreNone() {
    assertThat(DeadLetter.of(message("{}", Map.of("RETRY_ATTEMPTS", "many"))).attempts()).isZero();
  }
}
