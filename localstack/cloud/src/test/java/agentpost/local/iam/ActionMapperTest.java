package agentpost.local.iam;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.policy.ActionRequest;
import agentpost.local.wire.AwsRequest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rights requests need. */
class ActionMapperTest {
  private final ActionMapper calls =
      new ActionMapper(
          id -> "arn:of:" + id, id -> id.equals("tagged") ? Map.of("colour", "blue") : Map.of());

  private List<String> of(String service, String target, String body) {
    AwsRequest request =
        new AwsRequest(
            "POST",
            "/",
            Map.of(),
            Map.of("x-amz-target", target),
            body.replace('\'', '"').getBytes(UTF_8));
    return calls.of(service, request).stream().map(ActionMapperTest::text).toList();
  }

  private static String text(ActionRequest call) {
    return call.action()
        + " "
        + call.resource().replace("us-east-1:000000000000", "")
        + (call.context().isEmpty() ? "" : " " + call.context());
  }

  private List<String> rest(String service, String method, String path, String body) {
    return calls
        .of(
            service,
            new AwsRequest(
                method, path, Map.of(), Map.of(), body.replace('\'', '"').getBytes(UTF_8)))
        .stream()
        .map(ActionMapperTest::text)
        .toList();
  }

  private void table() {
    try {
      calls.table(
          new JsonMapper()
              .readTree(
                  "{'TableName':'t','KeySchema':[{'AttributeName':'agent','KeyType':'HASH'},{'AttributeName':'id','KeyType':'RANGE'}],'GlobalSecondaryIndexes':[{'IndexName':'i','KeySchema':[{'AttributeName':'open','KeyType':'HASH'}]}]}"
                      .replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GetItem | {'TableName':'t','Key':{'agent':{'S':'a'},'id':{'S':'1'}}} | dynamodb:GetItem"
            + " arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[a]}",
        "PutItem | {'TableName':'t','Item':{'agent':{'S':'a'}}} | dynamodb:PutItem"
            + " arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[a]}",
        "PutItem | {'TableName':'other','Item':{'agent':{'S':'a'}}} | dynamodb:PutItem"
            + " arn:aws:dynamodb::table/other",
        "Query | {'TableName':'t','KeyConditionExpression':'#k = :k AND id >"
            + " :i','ExpressionAttributeNames':{'#k':'agent'},'ExpressionAttributeValues':{':k':{'S':'b'}}}"
            + " | dynamodb:Query arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[b]}",
        "Query | {'TableName':'t','IndexName':'i','KeyConditionExpression':'open ="
            + " :o','ExpressionAttributeValues':{':o':{'S':'yes'}}} | dynamodb:Query"
            + " arn:aws:dynamodb::table/t/index/i {dynamodb:leadingkeys=[yes]}",
        "Scan | {'TableName':'t'} | dynamodb:Scan arn:aws:dynamodb::table/t",
        "DescribeTable | {'TableName':'t'} | dynamodb:DescribeTable arn:aws:dynamodb::table/t",
        "ListTables | {} | dynamodb:ListTables *",
        "BatchGetItem | {'RequestItems':{'t':{'Keys':[{'agent':{'S':'a'}},{'agent':{'S':'b'}}]}}} |"
            + " dynamodb:BatchGetItem arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[a, b]}",
        "BatchWriteItem |"
            + " {'RequestItems':{'t':[{'PutRequest':{'Item':{'agent':{'S':'a'}}}},{'DeleteRequest':{'Key':{'agent':{'S':'c'}}}}]}}"
            + " | dynamodb:BatchWriteItem arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[a, c]}",
      })
  void aTableIsAskedForByOperationAndPartitionKey(String operation, String body, String expected) {
    table();
    assertThat(of("dynamodb", "DynamoDB_20120810." + operation, body)).containsExactly(expected);
  }

  @Test
  void aTransactionAsksForEachOfItsItems() {
    table();
    assertThat(
            of(
                "dynamodb",
                "DynamoDB_20120810.TransactWriteItems",
                "{'TransactItems':[{'Put':{'TableName':'t','Item':{'agent':{'S':'a'}}}},{'Update':{'TableName':'u','Key':{'k':{'S':'1'}}}},"
                    + "{'Delete':{'TableName':'t','Key':{'agent':{'S':'b'}}}},{'ConditionCheck':{'TableName':'t','Key':{'agent':{'S':'c'}}}}]}"))
        .containsExactly(
            "dynamodb:PutItem arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[a]}",
            "dynamodb:UpdateItem arn:aws:dynamodb::table/u",
            "dynamodb:DeleteItem arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[b]}",
            "dynamodb:ConditionCheckItem arn:aws:dynamodb::table/t {dynamodb:leadingkeys=[c]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"})
  void partiQlIsRefusedByName(String operation) {
    assertThatThrownBy(
            () ->
                of("dynamodb", "DynamoDB_20120810." + operation, "{'Statement':'SELECT * FROM t'}"))
        .hasMessage(
            "The local cloud does not hold PartiQL to a role, and refuses DynamoDB "
                + operation
                + " to functions");
  }

  @Test
  void eventsAreAskedForBusByBusWithAllTheirSources() {
    assertThat(
            of(
                "events",
                "AWSEvents.PutEvents",
                "{'Entries':[{'EventBusName':'b','Source':'s1','DetailType':'t1'},{'Source':'s2','DetailType':'t2'},{'EventBusName':'arn:aws:events:us-east-1:000000000000:event-bus/b','Source':'s3','DetailType':'t3'}]}"))
        .containsExactly(
            "events:PutEvents arn:aws:events::event-bus/b {events:detail-type=[t1, t3],"
                + " events:source=[s1, s3]}",
            "events:PutEvents arn:aws:events::event-bus/default {events:detail-type=[t2],"
                + " events:source=[s2]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sqs | AmazonSQS.SendMessage | {'QueueUrl':'http://localhost:4566/000000000000/q'} |"
            + " sqs:SendMessage arn:aws:sqs::q",
        "sqs | AmazonSQS.ChangeMessageVisibilityBatch |"
            + " {'QueueUrl':'http://localhost:4566/000000000000/q'} | sqs:ChangeMessageVisibility"
            + " arn:aws:sqs::q",
        "sqs | AmazonSQS.GetQueueUrl | {'QueueName':'q'} | sqs:GetQueueUrl arn:aws:sqs::q",
        "sqs | AmazonSQS.ListQueues | {} | sqs:ListQueues *",
        "secretsmanager | secretsmanager.GetSecretValue | {'SecretId':'a/b'} |"
            + " secretsmanager:GetSecretValue arn:of:a/b",
        "secretsmanager | secretsmanager.GetSecretValue | {'SecretId':'tagged'} |"
            + " secretsmanager:GetSecretValue arn:of:tagged {aws:resourcetag/colour=[blue]}",
        "secretsmanager | secretsmanager.GetRandomPassword | {} | secretsmanager:GetRandomPassword"
            + " *",
        "ssm | AmazonSSM.GetParameter | {'Name':'/a/b'} | ssm:GetParameter"
            + " arn:aws:ssm::parameter/a/b",
        "ssm | AmazonSSM.GetParametersByPath | {'Path':'/a'} | ssm:GetParametersByPath"
            + " arn:aws:ssm::parameter/a",
        "events | AWSEvents.DisableRule | {'EventBusName':'b','Name':'r'} | events:DisableRule"
            + " arn:aws:events::rule/b/r",
        "states | AWSStepFunctions.SendTaskSuccess | {} | states:SendTaskSuccess *",
        "kms | TrentService.Decrypt | {} | kms:Decrypt *",
      })
  void otherServicesAreAskedForByTheirOperations(
      String service, String target, String body, String expected) {
    assertThat(of(service, target, body)).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3 | GET | /b/k/1 | '' | s3:GetObject arn:aws:s3:::b/k/1",
        "s3 | HEAD | /b/k | '' | s3:GetObject arn:aws:s3:::b/k",
        "s3 | PUT | /b/k | '' | s3:PutObject arn:aws:s3:::b/k",
        "s3 | GET | /b | '' | s3:ListBucket arn:aws:s3:::b",
        "lambda | POST | /2015-03-31/functions/f/invocations | {} | lambda:InvokeFunction"
            + " arn:aws:lambda::function:f",
        "lambda | POST |"
            + " /2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af%3Alive/invocations"
            + " | {} | lambda:InvokeFunction arn:aws:lambda::function:f:live",
        "lambda | GET | /2015-03-31/functions/f | {} | lambda:GetFunction"
            + " arn:aws:lambda::function:f",
        "lambda | GET | /2015-03-31/functions/f/configuration | {} |"
            + " lambda:GetFunctionConfiguration arn:aws:lambda::function:f",
        "sqs | POST | / |"
            + " Action=SendMessageBatch&Version=2012-11-05&QueueUrl=http%3A%2F%2Flocalhost%3A4566%2F000000000000%2Fq"
            + " | sqs:SendMessage arn:aws:sqs::q",
        "sqs | POST | /000000000000/q | Action=DeleteMessage&ReceiptHandle=r | sqs:DeleteMessage"
            + " arn:aws:sqs::q",
        "lambda | PUT | /2017-10-31/functions/f/concurrency | {} | lambda:PutFunctionConcurrency"
            + " arn:aws:lambda::function:f",
        "scheduler | DELETE | /schedules/s | '' | scheduler:DeleteSchedule"
            + " arn:aws:scheduler::schedule/default/s",
      })
  void restIsAskedForByMethodAndPath(
      String service, String method, String path, String body, String expected) {
    assertThat(rest(service, method, path, body)).containsExactly(expected);
  }

  @Test
  void mailIsAboutTheSendersIdentityAndEachRecipients() {
    String who = " {ses:fromaddress=[a@x.org], ses:recipients=[b@x.org, c@x.org]}";
    assertThat(
            rest(
                "ses",
                "POST",
                "/v2/email/outbound-emails",
                "{'FromEmailAddress':'A <a@x.org>','Destination':{'ToAddresses':['b@x.org'],"
                    + "'BccAddresses':['c@x.org']}}"))
        .containsExactly(
            "ses:SendEmail arn:aws:ses::identity/a@x.org" + who,
            "ses:SendEmail arn:aws:ses::identity/b@x.org" + who,
            "ses:SendEmail arn:aws:ses::identity/c@x.org" + who);
  }

  @Test
  void whoPlansMustBeAbleToPassTheRole() {
    assertThat(
            rest(
                "scheduler",
                "POST",
                "/schedules/s",
                "{'GroupName':'g','Target':{'RoleArn':'arn:aws:iam::000000000000:role/r'}}"))
        .containsExactly(
            "scheduler:CreateSchedule arn:aws:scheduler::schedule/g/s",
            "iam:PassRole arn:aws:iam::000000000000:role/r"
                + " {iam:passedtoservice=[scheduler.amazonaws.com]}");
  }
}
