package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.testing.Templates;
import agentpost.local.testing.Wire;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterAlreadyExistsException;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;

/** Every service by the AWS SDK's client for it, at one local cloud. */
class ServicesIT {
  private static final List<String> HEARD = new CopyOnWriteArrayList<>();
  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static AwsClients aws;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 600, 1));
    aws = cloud.clients("test");
    Templates.write(
        cdkOut,
        "services",
        """
        {"Resources":{"Log":{"Type":"AWS::Logs::LogGroup","Properties":{"LogGroupName":"/services"}},
         "Queue":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"services-dlq","MessageRetentionPeriod":1209600,"VisibilityTimeout":45}},
         "Bus":{"Type":"AWS::Events::EventBus","Properties":{"Name":"services"}},
         "Overview":{"Type":"AWS::CloudWatch::Dashboard","Properties":{"DashboardName":{"Fn::Sub":"services-${AWS::Region}"},"DashboardBody":"{}"}},
         "Latency":{"Type":"AWS::Logs::QueryDefinition","Properties":{"Name":"services/latency","QueryString":"stats count(*)"}},
         "Table":{"Type":"AWS::DynamoDB::Table","Properties":{"TableName":"services","AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}]}},
         "Echo":{"Type":"AWS::Lambda::Function","Properties":{"FunctionName":"services-echo","Handler":"agentpost.local.ServicesIT$Echo","Timeout":7,"MemorySize":256,"Environment":{"Variables":{"A":"1"}},"Role":"arn:aws:iam::000000000000:role/none"}},
         "Secret":{"Type":"AWS::SecretsManager::Secret","Properties":{"Name":"services/generated","GenerateSecretString":{"SecretStringTemplate":"{}","GenerateStringKey":"current","PasswordLength":64,"ExcludePunctuation":true}}},
         "LogRule":{"Type":"AWS::Events::Rule","Properties":{"Name":"log","EventBusName":{"Ref":"Bus"},"EventPattern":{"source":[{"prefix":""}]},
          "Targets":[{"Id":"log","Arn":{"Fn::Sub":"arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/services"}}]}}},
         "Outputs":{"QueueUrl":{"Value":{"Ref":"Queue"}},"BusName":{"Value":{"Ref":"Bus"}},"Odd":{"Value":"<&>"}}}\
        """);
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  private static Wire wire() {
    return new Wire(aws.create(EventBridgeClient.builder()));
  }

  /** Answers with what it heard, louder. */
  public static final class Echo implements RequestHandler<String, String> {
    /** As the host makes functions. */
    public Echo(Platform platform) {
      platform.log().accept("ready");
    }

    @Override
    public String handleRequest(String event, Context context) {
      HEARD.add(event);
      return event.toUpperCase(Locale.ROOT);
    }
  }

  /** They need CloudWatch, and a stack that has them is deployed all the same. */
  @Test
  void dashboardsAndSavedQueriesAreDeclaredOnly() {
    assertThat(cloud.inertResources())
        .containsEntry("AWS::CloudWatch::Dashboard", List.of("services-us-east-1"))
        .containsEntry("AWS::Logs::QueryDefinition", List.of("services/latency"));
  }

  @Test
  void functionsAreListedDescribedAndInvokedInEachWay() {
    LambdaClient lambda = aws.create(LambdaClient.builder());
    assertThat(lambda.listFunctionsPaginator().functions())
        .extracting(FunctionConfiguration::functionName)
        .containsExactly("services-echo");
    GetFunctionConfigurationResponse echo =
        lambda.getFunctionConfiguration(get -> get.functionName("services-echo"));
    assertThat(echo.timeout()).isEqualTo(7);
    assertThat(echo.memorySize()).isEqualTo(256);
    assertThat(echo.environment().variables()).isEqualTo(Map.of("A", "1"));
    assertThat(echo.handler()).isEqualTo(Echo.class.getName());
    assertThat(echo.role()).isEqualTo("arn:aws:iam::000000000000:role/none");
    assertThat(
            lambda
                .invoke(
                    invoke ->
                        invoke
                            .functionName("services-echo")
                            .payload(SdkBytes.fromUtf8String("\"now\"")))
                .payload()
                .asUtf8String())
        .isEqualTo("\"NOW\"");
    assertThat(
            lambda
                .invoke(
                    invoke ->
                        invoke.functionName("services-echo").invocationType(InvocationType.DRY_RUN))
                .statusCode())
        .isEqualTo(204);
    assertThat(HEARD).containsExactly("now");
    assertThat(
            lambda
                .invoke(
                    invoke ->
                        invoke
                            .functionName(echo.functionArn())
                            .invocationType(InvocationType.EVENT)
                            .payload(SdkBytes.fromUtf8String("\"later\"")))
                .statusCode())
        .isEqualTo(202);
    await().untilAsserted(() -> assertThat(HEARD).containsExactly("now", "later"));
    for (InvocationType type :
        List.of(InvocationType.EVENT, InvocationType.DRY_RUN, InvocationType.REQUEST_RESPONSE)) {
      assertThatThrownBy(
              () -> lambda.invoke(invoke -> invoke.functionName("none").invocationType(type)))
          .as(type.toString())
          .hasMessageContaining("Function not found");
    }
    assertThatThrownBy(() -> lambda.getFunctionConfiguration(get -> get.functionName("none")))
        .hasMessageContaining(
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none");
    assertThatThrownBy(
            () ->
                lambda.invoke(
                    invoke -> invoke.functionName("services-echo").invocationType("Sometimes")))
        .hasMessageContaining("[Event, RequestResponse, DryRun]");
    assertThatThrownBy(() -> lambda.deleteFunction(delete -> delete.functionName("services-echo")))
        .hasMessageContaining("does not support lambda: DELETE");
  }

  @Test
  void secretsHaveACurrentAndAPreviousVersion() {
    SecretsManagerClient secrets = aws.create(SecretsManagerClient.builder());
    String arn =
        secrets.createSecret(create -> create.name("it/a-secret").secretString("one")).arn();
    secrets.putSecretValue(put -> put.secretId("it/a-secret").secretString("two"));
    assertThat(secrets.getSecretValue(get -> get.secretId(arn)).secretString()).isEqualTo("two");
    assertThat(
            secrets
                .getSecretValue(get -> get.secretId("it/a-secret").versionStage("AWSPREVIOUS"))
                .secretString())
        .isEqualTo("one");
    assertThat(
            secrets
                .getSecretValue(get -> get.secretId("it/a-secret").versionStage("AWSCURRENT"))
                .versionStages())
        .containsExactly("AWSCURRENT");
    assertThat(
            secrets
                .describeSecret(describe -> describe.secretId(arn))
                .versionIdsToStages()
                .values())
        .containsExactlyInAnyOrder(List.of("AWSCURRENT"), List.of("AWSPREVIOUS"));
    assertThatThrownBy(
            () -> secrets.getSecretValue(get -> get.secretId(arn).versionStage("AWSPENDING")))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void theSameVersionPutAgainChangesNothing() {
    SecretsManagerClient secrets = aws.create(SecretsManagerClient.builder());
    secrets.createSecret(create -> create.name("it/again").secretString("one"));
    for (int i = 0; i < 2; i++) {
      secrets.putSecretValue(
          put ->
              put.secretId("it/again")
                  .secretString("two")
                  .clientRequestToken("0123456789-0123456789-0123456789"));
    }
    assertThat(
            secrets
                .getSecretValue(get -> get.secretId("it/again").versionStage("AWSPREVIOUS"))
                .secretString())
        .isEqualTo("one");
  }

  @Test
  void secretsThatAreNotThereAndOperationsThatAreNotAreToldApart() {
    SecretsManagerClient secrets = aws.create(SecretsManagerClient.builder());
    assertThatThrownBy(() -> secrets.getSecretValue(get -> get.secretId("it/none")))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("Secrets Manager can't find the specified secret.");
    assertThatThrownBy(() -> secrets.getRandomPassword())
        .isInstanceOf(SecretsManagerException.class)
        .hasMessageContaining("GetRandomPassword");
  }

  @Test
  void theTemplatesSecretIsGenerated() {
    String text =
        aws.create(SecretsManagerClient.builder())
            .getSecretValue(get -> get.secretId("services/generated"))
            .secretString();
    assertThat(text).matches("\\{\"current\":\"[A-Za-z0-9]{64}\"}");
  }

  @Test
  void parametersArePutOnceOverwrittenAndListedByPath() {
    SsmClient parameters = aws.create(SsmClient.builder());
    parameters.putParameter(put -> put.name("/it/a").value("1").type("String"));
    assertThatThrownBy(
            () -> parameters.putParameter(put -> put.name("/it/a").value("2").type("String")))
        .isInstanceOf(ParameterAlreadyExistsException.class);
    assertThat(
            parameters.putParameter(put -> put.name("/it/a").value("2").overwrite(true)).version())
        .isEqualTo(2);
    assertThat(parameters.getParameter(get -> get.name("/it/a")).parameter().value())
        .isEqualTo("2");
    parameters.putParameter(put -> put.name("/it/deeper/b").value("3").type("String"));
    parameters.putParameter(put -> put.name("/itself").value("4").type("String"));
    assertThat(parameters.getParametersByPath(get -> get.path("/it")).parameters())
        .extracting(Parameter::name)
        .containsExactly("/it/a");
    assertThat(parameters.getParametersByPath(get -> get.path("/it").recursive(true)).parameters())
        .extracting(Parameter::name)
        .containsExactly("/it/a", "/it/deeper/b");
    assertThatThrownBy(() -> parameters.getParameter(get -> get.name("/it/none")))
        .isInstanceOf(ParameterNotFoundException.class);
  }

  private static CreateScheduleRequest schedule(String name) {
    return CreateScheduleRequest.builder()
        .name(name)
        .scheduleExpression("at(2000-01-01T00:00:00)")
        .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
        .target(
            target ->
                target
                    .arn("arn:aws:events:us-east-1:000000000000:event-bus/services")
                    .roleArn("arn:aws:iam::000000000000:role/r")
                    .eventBridgeParameters(to -> to.source("scheduled").detailType(name))
                    .input("{\"scheduled\":\"" + name + "\"}"))
        .build();
  }

  @Test
  void aScheduleWhoseTimeHasComePutsItsEventOnTheBus() throws Exception {
    SchedulerClient scheduler = aws.create(SchedulerClient.builder());
    scheduler.createSchedule(schedule("due"));
    assertThatThrownBy(() -> scheduler.createSchedule(schedule("due")))
        .isInstanceOf(ConflictException.class);
    assertThat(scheduler.getSchedule(get -> get.name("due")).arn())
        .endsWith(":schedule/default/due");
    assertThatThrownBy(() -> scheduler.getSchedule(get -> get.name("none")))
        .isInstanceOf(
            software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException.class);
    await().until(() -> logged("{}").contains("\\\"scheduled\\\":\\\"due\\\""));
    scheduler.deleteSchedule(delete -> delete.name("due"));
  }

  /** There is no client for CloudWatch Logs among this project's dependencies. */
  private static String logged(String more) throws IOException, InterruptedException {
    return post(
            "Logs_20140328.FilterLogEvents",
            "{\"logGroupName\":\"/services\"" + (more.equals("{}") ? "" : ",") + more.substring(1))
        .body();
  }

  private static HttpResponse<String> post(String target, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(cloud.endpoint())
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.1")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void logEventsAreFilteredByTime() throws Exception {
    wire().put(Wire.entry("services", "{\"logs\":1}"));
    await().until(() -> logged("{}").contains("\\\"logs\\\":1"));
    assertThat(logged("{\"endTime\":1}")).isEqualTo("{\"events\":[]}");
    assertThat(logged("{\"filterPattern\":\"{ $.detail.logs = 1 }\"}"))
        .contains("\\\"logs\\\":1", "ingestionTime", "eventId");
    assertThat(logged("{\"filterPattern\":\"{ $.detail.logs = 2 }\"}"))
        .isEqualTo("{\"events\":[]}");
    assertThat(logged("{\"filterPattern\":\"[ip, user]\"}"))
        .contains("filterPattern of space-delimited fields");
    assertThat(post("Logs_20140328.FilterLogEvents", "{\"logGroupName\":\"/none\"}").body())
        .contains("ResourceNotFoundException");
  }

  @Test
  void mailGoesToTheOutbox() {
    SesV2Client mail = aws.create(SesV2Client.builder());
    String id =
        mail.sendEmail(
                email ->
                    email
                        .fromEmailAddress("from@example.com")
                        .destination(to -> to.toAddresses("ada@example.com"))
                        .content(
                            c ->
                                c.simple(
                                    s ->
                                        s.subject(x -> x.data("Grüße"))
                                            .body(b -> b.text(t -> t.data("text"))))))
            .messageId();
    assertThat(cloud.outbox())
        .anySatisfy(
            sent ->
                assertThat(List.of(sent.id(), sent.to(), sent.subject(), sent.text()))
                    .containsExactly(id, "ada@example.com", "Grüße", "text"));
    AwsServiceException unknown =
        catchThrowableOfType(AwsServiceException.class, () -> mail.getAccount(get -> {}));
    assertThat(unknown).hasMessageContaining("GET /v2/email/account");
  }

  @Test
  void stacksShowTheirOutputs() {
    CloudFormationClient stacks = aws.create(CloudFormationClient.builder());
    Map<String, String> outputs =
        stacks
            .describeStacks(describe -> describe.stackName("services"))
            .stacks()
            .getFirst()
            .outputs()
            .stream()
            .collect(Collectors.toMap(Output::outputKey, Output::outputValue));
    assertThat(outputs)
        .containsEntry("BusName", "services")
        .containsEntry("Odd", "<&>")
        .containsEntry("QueueUrl", cloud.endpoint() + "/000000000000/services-dlq");
    assertThat(stacks.describeStacks().stacks()).hasSize(1);
    assertThatThrownBy(() -> stacks.describeStacks(describe -> describe.stackName("none")))
        .isInstanceOf(CloudFormationException.class)
        .hasMessageContaining("Stack with id none does not exist");
    assertThatThrownBy(() -> stacks.cancelUpdateStack(cancel -> cancel.stackName("services")))
        .isInstanceOf(CloudFormationException.class)
        .hasMessageContaining("CancelUpdateStack");
  }

  @Test
  void theCallerIsTheLocalAccount() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(cloud.endpoint())
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .POST(
                HttpRequest.BodyPublishers.ofString("Action=GetCallerIdentity&Version=2011-06-15"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("<Account>000000000000</Account>");
  }

  @Test
  void tablesOfTheTemplateAreThere() {
    assertThat(
            aws.create(DynamoDbClient.builder())
                .describeTable(describe -> describe.tableName("services"))
                .table()
                .tableStatusAsString())
        .isEqualTo("ACTIVE");
  }

  @Test
  void queuesSpeakToTheirClient() {
    SqsClient queues = aws.create(SqsClient.builder());
    String url = queues.getQueueUrl(get -> get.queueName("services-dlq")).queueUrl();
    assertThat(
            queues
                .getQueueAttributes(get -> get.queueUrl(url).attributeNamesWithStrings("All"))
                .attributesAsStrings())
        .containsEntry("VisibilityTimeout", "45");
    assertThatThrownBy(() -> queues.getQueueUrl(get -> get.queueName("none")))
        .isInstanceOf(QueueDoesNotExistException.class);
  }

  @Test
  void putEventsAnswersPerEntryAndByName() {
    EventBridgeClient events = aws.create(EventBridgeClient.builder());
    PutEventsResponse answer =
        wire()
            .put(
                Wire.entry("services", "{}"),
                Wire.entry("services", "no"),
                Wire.entry("nowhere", "{}"));
    assertThat(answer.failedEntryCount()).isEqualTo(1);
    assertThat(answer.entries())
        .extracting(e -> String.valueOf(e.errorCode()))
        .containsExactly("null", "MalformedDetail", "null");
    assertThatThrownBy(
            () -> events.putRule(put -> put.name("x").eventBusName("services").eventPattern("{")))
        .isInstanceOf(InvalidEventPatternException.class);
    assertThatThrownBy(() -> events.listEndpoints(list -> {}))
        .isInstanceOfSatisfying(
            EventBridgeException.class,
            e -> {
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo("UnknownOperationException");
              assertThat(e.awsErrorDetails().errorMessage()).contains("ListEndpoints");
            });
    assertThat(events.listRules(list -> list.eventBusName("services").namePrefix("lo")).rules())
        .extracting(Rule::name)
        .containsExactly("log");
  }

  @Test
  void anUnknownServiceIsNamed() throws Exception {
    HttpResponse<String> answer = post("AmazonAthena.StartQueryExecution", "{}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("UnknownOperationException", "AmazonAthena.StartQueryExecution");
  }

  @Test
  void itIsReady() throws Exception {
    URI health = cloud.endpoint().resolve("/_agentpost/health");
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(new String(answer.body(), UTF_8))
        .startsWith("{\"status\":\"ready\",")
        .contains("\"stacks\":[\"services\"]");
  }

  @Test
  void aStateMachineIsRefusedByName(@TempDir Path other) throws Exception {
    Templates.write(
        other,
        "workflow",
        "{\"Resources\":{\"Machine\":{\"Type\":\"AWS::StepFunctions::StateMachine\",\"Properties\":{\"DefinitionString\":\"{}\"}}}}");
    assertThatThrownBy(() -> cloud.deploy(other))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessage(
            "The local cloud does not support the resource type AWS::StepFunctions::StateMachine");
  }
}
