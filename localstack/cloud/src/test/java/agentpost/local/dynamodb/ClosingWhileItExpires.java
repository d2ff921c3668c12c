package agentpost.local.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsResponse;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A program of its own, since what DynamoDB Local logs goes to standard error from its start. */
final class ClosingWhileItExpires {
  private static final int TABLES = 4;
  private static final int BATCHES = 40;
  private static final int ITEMS_OF_A_BATCH = 25;
  private static final int ITEM_BYTES = 2_000;
  private static final int ROUNDS = 3;

  private ClosingWhileItExpires() {}

  public static void main(String[] arguments) {
    for (int i = 0; i < ROUNDS; i++) {
      DynamoDbService tables = new DynamoDbService();
      for (int table = 0; table < TABLES; table++) {
        fill(tables, "table" + table);
      }
      for (int table = 0; table < TABLES; table++) {
        ask(
            tables,
            "UpdateTimeToLive",
            """
            {"TableName":"table%d",
             "TimeToLiveSpecification":{"AttributeName":"expires","Enabled":true}}\
            """
                .formatted(table));
      }
      // The job of a table is at work a second later, for as long as it takes to look at all.
      while (!isAtWork()) {
        Thread.onSpinWait();
      }
      tables.stop();
    }
    // What a job would still print, it has printed before the machine ends.
    while (isAtWork()) {
      Thread.onSpinWait();
    }
    System.out.println("closed " + ROUNDS);
    System.exit(0);
  }

  private static boolean isAtWork() {
    return Thread.getAllStackTraces().values().stream()
        .anyMatch(
            frames ->
                Arrays.stream(frames)
                    .anyMatch(
                        frame ->
                            frame.getClassName().endsWith(".TimeToLiveDeletionJob$1")
                                && frame.getMethodName().equals("criticalSection")));
  }

  private static void fill(DynamoDbService tables, String table) {
    ask(
        tables,
        "CreateTable",
        """
        {"TableName":"%s","BillingMode":"PAY_PER_REQUEST",
         "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}\
        """
            .formatted(table));
    for (int batch = 0; batch < BATCHES; batch++) {
      int first = batch * ITEMS_OF_A_BATCH;
      String items =
          IntStream.range(first, first + ITEMS_OF_A_BATCH)
              .mapToObj(
                  id ->
                      "{\"PutRequest\":{\"Item\":{\"id\":{\"S\":\"%d\"},\"text\":{\"S\":\"%s\"}}}}"
                          .formatted(id, "x".repeat(ITEM_BYTES)))
              .collect(Collectors.joining(","));
      ask(tables, "BatchWriteItem", "{\"RequestItems\":{\"%s\":[%s]}}".formatted(table, items));
    }
  }

  private static void ask(DynamoDbService tables, String operation, String body) {
    AwsResponse answer = DynamoDbServiceTest.asked(tables, operation, body);
    if (answer.status() != 200) {
      throw new IllegalStateException(operation + ": " + new String(answer.body(), UTF_8));
    }
  }
}
