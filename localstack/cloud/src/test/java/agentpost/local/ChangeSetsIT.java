package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.cloudformation.control.UploadedFiles;
import agentpost.local.testing.Templates;
import agentpost.platform.AwsClients;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.AlreadyExistsException;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetNotFoundException;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetRequest;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.cloudformation.model.Tag;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBus;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.ssm.SsmClient;

/** CloudFormation's API by the AWS SDK's client, in the order in which the CDK's command calls. */
class ChangeSetsIT {
  private static final String BUS =
      "\"Bus\":{\"Type\":\"AWS::Events::EventBus\",\"Properties\":{\"Name\":\"shop\"}}";
  private static final String TABLE =
      ",\"Table\":{\"Type\":\"AWS::DynamoDB::Table\",\"DeletionPolicy\":\"RetainExceptOnCreate\",\"Properties\":{\"TableName\":\"shop\",\"AttributeDefinitions\":[{\"AttributeName\":\"k\",\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"k\",\"KeyType\":\"HASH\"}]}}";
  private static final String BROKEN =
      ",\"Broken\":{\"Type\":\"AWS::SQS::Queue\",\"DependsOn\":\"Bus\",\"Properties\":{\"QueueName\":\"not"
          + " a name\"}}";

  private LocalCloud cloud;
  private AwsClients aws;
  private CloudFormationClient stacks;

