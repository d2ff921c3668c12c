package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * The local cloud keeps to a template's roles and policies: what is missing fails here, as it would
 * on AWS. Templates are written with single quotes.
 */
class RightsIT {
  private static final String HERE = "us-east-1:000000000000:";

  @TempDir private static Path cdkOut;
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static final List<DeliveryEvent> HAPPENINGS = new CopyOnWriteArrayList<>();
  private static LocalCloud cloud;
  private static AwsClients aws;

  private static String role(String id, String service, String... statements) {
    return "'"
        + id
        + "':{'Type':'AWS::IAM::Role','Properties':{'AssumeRolePolicyDocument':{'Statement':[{'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'Service':'"
        + service
        + "'},'Condition':{'StringEqualsIfExists':{'aws:SourceAccount':{'Ref':'AWS::AccountId'}}}}]}}},"
        + "'"
        + id
        + "Policy':{'Type':'AWS::IAM::Policy','Properties':{'PolicyName':'p','Roles':[{'Ref':'"
        + id
        + "'}],'PolicyDocument':{'Statement':["
        + String.join(",", statements)
        + "]}}}";
  }

  private static String allow(String action, String resource, String... more) {
    return "{'Effect':'Allow','Action':"
        + action
        + ",'Resource':"
        + resource
        + String.join("", more)
        + "}";
  }

  private static String arn(String resource) {
    return "{'Fn::GetAtt':['" + resource + "','Arn']}";
  }

  private static String function(String name, String role, String handler) {
    return "'"
        + name
        + "':{'Type':'AWS::Lambda::Function','DependsOn':['"
        + role
        + "Policy'],'Properties':{'FunctionName':'"
        + name
        + "','Role':"
        + arn(role)
        + ",'Handler':'agentpost.local.testing."
        + handler
        + "'}},'"
        + name
        + "Log':{'Type':'AWS::Logs::LogGroup','Properties':{'LogGroupName':'/aws/lambda/"
        + name
        + "'}}";
  }

  private static String rule(String name, String targetArn, String role, String deadLetters) {
    return "'"
        + name
        + "':{'Type':'AWS::Events::Rule','Properties':{'Name':'"
        + name
        + "','EventBusName':{'Ref':'Bus'},'EventPattern':{'detail-type':['"
        + name
        + "']},'Targets':[{'Id':'1','Arn':"
        + targetArn
        + (role.isEmpty() ? "" : ",'RoleArn':" + arn(role))
        + (deadLetters.isEmpty() ? "" : ",'DeadLetterConfig':{'Arn':" + arn(deadLetters) + "}")
        + "}]}}";
  }

  private static String queue(String name) {
    return "'" + name + "':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'" + name + "'}}";
  }

  private static String queuePolicy(String queue, String... rules) {
    List<String> arns = new ArrayList<>();
    for (String rule : rules) {
      arns.add("'arn:aws:events:" + HERE + "rule/bus/" + rule + "'");
    }
    return "'"
        + queue
        + "Policy':{'Type':'AWS::SQS::QueuePolicy','Properties':{'Queues':[{'Ref':'"
        + queue
        + "'}],'PolicyDocument':{'Statement':["
        + "{'Effect':'Allow','Action':'sqs:SendMessage','Principal':{'Service':'events.amazonaws.com'},'Resource':"
        + arn(queue)
        + ",'Condition':{'ArnLike':{'aws:SourceArn':["
        + String.join(",", arns)
        + "]}}}]}}}";
  }

  private static String template(String... resources) {
    return ("{'Resources':{"
            + String.join(",", resources)
            + "},'Outputs':{'Api':{'Value':{'Fn::Sub':'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod'}},'Held':{'Value':"
            + arn("HeldRole")
            + "}}}")
        .replace('\'', '"');
  }

