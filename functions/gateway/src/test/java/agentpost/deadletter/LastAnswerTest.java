package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastAnswerTest {
  /**
   * EventBridge's wording is not documented; the first is the local cloud's, the others are what it
   * might be.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "The endpoint answered 422: {\"title\":\"Unfit\",\"status\":422,\"detail\":\"no such"
            + " customer\"}|422|no such customer",
        "The endpoint answered 422: {\"title\":\"Unfit\"}|422|Unfit",
        "The endpoint answered 404: not here|404|not here",
        "The endpoint answered 404:|404|",
        "Request failed with status code 503. Response: {\"detail\":\"say \\\"no\\\"\"}|503|say"
            + " \"no\"",
        "{\"status\":410,\"title\":\"Gone\"}|410|Gone",
        "The endpoint answered 422: {\"type\":\"x\",\"detail\":\"cut off in the mid|422|cut off in"
            + " the mid…",
        "The endpoint answered 422: {\"detail\":\"cut in \\u00|422|cut in …",
        "{\"detail\":\"\",\"title\":\"Empty\"}||Empty",
        "Target returned 503 {\"status\":404}|503|",
        "Target returned 503: {\"status\":404,\"title\":\"Not here\"}|503|Not here",
        "HTTP/1.1 503 Service Unavailable|503|Service Unavailable",
        "503 Service Unavailable|503|Service Unavailable",
        "The endpoint responded with (404)|404|)",
        "The endpoint answered 301: elsewhere|301|elsewhere",
        "order 503 is unknown||",
        "{\"code\":500}||",
        "4229 of 10.422 and 422.5 and v-422||",
        "no answer at all||",
      })
  void findsWhatTheAgentSaid(String message, String status, String problem) {
    LastAnswer answer = LastAnswer.of("ERROR_FROM_TARGET", message);
    assertThat(answer.status().isPresent() ? Integer.toString(answer.status().getAsInt()) : null)
        .isEqualTo(status);
    assertThat(answer.problem().orElse(null)).isEqualTo(problem);
  }

  @Test
  void whatTheAgentDidNotSayIsNotFoundInWordsOfEventBridge() {
    LastAnswer answer = LastAnswer.of("TIMEOUT", "The endpoint did not answer within 500 ms: late");
    assertThat(answer.status()).isEmpty();
    assertThat(answer.problem()).isEmpty();
  }
}