  @BeforeEach
  void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    aws = cloud.clients("test");
    stacks = aws.create(CloudFormationClient.builder());
  }

  @AfterEach
  void stop() {
    stacks.close();
    cloud.close();
  }

  private static String resources(String resources) {
    return "{\"Resources\":{" + resources + "},\"Outputs\":{\"BusName\":{\"Value\":\"shop\"}}}";
  }

  private static String parameter(String value) {
    return ",\"Parameter\":{\"Type\":\"AWS::SSM::Parameter\",\"Properties\":{\"Name\":\"/shop\",\"Type\":\"String\",\"Value\":\""
        + value
        + "\"}}";
  }

  private DescribeChangeSetResponse create(
      ChangeSetType type, String template, Consumer<CreateChangeSetRequest.Builder> more) {
    String id =
        stacks
            .createChangeSet(
                set -> {
                  set.stackName("shop")
                      .changeSetName("set")
                      .changeSetType(type)
                      .templateBody(template);
                  more.accept(set);
                })
            .id();
    return stacks.describeChangeSet(describe -> describe.changeSetName(id));
  }

  private Stack described(String name) {
    return stacks.describeStacks(describe -> describe.stackName(name)).stacks().getFirst();
  }

  private void execute() {
    stacks.executeChangeSet(set -> set.stackName("shop").changeSetName("set"));
    awaitEnd("shop");
  }

  private void awaitEnd(String name) {
    await()
        .until(
            () -> described(name).stackStatusAsString(), status -> !status.endsWith("_PROGRESS"));
  }

  private void deploy(ChangeSetType type, String template) {
    create(type, template, _ -> {});
    execute();
    stacks.deleteChangeSet(set -> set.stackName("shop").changeSetName("set"));
  }

  private List<String> told(String stack) {
    return stacks
        .describeStackEventsPaginator(events -> events.stackName(stack))
        .stackEvents()
        .stream()
        .map(event -> event.logicalResourceId() + " " + event.resourceStatusAsString())
        .toList()
        .reversed();
  }

  @Test
  void aStackIsReviewedMadeChangedAndTakenAway() {
    DescribeChangeSetResponse set =
        create(
            ChangeSetType.CREATE,
            resources(BUS + TABLE),
            more -> more.tags(Tag.builder().key("team").value("post").build()));
    assertThat(set.changes())
        .extracting(
            change ->
                change.resourceChange().actionAsString()
                    + " "
                    + change.resourceChange().logicalResourceId())
        .containsExactly("Add Bus", "Add Table");
    assertThat(described("shop").stackStatusAsString()).isEqualTo("REVIEW_IN_PROGRESS");
    assertThat(aws.create(EventBridgeClient.builder()).listEventBuses(list -> {}).eventBuses())
        .extracting(EventBus::name)
        .containsExactly("default");
    execute();
    Stack made = described("shop");
    assertThat(made.stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
    assertThat(made.tags().getFirst().value()).isEqualTo("post");
    assertThat(made.outputs().getFirst().outputValue()).isEqualTo("shop");
    assertThat(told("shop"))
        .containsExactly(
            "shop REVIEW_IN_PROGRESS",
            "shop CREATE_IN_PROGRESS",
            "Bus CREATE_IN_PROGRESS",
            "Bus CREATE_COMPLETE",
            "Table CREATE_IN_PROGRESS",
            "Table CREATE_COMPLETE",
            "shop CREATE_COMPLETE");
    assertThat(stacks.getTemplate(get -> get.stackName("shop")).templateBody())
        .isEqualTo(resources(BUS + TABLE));
    stacks.deleteChangeSet(one -> one.stackName("shop").changeSetName("set"));

    deploy(ChangeSetType.UPDATE, resources(BUS + TABLE + parameter("1")));
    assertThat(described("shop").stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
    assertThat(
            stacks
                .listStackResourcesPaginator(list -> list.stackName("shop"))
                .stackResourceSummaries())
        .extracting(StackResourceSummary::physicalResourceId)
        .containsExactly("shop", "shop", "/shop");

    stacks.deleteStack(delete -> delete.stackName("shop"));
    awaitEnd(made.stackId());
    assertThat(described(made.stackId()).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
    assertThat(told(made.stackId())).contains("Table DELETE_SKIPPED", "Bus DELETE_COMPLETE");
    assertThatThrownBy(() -> described("shop")).hasMessageContaining("does not exist");
    assertThat(aws.create(DynamoDbClient.builder()).listTables().tableNames())
        .containsExactly("shop");
  }

  @Test
  void aFirstDeploymentThatFailsSaysWhyAndLeavesNothing() {
    deploy(ChangeSetType.CREATE, resources(BUS + TABLE + BROKEN));
    assertThat(described("shop").stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
    assertThat(
            stacks.describeStackEvents(events -> events.stackName("shop")).stackEvents().stream()
                .filter(event -> event.resourceStatusAsString().equals("CREATE_FAILED")))
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.resourceStatusReason())
                    .startsWith("Can only include alphanumeric"));
    assertThat(aws.create(DynamoDbClient.builder()).listTables().tableNames()).isEmpty();
    assertThatThrownBy(() -> create(ChangeSetType.UPDATE, resources(BUS), _ -> {}))
        .hasMessageContaining("ROLLBACK_COMPLETE state and can not be updated");
    stacks.deleteStack(delete -> delete.stackName("shop"));
    await().until(() -> stacks.describeStacks().stacks().isEmpty());
    deploy(ChangeSetType.CREATE, resources(BUS + TABLE));
    assertThat(described("shop").stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
  }

  @Test
  void anUpdateThatFailsIsUndone() {
    deploy(ChangeSetType.CREATE, resources(BUS + parameter("1")));
    deploy(ChangeSetType.UPDATE, resources(BUS + parameter("2") + BROKEN));
    assertThat(described("shop").stackStatusAsString()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
    assertThat(told("shop"))
        .endsWith(
            "Broken CREATE_FAILED",
            "shop UPDATE_ROLLBACK_IN_PROGRESS",
            "Parameter UPDATE_IN_PROGRESS",
            "Parameter UPDATE_COMPLETE",
            "shop UPDATE_ROLLBACK_COMPLETE");
    assertThat(
            aws.create(SsmClient.builder())
                .getParameter(get -> get.name("/shop"))
                .parameter()
                .value())
        .isEqualTo("1");
    assertThat(stacks.getTemplate(get -> get.stackName("shop")).templateBody())
        .isEqualTo(resources(BUS + parameter("1")));
  }

  @Test
  void whatChangesNothingCannotBeExecuted() {
    deploy(ChangeSetType.CREATE, resources(BUS));
    DescribeChangeSetResponse set = create(ChangeSetType.UPDATE, resources(BUS), _ -> {});
    assertThat(set.statusAsString()).isEqualTo("FAILED");
    assertThat(set.statusReason()).startsWith("The submitted information didn't contain changes.");
    assertThatThrownBy(this::execute).hasMessageContaining("cannot be executed");
    stacks.deleteChangeSet(one -> one.stackName("shop").changeSetName("set"));
    assertThatThrownBy(
            () -> stacks.describeChangeSet(one -> one.stackName("shop").changeSetName("set")))
        .isInstanceOf(ChangeSetNotFoundException.class);
  }

  /** What the stack was started with is changed like any other. */
  @Test
  void aStackOfTheFolderIsTheSame(@TempDir Path cdkOut) throws Exception {
    Templates.write(cdkOut, "shop", resources(BUS));
    cloud.deploy(cdkOut);
    assertThat(described("shop").stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
    deploy(ChangeSetType.UPDATE, resources(BUS + parameter("1")));
    Templates.write(cdkOut, "shop", resources(BUS + parameter("1")));
    assertThat(cloud.deploy(cdkOut)).isEmpty();
  }

  private static String nested(String hash) {
    return "\"N\":{\"Type\":\"AWS::CloudFormation::Stack\",\"Properties\":{\"TemplateURL\":\"https://s3.us-east-1.amazonaws.com/"
        + UploadedFiles.BUCKET
        + "/"
        + hash
        + ".json\"}}";
  }

  @Test
  void nestedStacksComeFromTheBucketAndHaveEventsOfTheirOwn() {
    String hash = "0a".repeat(32);
    String template = resources(nested(hash));
    assertThatThrownBy(() -> create(ChangeSetType.CREATE, template, _ -> {}))
        .hasMessageContaining(hash + ".json, which is not in the bucket " + UploadedFiles.BUCKET);
    aws.create(S3Client.builder())
        .putObject(
            put -> put.bucket(UploadedFiles.BUCKET).key(hash + ".json"),
            RequestBody.fromString(resources(BUS)));
    deploy(ChangeSetType.CREATE, template);
    String id =
        stacks
            .describeStackResources(describe -> describe.stackName("shop").logicalResourceId("N"))
            .stackResources()
            .getFirst()
            .physicalResourceId();
    assertThat(described(id).parentId()).isEqualTo(described("shop").stackId());
    assertThat(described("shop-N").stackId()).isEqualTo(id);
    assertThat(told(id)).contains("Bus CREATE_COMPLETE").endsWith("shop-N CREATE_COMPLETE");
    assertThat(stacks.getTemplate(get -> get.stackName("shop-N")).templateBody())
        .isEqualTo(resources(BUS));
    assertThatThrownBy(() -> stacks.deleteStack(delete -> delete.stackName("shop-N")))
        .hasMessageContaining("is nested");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"Resources\":{\"A\":{\"Type\":\"AWS::Kinesis::Stream\"}}} | the resource type"
            + " AWS::Kinesis::Stream",
        "Resources: {} | the local cloud reads JSON, and this is none",
        "{\"Resources\":{}} | At least one Resources member must be defined"
      })
  void aTemplateThatCannotBeDeployedIsRefusedAtOnce(String template, String why) {
    assertThatThrownBy(() -> create(ChangeSetType.CREATE, template, _ -> {}))
        .isInstanceOf(CloudFormationException.class)
        .hasMessageContaining(why);
    assertThat(stacks.describeStacks().stacks()).isEmpty();
  }

  @Test
  void aStackIsMadeAndChangedWithoutReview() {
    stacks.createStack(create -> create.stackName("shop").templateBody(resources(BUS)));
    awaitEnd("shop");
    assertThatThrownBy(
            () ->
                stacks.createStack(create -> create.stackName("shop").templateBody(resources(BUS))))
        .isInstanceOf(AlreadyExistsException.class);
    assertThatThrownBy(
            () ->
                stacks.updateStack(update -> update.stackName("shop").templateBody(resources(BUS))))
        .hasMessageContaining("No updates are to be performed.");
    stacks.updateStack(
        update -> update.stackName("shop").templateBody(resources(BUS + parameter("1"))));
    awaitEnd("shop");
    assertThat(described("shop").stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
  }

  @Test
  void whatIsNotHeededIsRefusedByName() {
    assertThatThrownBy(
            () ->
                create(
                    ChangeSetType.CREATE,
                    resources(BUS),
                    more -> more.resourceTypes("AWS::Events::*")))
        .hasMessageContaining("The local cloud does not support ResourceTypes of CreateChangeSet.");
    assertThatThrownBy(
            () ->
                create(
                    ChangeSetType.CREATE,
                    resources(BUS),
                    more -> more.importExistingResources(true)))
        .hasMessageContaining("ImportExistingResources other than false");
    assertThatThrownBy(() -> create(ChangeSetType.IMPORT, resources(BUS), _ -> {}))
        .hasMessageContaining("ChangeSetType other than CREATE and UPDATE");
    assertThatThrownBy(() -> create(ChangeSetType.UPDATE, resources(BUS), _ -> {}))
        .hasMessageContaining("Stack [shop] does not exist");
  }
}