  @BeforeAll
  static void start() throws Exception {
    String own = ",'Condition':{'ForAllValues:StringEquals':{'dynamodb:LeadingKeys':['me']}}";
    String table =
        "{'Type':'AWS::DynamoDB::Table','Properties':{'TableName':'%s','AttributeDefinitions':[{'AttributeName':'agent','AttributeType':'S'},{'AttributeName':'id','AttributeType':'S'}],"
            + "'KeySchema':[{'AttributeName':'agent','KeyType':'HASH'},{'AttributeName':'id','KeyType':'RANGE'}]}}";
    String destination =
        "{'Type':'AWS::Events::ApiDestination','Properties':{'Name':'%s','HttpMethod':'POST','InvocationEndpoint':'http://127.0.0.1:1/','ConnectionArn':"
            + arn("Connection")
            + "}}";
    Templates.write(
        cdkOut,
        "rights",
        template(
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
            role(
                "EventsRole",
                "events.amazonaws.com",
                allow("'events:InvokeApiDestination'", arn("Good"))),
            "'Connection':{'Type':'AWS::Events::Connection','Properties':{'Name':'c','AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'k','ApiKeyValue':'v'}}}}",
            "'Good':" + destination.formatted("good"),
            "'Bad':" + destination.formatted("bad"),
            queue("plain-dlq"),
            queuePolicy("plain-dlq", "may-not", "no-role", "cannot"),
            queue("closed-dlq"),
            queue("heard"),
            rule("may-not", arn("Bad"), "EventsRole", "plain-dlq"),
            rule("no-role", arn("Good"), "", "plain-dlq"),
            rule("cannot", arn("Good"), "SchedulerRole", "plain-dlq"),
            rule("nowhere", arn("Bad"), "EventsRole", "closed-dlq"),
            rule("to-queue", arn("heard"), "", ""),
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
    cloud.listen(HAPPENINGS::add);
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

  private static void put(String detailType) {
    try (EventBridgeClient events = aws.create(EventBridgeClient.builder())) {
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .eventBusName("bus")
                      .source("s")
                      .detailType(detailType)
                      .detail("{\"event_id\":\"" + detailType + "\"}")
                      .build()));
    }
  }

  private static Map<String, String> letterOf(String rule) {
    try (SqsClient queues = aws.create(SqsClient.builder())) {
      String url = queues.getQueueUrl(get -> get.queueName("plain-dlq")).queueUrl();
      return await()
          .until(
              () ->
                  queues
                      .receiveMessage(
                          receive ->
                              receive
                                  .queueUrl(url)
                                  .messageAttributeNames("All")
                                  .maxNumberOfMessages(10)
                                  .visibilityTimeout(0))
                      .messages()
                      .stream()
                      .map(RightsIT::attributes)
                      .filter(
                          attributes ->
                              attributes.getOrDefault("RULE_ARN", "").endsWith("/" + rule))
                      .findFirst()
                      .orElse(Map.of()),
              letter -> !letter.isEmpty());
    }
  }

  private static Map<String, String> attributes(Message message) {
    Map<String, String> attributes = new TreeMap<>();
    message.messageAttributes().forEach((name, value) -> attributes.put(name, value.stringValue()));
    return attributes;
  }

  @ParameterizedTest
  @CsvSource({
    "may-not, NO_PERMISSIONS, events:InvokeApiDestination",
    "no-role, NO_PERMISSIONS, events.amazonaws.com",
    "cannot, FAILED_TO_ASSUME_ROLE, events.amazonaws.com cannot assume the role"
  })
  void anEventWhoseRuleMayNotCallItsTargetIsADeadLetter(String rule, String code, String message) {
    put(rule);
    assertThat(letterOf(rule))
        .containsEntry("ERROR_CODE", code)
        .containsEntry("RETRY_ATTEMPTS", "0")
        .hasEntrySatisfying("ERROR_MESSAGE", text -> assertThat(text).contains(message));
  }

  @Test
  void aDeadLetterQueueThatDoesNotLetTheRuleInLosesTheEvent() {
    put("nowhere");
    await()
        .untilAsserted(
            () ->
                assertThat(HAPPENINGS)
                    .anySatisfy(
                        happening -> {
                          assertThat(happening).isInstanceOf(DeliveryEvent.Dropped.class);
                          assertThat(happening.toString())
                              .contains("nowhere")
                              .contains(
                                  "events.amazonaws.com is not authorized to perform:"
                                      + " sqs:SendMessage on resource: arn:aws:sqs:"
                                      + HERE
                                      + "closed-dlq");
                        }));
  }

  @Test
  void aQueueThatDoesNotLetARuleInGetsNothing() {
    put("to-queue");
    await()
        .untilAsserted(
            () ->
                assertThat(HAPPENINGS)
                    .anySatisfy(
                        happening ->
                            assertThat(happening.toString())
                                .contains("Dropped")
                                .contains("to-queue")
                                .contains("NO_PERMISSIONS")));
    try (SqsClient queues = aws.create(SqsClient.builder())) {
      String url = queues.getQueueUrl(get -> get.queueName("heard")).queueUrl();
      assertThat(
              queues
                  .getQueueAttributes(
                      get ->
                          get.queueUrl(url)
                              .attributeNames(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES))
                  .attributes())
          .containsValue("0");
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

  private static void deployed(Path directory, String... resources) throws Exception {
    Templates.write(
        directory,
        "other",
        ("{'Resources':{" + String.join(",", resources) + "}}").replace('\'', '"'));
    try (LocalCloud other = LocalCloud.start(new LocalCloudOptions(0, 60, 1))) {
      other.deploy(directory);
    }
  }

  @Test
  void anOperatorOfAConditionThatIsNotKnownIsRefusedByName(@TempDir Path directory) {
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    role(
                        "R",
                        "lambda.amazonaws.com",
                        allow(
                            "'a:b'",
                            "'*'",
                            ",'Condition':{'NumericLessThan':{'s3:max-keys':'10'}}"))))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessage(
            "RPolicy cannot be made: the local cloud does not support the condition operator"
                + " NumericLessThan");
  }

  @Test
  void aFunctionWhoseRoleLambdaMayNotTakeIsRefused(@TempDir Path directory) {
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    role("R", "events.amazonaws.com", allow("'a:b'", "'*'")),
                    function("f", "R", "Caller")))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessage(
            "Functions have no role that the template declares and that lambda.amazonaws.com may"
                + " take: f");
  }

  @Test
  void anEventSourceThatTheFunctionMayNotPollIsRefused(@TempDir Path directory) {
    String source =
        "'Source':{'Type':'AWS::Lambda::EventSourceMapping','Properties':{'EventSourceArn':"
            + arn("q")
            + ",'FunctionName':{'Fn::Sub':'${f.Arn}:live'}}}";
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    queue("q"),
                    role(
                        "R",
                        "lambda.amazonaws.com",
                        allow("['sqs:ReceiveMessage','sqs:GetQueueAttributes']", arn("q"))),
                    function("f", "R", "Caller"),
                    source))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining(
            "the execution role of f does not have permissions to call sqs:DeleteMessage on the"
                + " queue");
  }

  @Test
  void aScheduleWhoseRoleSchedulerMayNotTakeIsRefused(@TempDir Path directory) {
    String schedule =
        "'S':{'Type':'AWS::Scheduler::Schedule','Properties':{'Name':'s','ScheduleExpression':'rate(1"
            + " minute)','FlexibleTimeWindow':{'Mode':'OFF'},'Target':{'Arn':{'Fn::Sub':'${f.Arn}:live'},'RoleArn':"
            + arn("R")
            + ",'Input':'{}'}}}";
    assertThatThrownBy(
            () ->
                deployed(
                    directory,
                    role("R", "lambda.amazonaws.com", allow("'a:b'", "'*'")),
                    function("f", "R", "Caller"),
                    schedule))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining(
            "S cannot be made: the execution role must allow AWS EventBridge Scheduler to assume"
                + " it");
  }
}
