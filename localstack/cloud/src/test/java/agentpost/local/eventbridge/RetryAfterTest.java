package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.RuleTestBed.Letter;
import agentpost.local.eventbridge.targets.RetryAfter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer's Retry-After does to the next attempt. */
class RetryAfterTest {
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private Letter letter() {
    assertThat(line.letters).hasSize(1);
    return line.letters.getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "5, PT5S",
    "007, PT7S",
    "000000000000120, PT2M",
    "00000000000000, PT0S",
    "863999999, PT239999H59M59S",
    "864000001, PT240000H",
    "999999999, PT240000H",
    "99999999999999999999, PT240000H",
    "-0, PT0S",
    "' 5 ', PT5S",
    "-,",
    "'',",
    "+5,",
    "5.0,",
    "0x5,",
    "5s,",
    "--5,"
  })
  void isSecondsUpToTenThousandDays(String value, @Nullable Duration wait) {
    assertThat(RetryAfter.read(value, RuleTestBed.START))
        .isEqualTo(Optional.ofNullable(wait).map(RetryAfter.Wait::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-007", "-999999999", "-99999999999999999999"})
  void isNeverIfItIsNegative(String value) {
    assertThat(RetryAfter.read(value, RuleTestBed.START)).contains(new RetryAfter.Never());
  }

  @Test
  void honoursARetryAfterThatIsLongerThanItsOwnWait() {
    line.endpoint.answers(503, "Retry-After: 120").answers(200);
    line.put("{}");
    line.pass(Duration.ofSeconds(119));
    assertThat(line.endpoint.received()).hasSize(1);
    line.pass(Duration.ofSeconds(1));
    assertThat(line.endpoint.received()).hasSize(2);
  }

  /**
   * To which the relay cuts an agent's wait of a day (ADR 1): that one would be the end of the
   * event.
   */
  @Test
  void aWaitOf23HoursLeavesAnotherAttemptAndOneBeyondTheEventsAgeIsItsEnd() {
    line.endpoint.answers(503, "Retry-After: 82800").answers(200);
    line.put("{}");
    line.pass(Duration.ofHours(23));
    assertThat(line.endpoint.received()).hasSize(2);
    assertThat(line.letters).isEmpty();
    line.endpoint.answers(503, "Retry-After: 86401");
    line.put("{}");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.attributes())
                    .containsEntry("EXHAUSTED_RETRY_CONDITION", "MaximumEventAgeInSeconds"));
  }

  @Test
  void honoursARetryAfterThatIsADate() {
    line.endpoint
        .answers(503, "Retry-After: " + date(RuleTestBed.START.plusSeconds(120)))
        .answers(200);
    line.put("{}");
    line.pass(Duration.ofSeconds(119));
    assertThat(line.endpoint.received()).hasSize(1);
    line.pass(Duration.ofSeconds(1));
    assertThat(line.endpoint.received()).hasSize(2);
  }

  @Test
  void countsADateFromTheAnswersOwn() {
    Instant elsewhere = Instant.parse("2001-01-01T00:00:00Z");
    line.endpoint
        .answers(503, "Date: " + date(elsewhere), "Retry-After: " + date(elsewhere.plusSeconds(60)))
        .answers(200);
    line.put("{}");
    assertThat(line.waits()).containsExactly(Duration.ofSeconds(60));
  }

  private static String date(Instant at) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "soon", "", "1.5", "Tue, 31 Mar 2026 10:29:00 GMT"})
  void ignoresARetryAfterThatIsShorterOrNone(String value) {
    line.endpoint.answers(503, "Retry-After: " + value).answers(200);
    line.put("{}");
    line.pass(Duration.ofSeconds(1));
    assertThat(line.endpoint.received()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-99999999999999999999"})
  void stopsAtANegativeRetryAfter(String value) {
    line.endpoint.answers(503, "Retry-After: " + value);
    line.put("{}");
    line.pass(Duration.ofDays(1));
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(letter().attributes())
        .containsEntry("RETRY_ATTEMPTS", "0")
        .doesNotContainKey("EXHAUSTED_RETRY_CONDITION");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "86401",
        "9223372036854775807",
        "99999999999999999999",
        "Fri, 31 Dec 9999 23:59:59 GMT"
      })
  void aRetryAfterBeyondTheEventsAgeEndsItAsTooOld(String value) {
    line.endpoint.answers(503, "Retry-After: " + value);
    line.put("{}");
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "ERROR_FROM_TARGET")
        .containsEntry("EXHAUSTED_RETRY_CONDITION", "MaximumEventAgeInSeconds");
  }
}
