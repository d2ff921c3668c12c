package agentpost.cli.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.cli.terminal.CommandFailure;
import agentpost.deadletter.DeadLetter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterFileTest {
  private static final String ENVELOPE =
      "{\"event_id\":\"event-1\",\"data\":{\"price\":1.10,\"big\":12345678901234567890123,\"small\":1e-7,\"text\":\"\\u00e9"
          + " }\",\"none\":null,\"list\":[1,[]]}}";

  private static DeadLetter letter(String id, Optional<String> envelope) {
    return new DeadLetter(
        id,
        "receipt",
        "event-1",
        "user.signed_up",
        "the body",
        envelope,
        "ERROR_FROM_TARGET",
        "The endpoint answered 422: {\"detail\":\"no\"}",
        0,
        Optional.empty(),
        Instant.EPOCH,
        1);
  }

  private static List<DeadLetterFile.Entry> read(String text) {
    return DeadLetterFile.read("f", text);
  }

  @Test
  void whatIsWrittenIsReadAgainToTheDigit() {
    String file =
        DeadLetterFile.text(letter("message-1", Optional.of(ENVELOPE)))
            + DeadLetterFile.text(letter("message-2", Optional.of("{\"event_id\":\"event-2\"}")));
    List<DeadLetterFile.Entry> entries = read(file);
    assertThat(entries).hasSize(2);
    assertThat(entries.getFirst().messageId()).contains("message-1");
    assertThat(entries.getFirst().envelope()).isEqualTo(ENVELOPE.replace("\\u00e9", "é"));
    assertThat(entries.getLast().messageId()).contains("message-2");
    assertThat(entries.getLast().line())
        .isEqualTo(
            (int) DeadLetterFile.text(letter("message-1", Optional.of(ENVELOPE))).lines().count()
                + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "true", "{}", "[]", "\"\"", "\" \""})
  void aMessageIdThatIsNoneIsRefusedWithItsLine(String id) {
    assertThatThrownBy(
            () -> read("{\n\"message_id\":" + id + ",\"envelope\":{\"event_id\":\"e\"}}"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("f, line 2: message_id must be");
  }

  @Test
  void aListIsReadAsWellAsOneAfterTheOther() {
    List<DeadLetter> letters =
        List.of(
            letter("message-1", Optional.of(ENVELOPE)),
            letter("message-2", Optional.of("{\"event_id\":\"event-2\"}")));
    StringWriter list = new StringWriter();
    try (DeadLetterFile.Writer writer = new DeadLetterFile.Writer(new PrintWriter(list))) {
      letters.forEach(writer::write);
    }
    String stream = letters.stream().map(DeadLetterFile::text).collect(Collectors.joining());
    assertThat(read(list.toString()))
        .extracting(DeadLetterFile.Entry::messageId)
        .containsExactly(Optional.of("message-1"), Optional.of("message-2"));
    assertThat(read(list.toString()))
        .extracting(DeadLetterFile.Entry::envelope)
        .isEqualTo(read(stream).stream().map(DeadLetterFile.Entry::envelope).toList());
    DeadLetterFile.Entry first = read(list.toString()).getFirst();
    assertThat(list.toString().lines().skip(first.lineOf("/data/price") - 1L).findFirst())
        .hasValueSatisfying(line -> assertThat(line).contains("\"price\" : 1.10"));
  }

  @Test
  void aListOfNothingIsOneToo() {
    StringWriter list = new StringWriter();
    new DeadLetterFile.Writer(new PrintWriter(list)).close();
    assertThat(list.toString()).isEqualTo("[]\n");
    assertThat(read(list.toString())).isEmpty();
  }

  @Test
  void aLetterTellsWhyItIsThereAndIsLaidOutOverLines() {
    assertThat(DeadLetterFile.text(letter("message-1", Optional.of("{\"event_id\":\"event-1\"}"))))
        .isEqualTo(
            """
            {
              "message_id" : "message-1",
              "event_id" : "event-1",
              "event_type" : "user.signed_up",
              "sent_at" : "1970-01-01T00:00:00Z",
              "attempts" : 1,
              "receive_count" : 1,
              "reason" : "ERROR_FROM_TARGET",
              "message" : "The endpoint answered 422: {\\"detail\\":\\"no\\"}",
              "status" : 422,
              "problem" : "no",
              "envelope" : {
                "event_id" : "event-1"
              }
            }
            """);
  }

  @Test
  void aMessageThatIsNoEventKeepsItsBodyAndIsNoneToRedeliver() {
    String text = DeadLetterFile.text(letter("message-1", Optional.empty()));
    assertThat(text).contains("\"body\" : \"the body\"");
    assertThatThrownBy(() -> read(text))
        .hasMessage(
            "f, line 1: there is no envelope; a message that is not an event cannot be"
                + " redelivered");
  }

  /** As jq -c writes them, and as put takes them. */
  @Test
  void lettersMayStandOnOneLineAndEnvelopesAlone() {
    List<DeadLetterFile.Entry> entries =
        read(
            "{\"envelope\":{\"event_id\":\"a\"},\"message_id\":\"m\"}\n"
                + "{\"event_id\":\"b\",\"data\":{\"envelope\":{}}}  ");
    assertThat(entries)
        .extracting(DeadLetterFile.Entry::envelope)
        .containsExactly("{\"event_id\":\"a\"}", "{\"event_id\":\"b\",\"data\":{\"envelope\":{}}}");
    assertThat(entries)
        .extracting(DeadLetterFile.Entry::messageId)
        .containsExactly(Optional.of("m"), Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "/data/plan,5",
    "/data/plan/0,5",
    "/data/missing,4",
    "/event_id,3",
    "/nothing,2",
    "'',2"
  })
  void aPlaceInTheEnvelopeHasItsLine(String pointer, int line) {
    String file =
        "{\"message_id\":\"m\",\n\"envelope\":{\n\"event_id\":\"a\",\n\"data\":{\n\"plan\":[1]}}}";
    assertThat(read(file).getFirst().lineOf(pointer)).isEqualTo(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "7|f, line 1: an object is expected",
        "[7]|f, line 1: an object is expected",
        "[[{\"event_id\":\"a\"}]]|f, line 1: an object is expected",
        "[{\"envelope\":{\"a\":1}}|f, line 1: this is not JSON: Unexpected end-of-input",
        "{\"envelope\":[]}|f, line 1: there is no envelope",
        "{\"envelope\":{\"a\":1,\"a\":2}}|f, line 1: this is not JSON: Duplicate field 'a'",
        "{\"envelope\":{}|f, line 1: this is not JSON: Unexpected end-of-input",
      })
  void whatIsNoFileOfLettersIsRefusedByItsLine(String text, String why) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(why);
  }
}
