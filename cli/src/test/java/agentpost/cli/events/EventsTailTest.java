package agentpost.cli.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.cli.Run;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** {@code events tail} of logs that do not change, so that what is shown twice is seen. */
class EventsTailTest {
  private FakeEvents aws;

  @BeforeEach
  void start() throws IOException {
    aws = new FakeEvents();
    aws.answers("ListEventBuses", "{'EventBuses':[{'Name':'agentpost'}]}")
        .answers("DescribeRule", "{'EventPattern':'{\\'detail-type\\':[\\'user.signed_up\\']}'}")
        .answers("GetSecretValue", "{'SecretString':'{\\'entries\\':{\\'crm\\':{}}}'}")
        .answersBy(
            "FilterLogEvents",
            input ->
                input.contains("/aws/events/agentpost")
                    ? events(
                        line(
                            1,
                            "{'detail-type':'user.signed_up','source':'auth','detail':{'event_id':'e1'}}"),
                        line(
                            2,
                            "{'detail-type':'lead.captured','source':'crm','detail':{'event_id':'e2'}}"),
                        line(3, "no JSON"))
                    : events(
                        line(
                            4,
                            "{'agent':'crm','event_id':'e1','agent_status':200,'outcome':'delivered','duration_ms':12}"),
                        line(
                            5,
                            "{'agent':'erp','event_id':'e2','status':504,'outcome':'timed-out'}")));
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  private static String line(int number, String message) {
    return "{'eventId':'%d','timestamp':%d,'message':'%s'}"
        .formatted(number, 1_774_953_000_000L + number * 1000L, message.replace("'", "\\'"));
  }

  private static String events(String... lines) {
    return "{'events':[" + String.join(",", lines) + "]}";
  }

  /** What is shown until every log was read three times. */
  private String tail(String... options) throws InterruptedException {
    StringWriter out = new StringWriter();
    Thread tail =
        Thread.ofVirtual()
            .start(
                () ->
                    new CommandLine(new EventsTailCommand())
                        .setOut(new PrintWriter(out, true))
                        .execute(
                            Stream.concat(
                                    Stream.of("--last", "9999d", "--endpoint-url", aws.url()),
                                    Stream.of(options))
                                .toArray(String[]::new)));
    await()
        .until(
            () ->
                aws.called().stream().filter(call -> call.startsWith("FilterLogEvents ")).count()
                    >= 6);
    tail.interrupt();
    tail.join();
    return out.toString();
  }

  @Test
  void eventsAndDeliveriesAreShownOnceInTheOrderOfTheirTimes() throws InterruptedException {
    assertThat(tail())
        .isEqualTo(
            """
            event        10:30:01  user.signed_up from auth, e1
            event        10:30:02  lead.captured from crm, e2
            delivered    10:30:04  crm  user.signed_up: 200, 12 ms
            timed-out    10:30:05  erp  lead.captured: 504
            """);
  }

  @Test
  void aTypeIsFollowedAlone() throws InterruptedException {
    assertThat(tail("--type", "lead.captured").lines())
        .containsExactly(
            "event        10:30:02  lead.captured from crm, e2",
            "timed-out    10:30:05  erp  lead.captured: 504");
  }

  @Test
  void anAgentHasTheEventsOfItsRuleAndItsOwnDeliveries() throws InterruptedException {
    assertThat(tail("--agent", "crm").lines())
        .containsExactly(
            "event        10:30:01  user.signed_up from auth, e1",
            "delivered    10:30:04  crm  user.signed_up: 200, 12 ms");
  }

  @Test
  void jsonIsALineEach() throws InterruptedException {
    assertThat(tail("--json", "--type", "lead.captured").lines())
        .hasSize(2)
        .first()
        .isEqualTo(
            "{\"detail-type\":\"lead.captured\",\"source\":\"crm\",\"detail\":{\"event_id\":\"e2\"},\"at\":\"2026-03-31T10:30:02Z\"}");
  }

  @Test
  void aStackWithoutTheLogIsToldOf() {
    aws.answersBy(
        "FilterLogEvents", _ -> "{'__type':'ResourceNotFoundException','message':'no group'}");
    assertThat(Run.of("", "events", "tail", "--endpoint-url", aws.url()).err())
        .contains("there is no log group /aws/events/agentpost at " + aws.url());
  }
}
