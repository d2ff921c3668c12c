package agentpost.local.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What log groups keep. */
class LogsServiceTest {
  private static final int LINE = 100_000;
  private final LogsService logs = new LogsService();

  private void append(String group, int lines, int length) {
    IntStream.range(0, lines)
        .forEach(i -> logs.append(group, Instant.EPOCH, i + ":" + "x".repeat(length)));
  }

  @Test
  void aGroupKeepsItsLastLinesAndTheCloudSaysHowManyItForgot() {
    logs.create("g");
    append("g", 5010, 1);
    assertThat(logs.lines("g")).hasSize(5000).startsWith("10:x").endsWith("5009:x");
    assertThat(logs.countForgotten()).isEqualTo(10);
  }

  /** Five thousand lines of one megabyte would be five gigabytes. */
  @Test
  void allGroupsTogetherAreBoundedAndTheLargestGivesFirst() {
    logs.create("quiet");
    logs.create("loud");
    append("quiet", 3, 10);
    append("loud", 400, LINE);
    long kept = logs.lines("loud").stream().mapToLong(String::length).sum();
    assertThat(kept).isBetween(LogsService.MAX_CHARACTERS - 2 * LINE, LogsService.MAX_CHARACTERS);
    assertThat(logs.lines("loud")).last().asString().startsWith("399:");
    assertThat(logs.lines("quiet")).hasSize(3);
    assertThat(logs.countForgotten()).isEqualTo(400 - logs.lines("loud").size());
  }

  @Test
  void aGroupThatIsRemovedTakesNoRoom() {
    for (int i = 0; i < 5; i++) {
      logs.create("g");
      append("g", 150, LINE);
      logs.remove("g");
    }
    assertThat(logs.countForgotten()).isZero();
  }

  private AwsResponse ask(String operation, String input) {
    return logs.service()
        .handle(
            new AwsRequest(
                "POST",
                "/",
                Map.of(),
                Map.of("x-amz-target", "Logs_20140328." + operation),
                input.getBytes(UTF_8)));
  }

  /**
   * API reference, FilterLogEvents and DescribeLogStreams, Errors: InvalidParameterException, "A
   * parameter is specified incorrectly".
   */
  @ParameterizedTest
  @ValueSource(strings = {"made-up", "bWFkZS11cA", "?", "0"})
  void aTokenThatNoAnswerGaveIsRefused(String token) {
    logs.create("g");
    append("g", 3, 1);
    for (String operation : List.of("FilterLogEvents", "DescribeLogStreams")) {
      AwsResponse answer =
          ask(operation, "{\"logGroupName\":\"g\",\"nextToken\":\"" + token + "\"}");
      assertThat(answer.status()).as(operation).isEqualTo(400);
      assertThat(new String(answer.body(), UTF_8))
          .contains("InvalidParameterException", "nextToken is not valid");
    }
    assertThat(ask("DescribeLogGroups", "{\"nextToken\":\"" + token + "\"}").status())
        .isEqualTo(400);
  }

  @Test
  void aTokenThatAnAnswerGaveLeadsOn() throws Exception {
    logs.create("g");
    append("g", 3, 1);
    AwsResponse first = ask("FilterLogEvents", "{\"logGroupName\":\"g\",\"limit\":2}");
    String token = new ObjectMapper().readTree(first.body()).path("nextToken").asText();
    AwsResponse rest =
        ask("FilterLogEvents", "{\"logGroupName\":\"g\",\"nextToken\":\"" + token + "\"}");
    assertThat(new String(rest.body(), UTF_8)).contains("2:x").doesNotContain("1:x");
  }

  /** API reference, FilterLogEvents, Errors: ResourceNotFoundException. */
  @Test
  void aStreamThatIsNotThereIsSaidNotToBe() {
    logs.create("g");
    append("g", 3, 1);
    for (String names : List.of("[\"none\"]", "[\"local\",\"none\"]")) {
      AwsResponse answer =
          ask("FilterLogEvents", "{\"logGroupName\":\"g\",\"logStreamNames\":" + names + "}");
      assertThat(answer.status()).isEqualTo(400);
      assertThat(new String(answer.body(), UTF_8)).contains("ResourceNotFoundException");
    }
    assertThat(
            ask("FilterLogEvents", "{\"logGroupName\":\"g\",\"logStreamNames\":[\"local\"]}")
                .status())
        .isEqualTo(200);
  }
}
