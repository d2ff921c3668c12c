package agentpost.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");
  private static final List<DateTimeFormatter> FORMS =
      List.of(
          form("EEE, dd MMM uuuu HH:mm:ss 'GMT'"),
          form("EEEE, dd-MMM-yy HH:mm:ss 'GMT'"),
          form("EEE MMM ppd HH:mm:ss uuuu"));

  private static DateTimeFormatter form(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US).withZone(ZoneOffset.UTC);
  }

  private static Optional<Duration> parse(String value) {
    return RetryAfter.parse(value, Optional.empty(), NOW);
  }

  @Property
  void secondsUpToADayAreWhatTheyAre(
      @ForAll @LongRange(max = 86_400) long seconds, @ForAll boolean padded) {
    assertThat(parse((padded ? " 00" : "") + seconds + (padded ? "\t" : "")))
        .contains(Duration.ofSeconds(seconds));
  }

  @Property
  void aDateIsTheSameInItsThreeForms(
      @ForAll @LongRange(max = 86_400) long seconds,
      @ForAll @LongRange(min = -400_000_000, max = 400_000_000) long skew) {
    Instant there = NOW.plusSeconds(skew);
    for (DateTimeFormatter form : FORMS) {
      assertThat(parse(form.format(NOW.plusSeconds(seconds))))
          .contains(Duration.ofSeconds(seconds));
      assertThat(
              RetryAfter.parse(
                  form.format(there.plusSeconds(seconds)),
                  Optional.of(FORMS.getFirst().format(there)),
                  NOW))
          .contains(Duration.ofSeconds(seconds));
    }
  }

  @Property
  void whatComesOutIsNeverNegativeNorLongerThanADay(@ForAll @StringLength(max = 40) String text) {
    assertThat(
            parse(text)
                .filter(wait -> wait.isNegative() || wait.compareTo(RetryAfter.MAX_WAIT) > 0))
        .isEmpty();
  }

  /** RFC 9110, 10.2.3, has no largest one: who asks for more than a day is not asked sooner. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "86400",
        "86401",
        " 0086401 ",
        "9999999999",
        "9223372036854775808",
        "99999999999999999999",
        "Wed, 01 Apr 2026 10:30:01 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT"
      })
  void whatAsksForMoreThanADayIsADay(String value) {
    assertThat(parse(value)).contains(RetryAfter.MAX_WAIT);
  }

  @Property
  void aLongerWaitIsNeverAShorterOne(
      @ForAll @BigRange(min = "0", max = "1000000000000000000000000000000") BigInteger one,
      @ForAll @BigRange(min = "0", max = "1000000000000000000000000000000") BigInteger other) {
    assertThat(parse(one.max(other).toString()).orElseThrow())
        .isGreaterThanOrEqualTo(parse(one.min(other).toString()).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "-0",
        "+1",
        "1.0",
        "1,0",
        "1 2",
        "120, 60",
        "soon",
        "",
        " ",
        "１２",
        "Tue, 31 Mar 2026 10:30:00 CET",
        "Tue, 31 Mar 2026 10:30:00 +0000",
        "Wed, 31 Mar 2026 10:30:00 GMT",
        "tue, 31 mar 2026 10:30:00 gmt",
        "Tue, 31 Feb 2026 10:30:00 GMT",
        "2026-03-31T10:30:00Z"
      })
  void anythingElseIsDropped(String value) {
    assertThat(parse(value)).isEmpty();
  }

  @Test
  void aDateThatIsPastIsNow() {
    assertThat(parse("Sunday, 06-Nov-94 08:49:37 GMT")).contains(Duration.ZERO);
  }

  @Test
  void aDateThatCannotBeReadIsNotCountedFrom() {
    assertThat(RetryAfter.parse("Tue, 31 Mar 2026 10:31:00 GMT", Optional.of("today"), NOW))
        .contains(Duration.ofMinutes(1));
  }

  /** RFC 9110, 5.6.7. */
  @Test
  void aYearOfTwoDigitsThatWouldBeOverFiftyYearsAheadIsPast() {
    assertThat(HttpDate.parse("Tuesday, 31-Mar-76 10:30:00 GMT", NOW))
        .contains(Instant.parse("2076-03-31T10:30:00Z"));
    assertThat(HttpDate.parse("Thursday, 31-Mar-77 10:30:00 GMT", NOW))
        .contains(Instant.parse("1977-03-31T10:30:00Z"));
  }
}
