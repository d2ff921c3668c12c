package agentpost.cli.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** {@code operations show} takes either id of an operation: its own, and its flow's. */
class OperationsShowIT {
  private static final String TEMPLATE =
      """
      {"Resources":{"Operations":{"Type":"AWS::DynamoDB::Table","Properties":{"TableName":"agentpost-operations","BillingMode":"PAY_PER_REQUEST",
       "AttributeDefinitions":[{"AttributeName":"correlation_id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"correlation_id","KeyType":"HASH"}]}}}}
      """;

  private static Run show(LocalCloud cloud, String id) {
    return Run.of(
        "", "operations", "show", id, "--json", "--endpoint-url", cloud.endpoint().toString());
  }

  @Test
  void takesItsOwnIdAndTheFlowsOfWhichItShowsTheNewest(@TempDir Path cdkOut) throws Exception {
    Files.writeString(
        cdkOut.resolve("manifest.json"),
        "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"agentpost.template.json\"}}}}");
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
        DynamoDbClient tables = cloud.clients("test").create(DynamoDbClient.builder())) {
      cloud.deploy(cdkOut);
      put(tables, "op-1", "corr-9876", "2026-03-31T10:30:00Z");
      put(tables, "op-2", "corr-9876", "2026-03-31T12:30:00Z");
      put(tables, "op-3", "other", "2026-03-31T13:30:00Z");
      assertThat(show(cloud, "op-1").out()).contains("\"operation_id\" : \"op-1\"");
      assertThat(show(cloud, "corr-9876").out()).contains("\"operation_id\" : \"op-2\"");
      assertThat(
              Run.of(
                      "",
                      "operations",
                      "show",
                      "op-1",
                      "--endpoint-url",
                      cloud.endpoint().toString())
                  .out())
          .containsPattern("(?m)^age +\\d+ ")
          .doesNotContain("age_seconds");
      Run unknown = show(cloud, "corr-1");
      assertEquals(1, unknown.exitCode());
      assertThat(unknown.everything())
          .contains("there is no such operation in agentpost-operations");
    }
  }

  private static void put(DynamoDbClient tables, String id, String flow, String startedAt) {
    tables.putItem(
        put ->
            put.tableName("agentpost-operations")
                .item(
                    Map.of(
                        "correlation_id", AttributeValue.fromS(id),
                        "flow_correlation_id", AttributeValue.fromS(flow),
                        "status", AttributeValue.fromS("PENDING"),
                        "started_at", AttributeValue.fromS(startedAt),
                        "deadline", AttributeValue.fromN("1774960200"))));
  }
}
