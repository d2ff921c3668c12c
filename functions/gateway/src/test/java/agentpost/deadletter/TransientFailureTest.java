package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransientFailureTest {
  private static DeadLetter letter(
      Optional<String> envelope, String code, String message, Optional<String> exhausted) {
    return new DeadLetter(
        "m",
        "r",
        "event-1",
        "user.signed_up",
        "{}",
        envelope,
        code,
        message,
        3,
        exhausted,
        Instant.EPOCH,
        1);
  }

  private static boolean passes(String code, String message, boolean retriesRanOut) {
    return TransientFailure.is(
        letter(
            Optional.of("{}"),
            code,
            message,
            retriesRanOut ? Optional.of("MaximumRetryAttempts") : Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TIMEOUT",
        "CONNECTION_FAILURE",
        "THROTTLING",
        "INTERNAL_ERROR",
        "TRANSIENT_ASSUME_ROLE"
      })
  void whatNobodyRefusedPasses(String code) {
    assertThat(passes(code, "", true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NO_PERMISSIONS",
        "NO_RESOURCE",
        "RESOURCE_DELETED",
        "FAILED_TO_ASSUME_ROLE",
        "INVALID_JSON",
        "INVALID_PARAMETER",
        "SDK_CLIENT_ERROR",
        "THIRD_ACCOUNT_HOP_DETECTED",
        "UNKNOWN"
      })
  void whatSomeoneHasToMendDoesNot(String code) {
    assertThat(passes(code, "", true)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The endpoint answered 503: busy | true",
        "Target returned 503 {\"status\":404} | true",
        "Target returned 404 {\"status\":503} | false",
        "The endpoint answered 502: {\"status\":502} | true",
        "The endpoint answered 429: slower | true",
        "The endpoint answered 408: late | true",
        "The endpoint answered 421: not here | true",
        "The endpoint answered 425: too early | true",
        "The endpoint answered 413: too large | false",
        "The endpoint answered 423: locked | false",
        "The endpoint answered 424: depends | false",
        "Request failed with status code 500 | true",
        "{\"title\":\"x\",\"status\": 504} | true",
        "The endpoint answered 422: {\"status\":422} | false",
        "The endpoint answered 401: who are you | false",
        "The endpoint answered 409: not again | false",
        "The endpoint answered 301: elsewhere | false",
      })
  void ofAnErrorOfTheTargetItsStatusDecides(String message, boolean passes) {
    assertThat(passes("ERROR_FROM_TARGET", message, true)).isEqualTo(passes);
    assertThat(passes("ERROR_FROM_TARGET", message, false)).isEqualTo(passes);
  }

  /** Other numbers than a status are no status. */
  @ParameterizedTest
  @ValueSource(strings = {"", "no", "order 503 is unknown", "{\"code\":500}"})
  void withoutAStatusItPassesIfEventBridgeRetriedIt(String message) {
    assertThat(passes("ERROR_FROM_TARGET", message, true)).isTrue();
    assertThat(passes("ERROR_FROM_TARGET", message, false)).isFalse();
  }

  @Test
  void whatIsNoEventIsForNobody() {
    assertThat(TransientFailure.is(letter(Optional.empty(), "TIMEOUT", "", Optional.empty())))
        .isFalse();
  }
}
