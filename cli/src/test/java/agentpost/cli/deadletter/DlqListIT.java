package agentpost.cli.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Agentpost;
import agentpost.cli.Run;
import agentpost.cli.events.FakeEvents;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code dlq list} of many queues, by an SQS that answers when it is told to. */
class DlqListIT {
  private static final int QUEUES = 15;
  private static final String EMPTY =
      "{'Attributes':{'ApproximateNumberOfMessages':'0','ApproximateNumberOfMessagesNotVisible':'0'}}";

  private FakeEvents aws;

  @BeforeEach
  void start() throws IOException {
    aws = new FakeEvents();
    String urls =
        IntStream.range(0, QUEUES)
            .mapToObj(
                i ->
                    "'" + aws.url() + "/000000000000/agentpost-agent-" + (char) ('a' + i) + "-dlq'")
            .collect(Collectors.joining(","));
    aws.answers("ListQueues", "{'QueueUrls':[" + urls + "]}")
        .answers("GetQueueAttributes", EMPTY)
        .answers("ListEventBuses", "{'EventBuses':[{'Name':'agentpost'}]}");
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  private static boolean isReached(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** None is answered before all are asked. */
  @Test
  void allQueuesAreAskedAtOnceAndNoneThatIsEmptyIsWaitedFor() {
    CountDownLatch asked = new CountDownLatch(QUEUES);
    aws.answersBy(
        "GetQueueAttributes",
        _ -> {
          asked.countDown();
          return isReached(asked) ? EMPTY : "{'__type':'InternalError'}";
        });
    Run run = Run.of("", "dlq", "list", "--endpoint-url", aws.url());
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out().lines())
        .hasSize(1 + QUEUES)
        .isSortedAccordingTo((a, b) -> a.startsWith("AGENT") ? -1 : a.compareTo(b));
    assertThat(aws.called())
        .as("a receive from an empty queue waits for a second")
        .noneMatch(call -> call.startsWith("ReceiveMessage "));
  }

  @Test
  void aRowIsShownAsSoonAsThoseBeforeItAreThere() {
    CountDownLatch last = new CountDownLatch(1);
    aws.answersBy(
        "GetQueueAttributes",
        input ->
            !input.contains("agent-o-dlq") || isReached(last)
                ? EMPTY
                : "{'__type':'InternalError'}");
    StringWriter out = new StringWriter();
    CompletableFuture<Integer> listing =
        CompletableFuture.supplyAsync(
            () ->
                Agentpost.commandLine(InputStream.nullInputStream())
                    .setOut(new PrintWriter(out, true))
                    .execute("dlq", "list", "--endpoint-url", aws.url()));
    await().until(() -> out.toString().contains("agent-n "));
    assertThat(out.toString()).doesNotContain("agent-o ");
    last.countDown();
    assertEquals(0, listing.join());
    assertThat(out.toString()).contains("agent-o ");
  }

  @Test
  void jsonHasAnObjectForEachQueue() throws IOException {
    Run run = Run.of("", "dlq", "list", "--json", "--endpoint-url", aws.url());
    assertEquals(0, run.exitCode(), run.everything());
    JsonNode list = new JsonMapper().readTree(run.out());
    assertThat(list).hasSize(QUEUES);
    assertThat(list.path(0).toString())
        .isEqualTo(
            "{\"agent\":\"agent-a\",\"letters\":0,\"oldest\":null,\"reasons\":{},\"held\":0}");
  }

  @Test
  void aRowFitsTheTerminal() {
    for (int columns : new int[] {60, 80, 120, 200}) {
      Run run = Run.of(columns, "dlq", "list", "--endpoint-url", aws.url());
      assertThat(run.out().lines())
          .hasSizeGreaterThan(QUEUES)
          .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(columns));
    }
  }

  @Test
  void whatOneQueueFailsWithIsSaid() {
    aws.answersBy(
        "GetQueueAttributes",
        input ->
            input.contains("agent-c-dlq")
                ? "{'__type':'com.amazonaws.sqs#AccessDeniedException','message':'not for you'}"
                : EMPTY);
    Run run = Run.of("", "dlq", "list", "--endpoint-url", aws.url());
    assertEquals(1, run.exitCode());
    assertThat(run.out()).contains("agent-b ").doesNotContain("agent-c ");
    assertThat(run.err()).contains("not for you");
  }

  @Test
  void withoutQueuesAndWithoutTheStackThereIsNoTable() {
    aws.answers("ListQueues", "{}")
        .answers("ListEventBuses", "{'EventBuses':[{'Name':'agentpostal'}]}");
    Run run = Run.of("", "dlq", "list", "--endpoint-url", aws.url());
    assertEquals(1, run.exitCode());
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains(
            "no stack of that name: there is no agentpost at " + aws.url() + "; there is none");
  }
}
