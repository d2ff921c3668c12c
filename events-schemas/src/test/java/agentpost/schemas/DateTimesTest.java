package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateTimesTest {
  private static final EventSchemas SCHEMAS = AllEvents.schemas();

  private static boolean isValid(String text) {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("event_type", "user.signed_up")
            .put("timestamp", text);
    return !SCHEMAS.validate(event).problem().contains("/timestamp");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-31T10:30:00Z, 2026-03-31T10:30:00Z",
    "2026-03-31t10:30:00z, 2026-03-31T10:30:00Z",
    "2026-03-31T10:30:00.5+02:00, 2026-03-31T08:30:00.5Z",
    "2026-03-31T10:30:00-00:00, 2026-03-31T10:30:00Z",
    "2026-03-31T10:30:00.1234567891234Z, 2026-03-31T10:30:00.123456789Z",
    "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
    "2016-12-31T23:59:60.5Z, 2016-12-31T23:59:59.5Z",
    "2017-01-01T05:29:60+05:30, 2016-12-31T23:59:59Z",
    "2024-02-29T00:00:00+18:00, 2024-02-28T06:00:00Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999999Z",
  })
  void whatIsValidCanBeRead(String text, String instant) {
    assertThat(DateTimes.parse(text).map(OffsetDateTime::toInstant))
        .contains(Instant.parse(instant));
    assertThat(isValid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-03-31",
        "2026-03-31T10:30Z",
        "2026-03-31T10:30:00",
        "2026-03-31 10:30:00Z",
        "2026-03-31T10:30:00+0200",
        "2026-03-31T10:30:00+02",
        "2026-03-31T10:30:00+02:00:30",
        "2026-03-31T10:30:00,5Z",
        "2026-03-31T10:30:00.Z",
        "2026-02-29T10:30:00Z",
        "2026-03-31T24:00:00Z",
        "2026-03-31T10:60:00Z",
        "2026-03-31T10:30:61Z",
        "2026-03-31T10:30:60Z",
        "2026-03-30T23:59:60Z",
        "2016-12-31T23:59:60+01:00",
        "2026-03-31T10:30:00+18:01",
        "2026-03-31T10:30:00+02:60",
        "12026-03-31T10:30:00Z",
        "+12026-03-31T10:30:00Z",
        "-0001-03-31T10:30:00Z",
        "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-03-31T10:30:00Z\n",
        " 2026-03-31T10:30:00Z",
        "\u0662026-03-31T10:30:00Z"
      })
  void whatCannotBeReadIsNotValid(String text) {
    assertThat(DateTimes.parse(text)).isEmpty();
    assertThat(isValid(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2026-03-31T10:30:00.", "2026-03-31T10:30:00Z"})
  void aHundredThousandCharactersAreNoTime(String begin) {
    assertThat(isValid(begin + "0".repeat(100_000) + "Z")).isFalse();
  }
}
