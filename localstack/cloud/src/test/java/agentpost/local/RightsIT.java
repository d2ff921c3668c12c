package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Functions may do what their roles allow, and the API may call the functions that permit it. */
class RightsIT extends RightsTestBed {
  @TempDir private static Path cdkOut;
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static LocalCloud cloud;
  private static AwsClients aws;

  @BeforeAll
  static void start() throws Exception {
    String own = ",'Condition':{'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':['me']}}";
    String table =
        "{'Type':'AWS::DynamoDB::Table','Properties':{'TableName':'%s','AttributeDefinitions':[{'AttributeName':'agent','AttributeType':'S'},{'AttributeName':'id','AttributeType':'S'}],"
            + "'KeySchema':[{'AttributeName':'agent','KeyType':'HASH'},{'AttributeName':'id','KeyType':'RANGE'}]}}";
    Templates.write(
        cdkOut,
        "rights",
        template(
            "'Api':{'Value':{'Fn::Sub':'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod'}},'Held':{'Value':"
                + arn("HeldRole")
                + "}",
            "'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'bus'}}",
            "'Own':" + table.formatted("own"),
            "'Foreign':" + table.formatted("foreign"),
            "'Bucket':{'Type':'AWS::S3::Bucket','Properties':{'BucketName':'bucket'}}",
            "'Secret':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'secret','SecretString':'x'}}",
            "'Other':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'other','SecretString':'x'}}",
            "'Parameter':{'Type':'AWS::SSM::Parameter','Properties':{'Name':'/a/b','Type':'String','Value':'x'}}",
            role(
                "HeldRole",
                "lambda.amazonaws.com",
                allow(
                    "['dynamodb:PutItem','dynamodb:ConditionCheckItem','dynamodb:PartiQLSelect']",
                    arn("Own"),
                    own),
                allow(
                    "'events:PutEvents'",
                    arn("Bus"),
                    ",'Condition':{'ForAllValues:StringEquals':{'events:source':['me']}}"),
                allow(
                    "'secretsmanager:GetSecretValue'",
                    "{'Fn::Sub':'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:secret-??????'}"),
                allow("'ssm:GetParameter'", "'arn:aws:ssm:" + HERE + "parameter/a/*'"),
                "{'Effect':'Deny','Action':'ssm:*','Resource':'arn:aws:ssm:"
                    + HERE
                    + "parameter/a/secret*'}",
                allow("'sqs:GetQueueUrl'", "'arn:aws:sqs:" + HERE + "*-dlq'"),
                allow("'s3:PutObject'", "{'Fn::Sub':'${Bucket.Arn}/in/*'}"),
                allow("'scheduler:CreateSchedule'", "'arn:aws:scheduler:" + HERE + "schedule/g/*'"),
                allow(
                    "'scheduler:DeleteSchedule'",
                    "'arn:aws:scheduler:" + HERE + "schedule/g/held.*'"),
                allow("'iam:PassRole'", arn("SchedulerRole"))),
            role(
                "SchedulerRole",
                "scheduler.amazonaws.com",
                allow("'events:PutEvents'", "'arn:aws:events:" + HERE + "event-bus/elsewhere'")),
            queue("plain-dlq"),
            queue("heard"),
            function("held", "HeldRole", "Caller"),
            function("open", "HeldRole", "OddHandler"),
            "'Permission':{'Type':'AWS::Lambda::Permission','Properties':{'Action':'lambda:InvokeFunction','FunctionName':{'Fn::Sub':'${open.Arn}:live'},'Principal':'apigateway.amazonaws.com','SourceArn':"
                + "{'Fn::Sub':'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/prod/POST/open/*'}}}",
            "'Api':{'Type':'AWS::ApiGateway::RestApi','Properties':{'Body':{'paths':{"
                + path("open/{a}", "open")
                + ","
                + path("shut", "open")
                + ","
                + path("held", "held")
                + "}}}}"));
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    cloud.listenToLogs((function, line) -> LOG.add(function + ": " + line));
    cloud.deploy(cdkOut);
    aws = cloud.clients("test");
  }

