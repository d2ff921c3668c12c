package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LetterFilterTest {
  private static final Instant GIVEN_UP = Instant.parse("2026-03-31T10:30:00Z");
  private static final DeadLetter LETTER =
      new DeadLetter(
          "message-1",
          "receipt-1",
          "event-1",
          "user.signed_up",
          "{}",
          Optional.empty(),
          "TIMEOUT",
          "",
          185,
          Optional.empty(),
          GIVEN_UP,
          1);

  private static boolean match(
      Set<String> reasons, Set<String> types, Optional<Instant> since, Set<String> ids) {
    return new LetterFilter(reasons, types, since, ids).match(LETTER);
  }

  @Test
  void withoutConditionsEveryLetterIsMeant() {
    assertThat(LetterFilter.ALL.match(LETTER)).isTrue();
  }

  @Test
  void aReasonIsOneOfThose() {
    assertThat(match(Set.of("THROTTLING", "TIMEOUT"), Set.of(), Optional.empty(), Set.of()))
        .isTrue();
    assertThat(match(Set.of("THROTTLING"), Set.of(), Optional.empty(), Set.of())).isFalse();
  }

  @Test
  void aTypeIsOneOfThose() {
    assertThat(match(Set.of(), Set.of("email.sent", "user.signed_up"), Optional.empty(), Set.of()))
        .isTrue();
    assertThat(match(Set.of(), Set.of("user"), Optional.empty(), Set.of())).isFalse();
  }

  @Test
  void sinceIsThenOrLater() {
    assertThat(match(Set.of(), Set.of(), Optional.of(GIVEN_UP), Set.of())).isTrue();
    assertThat(match(Set.of(), Set.of(), Optional.of(GIVEN_UP.plusMillis(1)), Set.of())).isFalse();
    assertThat(match(Set.of(), Set.of(), Optional.of(GIVEN_UP.minusMillis(1)), Set.of())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"event-1", "message-1"})
  void anIdIsTheEventsOrTheQueuesOwn(String id) {
    assertThat(match(Set.of(), Set.of(), Optional.empty(), Set.of("other", id))).isTrue();
  }

  @Test
  void anotherIdIsNotMeant() {
    assertThat(match(Set.of(), Set.of(), Optional.empty(), Set.of("event-2", "receipt-1")))
        .isFalse();
  }

  @Test
  void everyConditionIsToBeMet() {
    assertThat(
            match(
                Set.of("TIMEOUT"),
                Set.of("user.signed_up"),
                Optional.of(GIVEN_UP),
                Set.of("event-1")))
        .isTrue();
    assertThat(
            match(
                Set.of("OTHER"),
                Set.of("user.signed_up"),
                Optional.of(GIVEN_UP),
                Set.of("event-1")))
        .isFalse();
    assertThat(match(Set.of("TIMEOUT"), Set.of("other"), Optional.of(GIVEN_UP), Set.of("event-1")))
        .isFalse();
    assertThat(
            match(
                Set.of("TIMEOUT"),
                Set.of("user.signed_up"),
                Optional.of(GIVEN_UP.plusSeconds(1)),
                Set.of("event-1")))
        .isFalse();
    assertThat(
            match(
                Set.of("TIMEOUT"),
                Set.of("user.signed_up"),
                Optional.of(GIVEN_UP),
                Set.of("other")))
        .isFalse();
  }
}
