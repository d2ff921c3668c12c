package agentpost.local.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.testing.Programs;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** DynamoDB Local was made to be one to a process; here clouds come and go, several at once. */
class DynamoDbServiceTest {
  private static final int PARALLEL_CALLS = 4;
  private static final int ROUNDS = 20;

  /** Without those that it has not, and one that an empty request makes fail. */
  private static final List<String> OPERATIONS =
      List.of(
          "BatchGetItem",
          "TransactGetItems",
          "BatchWriteItem",
          "TransactWriteItems",
          "CreateTable",
          "DeleteItem",
          "DeleteTable",
          "DescribeTable",
          "GetItem",
          "ListTables",
          "PutItem",
          "Query",
          "Scan",
          "UpdateItem",
          "UpdateTable",
          "UpdateTimeToLive",
          "DescribeTimeToLive");

  private static AwsResponse asked(DynamoDbService tables, String operation) {
    return asked(tables, operation, "{}");
  }

  static AwsResponse asked(DynamoDbService tables, String operation, String body) {
    Map<String, String> headers =
        Map.of(
            "x-amz-target",
            "DynamoDB_20120810." + operation,
            "authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request,"
                + " SignedHeaders=host, Signature=0");
    return tables.handle(new AwsRequest("POST", "/", Map.of(), headers, body.getBytes(UTF_8)));
  }

  /**
   * An operation that it knows is answered, by a refusal of the empty request mostly; one that it
   * has lost is a failure or no operation.
   */
  private static void expectEveryOperation(DynamoDbService tables, Queue<String> lost) {
    for (String operation : OPERATIONS) {
      try {
        AwsResponse answer = asked(tables, operation);
        String body = new String(answer.body(), UTF_8);
        if (answer.status() >= 500
            || body.contains("UnknownOperation")
            || body.contains("InvalidAction")) {
          lost.add(operation + ": " + answer.status() + " " + body);
        }
      } catch (AwsException e) {
        lost.add(operation + ": " + e.description());
      }
    }
  }

  /** While one cloud works, others start: what it asks for is read in the middle of it. */
  @Test
  void aCloudAtWorkLosesNothingWhileOthersStart() throws Exception {
    Queue<String> lost = new ConcurrentLinkedQueue<>();
    AtomicBoolean isDone = new AtomicBoolean();
    DynamoDbService atWork = new DynamoDbService();
    try (ExecutorService threads = Executors.newFixedThreadPool(PARALLEL_CALLS)) {
      List<Future<?>> starting = new ArrayList<>();
      for (int i = 0; i < PARALLEL_CALLS; i++) {
        starting.add(
            threads.submit(
                () -> {
                  while (!isDone.get()) {
                    new DynamoDbService().stop();
                  }
                }));
      }
      for (int round = 0; round < ROUNDS && lost.isEmpty(); round++) {
        expectEveryOperation(atWork, lost);
      }
      isDone.set(true);
      for (Future<?> one : starting) {
        one.get();
      }
      // What is spoiled stays so until the next cloud starts.
      expectEveryOperation(atWork, lost);
    } finally {
      atWork.stop();
    }
    assertThat(lost).isEmpty();
  }

  private static Set<Thread> databases() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("SQLiteQueue"))
        .collect(Collectors.toSet());
  }

  /** As a function's thread is when its time is up. */
  @Test
  void whoIsInterruptedIsAnsweredAndNothingOfACloudThatStoppedIsLeft() throws Exception {
    Set<Thread> ofOthers = databases();
    Queue<String> lost = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < ROUNDS; i++) {
      DynamoDbService tables = new DynamoDbService();
      Thread.currentThread().interrupt();
      expectEveryOperation(tables, lost);
      assertThat(Thread.interrupted()).as("it is told later").isTrue();
      Thread.currentThread().interrupt();
      tables.stop();
      assertThat(Thread.interrupted()).as("it is told later").isTrue();
    }
    assertThat(lost).isEmpty();
    await().untilAsserted(() -> assertThat(databases()).isSubsetOf(ofOthers));
  }

  /** As the functions that are at work when a cloud closes. */
  @Test
  void whatIsUnderWayIsAnsweredHoweverOftenItIsInterruptedAndWhatComesAfterTheStopIsRefused()
      throws Exception {
    Queue<String> lost = new ConcurrentLinkedQueue<>();
    AtomicBoolean isDone = new AtomicBoolean();
    DynamoDbService tables = new DynamoDbService();
    Thread asking =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!isDone.get()) {
                    expectEveryOperation(tables, lost);
                  }
                });
    for (int i = 0; i < ROUNDS; i++) {
      asking.interrupt();
      Thread.onSpinWait();
      expectEveryOperation(tables, lost);
    }
    isDone.set(true);
    asking.join();
    tables.stop();
    assertThat(lost).isEmpty();
    assertThatThrownBy(() -> asked(tables, "ListTables"))
        .isInstanceOf(AwsException.class)
        .hasMessageContaining("closing");
  }

  /** DynamoDB Local prints an error for each table whose expired items it looks for meanwhile. */
  @Test
  void aCloudThatClosesWhileItemsExpirePrintsNoError() throws Exception {
    Programs.Ended program =
        Programs.run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ClosingWhileItExpires.class.getName()));
    assertThat(program.out()).contains("closed 3").doesNotContain("TimeToLiveDeletionJob");
  }
}
