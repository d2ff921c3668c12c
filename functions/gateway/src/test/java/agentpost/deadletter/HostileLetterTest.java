package agentpost.deadletter;

import static agentpost.hostile.FuzzInputs.assertReadsWithoutGoingBack;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.hostile.FuzzInputs;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Whatever lies in the queue can be looked at. */
class HostileLetterTest {
  private static DeadLetter letter(String body, String code, String message, String number) {
    return DeadLetter.of(
        Message.builder()
            .messageId("m-1")
            .receiptHandle("r-1")
            .body(body)
            .messageAttributes(
                Map.of(
                    "ERROR_CODE",
                    text(code),
                    "ERROR_MESSAGE",
                    text(message),
                    "RETRY_ATTEMPTS",
                    text(number),
                    "EXHAUSTED_RETRY_CONDITION",
                    text(number)))
            .attributes(
                Map.of(
                    MessageSystemAttributeName.SENT_TIMESTAMP,
                    number,
                    MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                    number))
            .build());
  }

  private static MessageAttributeValue text(String value) {
    return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
  }

  @Property
  void everyMessageIsALetter(
      @ForAll(supplier = FuzzInputs.Json.class) String body,
      @ForAll(supplier = FuzzInputs.Texts.class) String message,
      @ForAll(supplier = FuzzInputs.Texts.class) String number) {
    DeadLetter letter = letter(body, "ERROR_FROM_TARGET", message, number);
    assertThat(letter.lastAnswer()).isNotNull();
    letter.envelope().ifPresent(envelope -> assertThat(body).contains(envelope));
    assertThat(letter("{\"detail\":" + body + "}", message, body, number).lastAnswer()).isNotNull();
  }

  @Property
  void everyLineAboutALetterCanBeMatched(
      @ForAll(supplier = FuzzInputs.Texts.class) String message) {
    LastAnswer answer = LastAnswer.of("ERROR_FROM_TARGET", message);
    answer.status().ifPresent(status -> assertThat(status).isBetween(300, 599));
    answer
        .problem()
        .ifPresent(
            problem -> assertThat(problem.length()).isLessThanOrEqualTo(message.length() + 1));
  }

  /** What is shown and what is judged by is one reading. */
  @Property
  void aLetterPassesIfAndOnlyIfTheStatusThatIsShownDoes(
      @ForAll(supplier = FuzzInputs.Texts.class) String before,
      @ForAll("statuses") int status,
      @ForAll("words") String word,
      @ForAll("statuses") int inBody) {
    for (String message :
        List.of(
            before,
            before + word + status,
            before + word + status + " {\"status\":" + inBody + "}",
            "{\"status\":" + inBody + "}" + before)) {
      DeadLetter letter =
          letter("{\"detail\":{}}", "ERROR_FROM_TARGET", message, "MaximumRetryAttempts");
      LastAnswer shown = letter.lastAnswer();
      assertThat(TransientFailure.is(letter))
          .as(message)
          .isEqualTo(
              shown.status().isEmpty() || !TransientFailure.isRefusal(shown.status().getAsInt()));
    }
  }

  @Provide
  Arbitrary<Integer> statuses() {
    return Arbitraries.integers().between(300, 599);
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.of(
        "", " answered ", " returned ", " status code ", " HTTP/1.1 ", "Status: ");
  }

  @Test
  void lettersAreReadWithoutGoingBack() {
    assertReadsWithoutGoingBack("", "", text -> LastAnswer.of("ERROR_FROM_TARGET", text));
    assertReadsWithoutGoingBack(
        "The endpoint answered 500", "", text -> LastAnswer.of("ERROR_FROM_TARGET", text));
    assertReadsWithoutGoingBack(
        "The endpoint answered: {\"detail\":\"",
        "\"",
        text -> LastAnswer.of("ERROR_FROM_TARGET", text));
    assertReadsWithoutGoingBack("{", "", text -> LastAnswer.of("ERROR_FROM_TARGET", text));
    assertReadsWithoutGoingBack("", "", text -> letter(text, text, text, text));
    assertReadsWithoutGoingBack(
        "{\"detail\":{\"event_id\":\"", "\"}}", text -> letter(text, text, text, text));
  }
}
