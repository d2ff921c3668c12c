package agentpost.local.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.Runtime;
import software.amazon.awssdk.services.lambda.model.State;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.SendEmailRequest;

/** What is beside the cloud, in this JVM, where the cloud has it not. */
interface HostedScenarios extends Scenario {
  @Test
  @Hits(Gap.NO_LAMBDA_WITHOUT_DOCKER)
  default void aFunctionOfTheTemplateIsInvoked() throws Exception {
    String function = cloud().app().named("metrics-agent");
    assertThat(
            cloud()
                .aws()
                .create(LambdaClient.builder())
                .invoke(
                    invoke -> invoke.functionName(function).payload(SdkBytes.fromUtf8String("{}")))
                .statusCode())
        .isEqualTo(200);
    expect(Gap.NO_LAMBDA_WITHOUT_DOCKER, () -> {}, this::functionsFail);
  }

  private void functionsFail() throws IOException {
    LambdaClient lambda = cloud().bare().create(LambdaClient.builder());
    String name = unique("function");
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("handler.py"));
      out.write("def handler(event, context):\n    return event\n".getBytes(UTF_8));
    }
    lambda.createFunction(
        create ->
            create
                .functionName(name)
                .runtime(Runtime.PYTHON3_12)
                .role(BusTestBed.ROLE)
                .handler("handler.handler")
                .code(code -> code.zipFile(SdkBytes.fromByteArray(zip.toByteArray()))));
    Scenario.eventually(() -> configuration(lambda, name).state() != State.PENDING);
    // It stays: LocalStack cannot delete what it could not start.
    assertThat(configuration(lambda, name).state()).isEqualTo(State.FAILED);
  }

  private static FunctionConfiguration configuration(LambdaClient lambda, String name) {
    return lambda.getFunction(get -> get.functionName(name)).configuration();
  }

  @Test
  @Hits(Gap.NO_DYNAMODB_WITHOUT_DOWNLOAD)
  default void aTableIsMadeAndWrittenTo() throws Exception {
    CreateTableRequest table =
        CreateTableRequest.builder()
            .tableName(unique("table"))
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                AttributeDefinition.builder()
                    .attributeName("k")
                    .attributeType(ScalarAttributeType.S)
                    .build())
            .keySchema(KeySchemaElement.builder().attributeName("k").keyType(KeyType.HASH).build())
            .build();
    assertThat(
            cloud()
                .aws()
                .create(DynamoDbClient.builder())
                .createTable(table)
                .tableDescription()
                .tableName())
        .isEqualTo(unique("table"));
    DynamoDbClient bare =
        cloud()
            .bare()
            .create(
                DynamoDbClient.builder()
                    .overrideConfiguration(
                        set -> set.retryStrategy(AwsRetryStrategy.doNotRetry())));
    expect(
        Gap.NO_DYNAMODB_WITHOUT_DOWNLOAD,
        () -> assertThat(bare.listTables().tableNames()).isNotNull(),
        () -> downloads(bare));
  }

  /** Where it may download from GitHub, it has DynamoDB a minute later. */
  private static void downloads(DynamoDbClient bare) {
    try {
      bare.listTables();
    } catch (DynamoDbException e) {
      assertThat(e.statusCode()).isEqualTo(500);
      return;
    }
    abort("This LocalStack could download DynamoDB Local and a JDK for it");
  }

  @Test
  @Hits(Gap.NO_SES_V2)
  default void mailIsSent() throws Exception {
    SendEmailRequest mail =
        SendEmailRequest.builder()
            .fromEmailAddress("hello@example.com")
            .destination(to -> to.toAddresses(unique("ada@example.com")))
            .content(
                content ->
                    content.simple(
                        simple ->
                            simple
                                .subject(subject -> subject.data("Hello"))
                                .body(body -> body.text(text -> text.data("text")))))
            .build();
    cloud().aws().create(SesV2Client.builder()).sendEmail(mail);
    assertThat(cloud().outbox())
        .anyMatch(
            sent -> sent.to().equals(unique("ada@example.com")) && sent.subject().equals("Hello"));
    SesV2Client bare = cloud().bare().create(SesV2Client.builder());
    expect(
        Gap.NO_SES_V2,
        () -> assertThat(bare.sendEmail(mail).messageId()).isNotEmpty(),
        () ->
            assertThatThrownBy(() -> bare.sendEmail(mail)).isInstanceOf(AwsServiceException.class));
  }
}
