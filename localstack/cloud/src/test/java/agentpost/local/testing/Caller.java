package agentpost.local.testing;

import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Makes the AWS call that it is told to, and answers with what came of it: {@code done}, or the
 * error's code and message.
 */
public final class Caller implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  private final Platform platform;

  public Caller(Platform platform) {
    this.platform = platform;
  }

  @Override
  public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
    String on = String.valueOf(event.get("on"));
    String as = String.valueOf(event.get("as"));
    try {
      call(String.valueOf(event.get("call")), on, as);
      return Map.of("outcome", "done");
    } catch (AwsServiceException e) {
      return Map.of(
          "outcome",
          e.awsErrorDetails().errorCode(),
          "message",
          e.awsErrorDetails().errorMessage());
    }
  }

  private static Map<String, AttributeValue> row(String agent, String id) {
    return Map.of("agent", AttributeValue.fromS(agent), "id", AttributeValue.fromS(id));
  }

  private void call(String call, String on, String as) {
    Map<String, AttributeValue> row = row(as, "1");
    switch (call) {
      case "PutItem" ->
          platform
              .aws()
              .create(DynamoDbClient.builder())
              .putItem(put -> put.tableName(on).item(row));
      case "GetItem" ->
          platform
              .aws()
              .create(DynamoDbClient.builder())
              .getItem(get -> get.tableName(on).key(row));
      case "Transaction" ->
          platform
              .aws()
              .create(DynamoDbClient.builder())
              .transactWriteItems(
                  write ->
                      write.transactItems(
                          TransactWriteItem.builder()
                              .put(put -> put.tableName(on).item(row("me", "1")))
                              .build(),
                          TransactWriteItem.builder()
                              .conditionCheck(
                                  check ->
                                      check
                                          .tableName(as)
                                          .key(row("me", "2"))
                                          .conditionExpression("attribute_not_exists(id)"))
                              .build()));
      case "ExecuteStatement" ->
          platform
              .aws()
              .create(DynamoDbClient.builder())
              .executeStatement(execute -> execute.statement("SELECT * FROM \"" + on + "\""));
      case "PutEvents" ->
          platform
              .aws()
              .create(EventBridgeClient.builder())
              .putEvents(
                  put ->
                      put.entries(
                          PutEventsRequestEntry.builder()
                              .eventBusName(on)
                              .source(as)
                              .detailType("t")
                              .detail("{}")
                              .build()));
      case "GetSecretValue" ->
          platform
              .aws()
              .create(SecretsManagerClient.builder())
              .getSecretValue(get -> get.secretId(on));
      case "GetParameter" ->
          platform.aws().create(SsmClient.builder()).getParameter(get -> get.name(on));
      case "GetQueueUrl" ->
          platform.aws().create(SqsClient.builder()).getQueueUrl(get -> get.queueName(on));
      case "PutObject" ->
          platform
              .aws()
              .create(S3Client.builder().forcePathStyle(true))
              .putObject(put -> put.bucket(on).key(as), RequestBody.fromString("x"));
      case "DeleteSchedule" ->
          platform
              .aws()
              .create(SchedulerClient.builder())
              .deleteSchedule(delete -> delete.name(on).groupName(as));
      case "CreateSchedule" ->
          platform
              .aws()
              .create(SchedulerClient.builder())
              .createSchedule(
                  create ->
                      create
                          .name("s")
                          .groupName("g")
                          .scheduleExpression("at(2099-01-01T00:00:00)")
                          .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                          .target(
                              target ->
                                  target
                                      .arn(on)
                                      .roleArn(as)
                                      .eventBridgeParameters(to -> to.source("s").detailType("t"))
                                      .input("{}")));
      default -> throw new IllegalArgumentException(call);
    }
  }
}
