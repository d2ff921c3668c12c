package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer's status decides, also where Java's HTTP client throws the answer away. */
class OddAnswersTest {
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private void answers(String head) {
    line.endpoint.raw((head + "\r\n\r\n").getBytes(ISO_8859_1)).answers(200);
    line.put("{}");
    line.pass(Duration.ofDays(1));
    assertThat(line.endpoint.received()).hasSize(1);
  }

  @Test
  void a204IsDoneWhateverLengthItSays() {
    answers("HTTP/1.1 204 No Content\r\nContent-Length: 5");
    assertThat(line.letters).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 600, 999})
  void whatIsNeither2xxNor5xxIsFinal(int status) {
    answers("HTTP/1.1 " + status + " X\r\nUpgrade: x\r\nConnection: Upgrade\r\nContent-Length: 0");
    assertThat(line.letters)
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.attributes())
                    .containsEntry("ERROR_CODE", "ERROR_FROM_TARGET")
                    .doesNotContainKey("EXHAUSTED_RETRY_CONDITION"));
  }
}
