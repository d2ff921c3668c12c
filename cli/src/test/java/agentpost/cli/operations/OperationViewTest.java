package agentpost.cli.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.cli.terminal.Display;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class OperationViewTest {
  private static final Instant START = Instant.parse("2026-04-01T10:00:00Z");

  private static Map<String, AttributeValue> row() {
    Map<String, AttributeValue> row = new TreeMap<>();
    Map.of(
            "correlation_id",
            "op-1",
            "status",
            "PENDING",
            "agent",
            "scheduling-agent",
            "purpose",
            "book-demo",
            "processor",
            "calendar",
            "flow_correlation_id",
            "corr-1",
            "started_at",
            START.toString(),
            "request",
            "{\"lead_id\":\"lead-1\"}")
        .forEach((name, value) -> row.put(name, AttributeValue.fromS(value)));
    row.put("attempt", AttributeValue.fromN("2"));
    row.put(
        "deadline", AttributeValue.fromN("" + START.plus(Duration.ofHours(2)).getEpochSecond()));
    return row;
  }

  @Test
  void anOpenOneHasTimeLeftOrIsPast() {
    OperationView operation = OperationView.of(row());
    assertEquals("in 1 h 20 min", operation.remaining(START.plusSeconds(2400)));
    assertEquals("10 s past", operation.remaining(START.plusSeconds(7210)));
    assertEquals(Duration.ofSeconds(30), operation.age(START.plusSeconds(30)));
  }

  @Test
  void oneThatHasEndedSaysHowLongItTookAndWhatCameOfIt() {
    Map<String, AttributeValue> row = row();
    row.put("status", AttributeValue.fromS("COMPLETED"));
    row.put("finished_at", AttributeValue.fromS(START.plusSeconds(90).toString()));
    row.put("unpublished", AttributeValue.fromS("yes"));
    row.put("event", AttributeValue.fromS("{}"));
    row.put("result", AttributeValue.fromS("{\"starts_at\":\"2026-04-02T09:00:00Z\"}"));
    OperationView operation = OperationView.of(row);
    assertEquals("took 1 min 30 s", operation.remaining(START.plusSeconds(9000)));
    assertThat(operation.json(START, true).toString())
        .contains(
            "\"result\":{\"starts_at\":\"2026-04-02T09:00:00Z\"}",
            "\"published\":false",
            "\"attempt\":2");
    assertThat(operation.json(START, false).toString()).doesNotContain("result", "request");
  }

  @Test
  void aWaitingTaskKeepsNoEventFromBeingPublishedAndItsTokenIsNotShown() {
    Map<String, AttributeValue> row = row();
    row.put("finished_at", AttributeValue.fromS(START.plusSeconds(90).toString()));
    row.put("unpublished", AttributeValue.fromS("yes"));
    row.put("task_token", AttributeValue.fromS("AQB4-secret"));
    OperationView operation = OperationView.of(row);
    assertThat(operation.json(START, true).toString())
        .contains("\"published\":true")
        .doesNotContain("secret");
    assertThat(operation.toString()).doesNotContain("secret");
  }

  @Test
  void theTableHasARowForEach() {
    assertThat(
            OperationsListCommand.table(
                List.of(OperationView.of(row())), START.plusSeconds(60), Display.FILE))
        .containsExactly(
            "OPERATION                             STATE      AGENT               PURPOSE      "
                + " ATTEMPT  AGE           DEADLINE",
            "op-1                                  PENDING    scheduling-agent    book-demo     2  "
                + "      1 min         2026-04-01T12:00:00Z  in 1 h 59 min");
    Map<String, AttributeValue> longer = new TreeMap<>(row());
    String id = "scheduling-agent.19c0c41f-aa85-500c-93dd-4b214f85d418";
    longer.put("correlation_id", AttributeValue.fromS(id));
    List<String> rows =
        OperationsListCommand.table(
            List.of(OperationView.of(longer)), START.plusSeconds(60), Display.FILE);
    assertThat(rows.getFirst().indexOf("STATE"))
        .isEqualTo(rows.getLast().indexOf("PENDING"))
        .isEqualTo(id.length() + 2);
    assertThat(OperationsListCommand.table(List.of(), START, Display.FILE))
        .containsExactly("no operations");
  }

  @Test
  void aLocalCloudAndAwsAreNotAskedAtOnce() {
    Run run =
        Run.of("", "operations", "list", "--endpoint-url", "http://localhost:1", "--profile", "x");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("--endpoint-url is for a local cloud");
  }

  @Test
  void whereNothingAnswersIsSaid() {
    Run run = Run.of("", "operations", "list", "--endpoint-url", "http://localhost:1");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("nothing answers at http://localhost:1; start ./agentpost local");
  }
}