  private static String path(String path, String function) {
    return "'/"
        + path
        + "':{'post':{'x-amazon-apigateway-integration':{'type':'aws_proxy','uri':'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:"
        + HERE
        + "function:"
        + function
        + ":live/invocations'}}}";
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static String output(String name) {
    return cloud.outputs().getOrDefault("rights", Map.of()).getOrDefault(name, "");
  }

  private static JsonNode called(String call, String on, String as) throws Exception {
    String event = "{\"call\":\"" + call + "\",\"on\":\"" + on + "\",\"as\":\"" + as + "\"}";
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI invocations = cloud.endpoint().resolve("/2015-03-31/functions/held/invocations");
      return new JsonMapper()
          .readTree(
              http.send(
                      HttpRequest.newBuilder(invocations)
                          .POST(HttpRequest.BodyPublishers.ofString(event))
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PutItem, own, me",
    "Transaction, own, own",
    "PutEvents, bus, me",
    "GetSecretValue, secret, -",
    "GetParameter, /a/b, -",
    "GetQueueUrl, plain-dlq, -",
    "PutObject, bucket, in/x",
  })
  void aFunctionDoesWhatItsRoleAllows(String call, String on, String as) throws Exception {
    assertThat(called(call, on, as)).hasToString("{\"outcome\":\"done\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "PutItem,          foreign,  me,     dynamodb:PutItem,               "
        + " arn:aws:dynamodb:us-east-1:000000000000:table/foreign",
    "PutItem,          own,      you,    dynamodb:PutItem,               "
        + " arn:aws:dynamodb:us-east-1:000000000000:table/own",
    "GetItem,          own,      me,     dynamodb:GetItem,               "
        + " arn:aws:dynamodb:us-east-1:000000000000:table/own",
    "Transaction,      own,      foreign, dynamodb:ConditionCheckItem,   "
        + " arn:aws:dynamodb:us-east-1:000000000000:table/foreign",
    "PutEvents,        default,  me,     events:PutEvents,               "
        + " arn:aws:events:us-east-1:000000000000:event-bus/default",
    "PutEvents,        bus,      you,    events:PutEvents,               "
        + " arn:aws:events:us-east-1:000000000000:event-bus/bus",
    "GetQueueUrl,      heard,    -,      sqs:GetQueueUrl,                "
        + " arn:aws:sqs:us-east-1:000000000000:heard",
    "GetParameter,     /b,       -,      ssm:GetParameter,               "
        + " arn:aws:ssm:us-east-1:000000000000:parameter/b",
    "DeleteSchedule,   other.1,  g,      scheduler:DeleteSchedule,       "
        + " arn:aws:scheduler:us-east-1:000000000000:schedule/g/other.1",
    "DeleteSchedule,   held-2.1, g,      scheduler:DeleteSchedule,       "
        + " arn:aws:scheduler:us-east-1:000000000000:schedule/g/held-2.1",
    "DeleteSchedule,   held.1,   h,      scheduler:DeleteSchedule,       "
        + " arn:aws:scheduler:us-east-1:000000000000:schedule/h/held.1",
  })
  void whatItsRoleDoesNotAllowIsDeniedByNameAndIsInItsLog(
      String call, String on, String as, String action, String resource) throws Exception {
    JsonNode answer = called(call, on, as);
    assertThat(answer.path("outcome").asText()).isEqualTo("AccessDeniedException");
    assertThat(answer.path("message").asText())
        .matches(
            "User: arn:aws:sts::000000000000:assumed-role/HeldRole-\\w+/held is not authorized to"
                + " perform: "
                + action
                + " on resource: "
                + resource
                + " because no identity-based policy allows the "
                + action
                + " action");
    assertThat(LOG).contains("held: AccessDeniedException: " + answer.path("message").asText());
  }

  @Test
  void itsOwnScheduleItMayDelete() throws Exception {
    assertThat(called("DeleteSchedule", "held.1", "g").path("outcome").asText())
        .isEqualTo("ResourceNotFoundException");
  }

  @Test
  void anotherSecretIsDeniedByItsArn() throws Exception {
    assertThat(called("GetSecretValue", "other", "-").path("message").asText())
        .containsPattern(
            "secretsmanager:GetSecretValue on resource:"
                + " arn:aws:secretsmanager:us-east-1:000000000000:secret:other-.{6} because");
  }

  @Test
  void aDenialOutweighsAPermission() throws Exception {
    assertThat(called("GetParameter", "/a/secret-1", "-").path("message").asText())
        .endsWith(
            "on resource: arn:aws:ssm:us-east-1:000000000000:parameter/a/secret-1 with an explicit"
                + " deny in a policy");
  }

  @Test
  void anObjectElsewhereIsDeniedAsS3SaysIt() throws Exception {
    JsonNode answer = called("PutObject", "bucket", "out/x");
    assertThat(answer.path("outcome").asText()).isEqualTo("AccessDenied");
    assertThat(answer.path("message").asText())
        .contains("s3:PutObject on resource: arn:aws:s3:::bucket/out/x because");
  }

  @Test
  void whoPlansMustBeAbleToPassTheRole() throws Exception {
    String bus = "arn:aws:events:" + HERE + "event-bus/bus";
    String itself = output("Held");
    assertThat(called("CreateSchedule", bus, itself).path("message").asText())
        .contains("iam:PassRole on resource: " + itself);
  }

  @Test
  void healthSaysThatRolesAreEnforced() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(
              http.send(
                      HttpRequest.newBuilder(cloud.endpoint().resolve("/_agentpost/health"))
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body())
          .contains("\"roles_enforced\":true");
    }
  }

  @Test
  void partiQlIsRefusedToFunctions() throws Exception {
    assertThat(called("ExecuteStatement", "own", "-").path("message").asText())
        .contains("does not hold PartiQL to a role");
  }

  @Test
  void peopleMayDoEverything() {
    try (DynamoDbClient tables = aws.create(DynamoDbClient.builder())) {
      tables.putItem(
          put ->
              put.tableName("foreign")
                  .item(
                      Map.of("agent", AttributeValue.fromS("x"), "id", AttributeValue.fromS("1"))));
      assertThat(tables.scan(scan -> scan.tableName("foreign")).items()).isNotEmpty();
    }
  }

  @Test
  void theApiCallsAFunctionByThePermittedRouteAndNoOther() throws Exception {
    String api = output("Api");
    assertThat(posted(api + "/open/a")).isNotEqualTo(500);
    assertThat(posted(api + "/shut")).isEqualTo(500);
    assertThat(posted(api + "/held")).isEqualTo(500);
    assertThat(LOG)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "open: not allowed: apigateway.amazonaws.com is not authorized to perform:"
                            + " lambda:InvokeFunction")
                    .contains("/prod/POST/shut"));
  }

  private static int posted(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(url))
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
