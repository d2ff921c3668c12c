package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.CatalogException;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agents share, and what holds for all templates together. */
class SharedStackTest extends SharedStackTestBed {
  private static Set<String> names(Synthesized stack, String type, String property) {
    return stack
        .templates()
        .flatMap(template -> template.all(type).stream())
        .map(resource -> resource.text(property))
        .collect(Collectors.toSet());
  }

  @Test
  void theNamesAreThoseThatPeopleType(@TempDir Path directory) {
    Synthesized real = Synthesized.of(directory, Synthesized.EXAMPLES, Map.of());
    Set<String> agents =
        real.catalog().agents().stream()
            .map(agent -> "agentpost-" + agent.name())
            .collect(Collectors.toSet());
    assertThat(agents)
        .contains(
            "agentpost-welcome-agent",
            "agentpost-onboarding-coordinator",
            "agentpost-alert-aggregator");
    assertThat(real.directory().resolve("agentpost.template.json")).exists();
    assertEquals(Set.of("agentpost"), names(real, "AWS::Events::EventBus", "/Name"));
    assertEquals(Set.of("agentpost"), names(real, "AWS::Events::Connection", "/Name"));
    assertEquals(agents, names(real, "AWS::Events::ApiDestination", "/Name"));
    assertThat(names(real, "AWS::Events::Rule", "/Name")).containsAll(agents);
    assertThat(names(real, "AWS::SQS::Queue", "/QueueName"))
        .contains("agentpost-welcome-agent-dlq", "agentpost-trial-monitor-dlq");
    assertThat(names(real, "AWS::SecretsManager::Secret", "/Name"))
        .contains("agentpost/agents/welcome-agent", "agentpost/agents/trial-monitor");
    assertEquals(
        Set.of(
            "agentpost-claims",
            "agentpost-agent-state",
            "agentpost-operations",
            "agentpost-health"),
        names(real, "AWS::DynamoDB::Table", "/TableName"));
  }

  /**
   * A new account has 10 executions, and a reservation needs 100 more than it (Lambda, "Reserved
   * concurrency").
   */
  @Test
  void aFreshAccountCanDeployTheDefaultCatalog(@TempDir Path directory) {
    assertThat(
            Stream.of(stacks.getFirst(), Synthesized.of(directory, Synthesized.EXAMPLES, Map.of()))
                .flatMap(Synthesized::templates)
                .flatMap(template -> template.all("AWS::Lambda::Function").stream()))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            function ->
                assertTrue(
                    function.at("/ReservedConcurrentExecutions").isMissingNode(), function.id()));
  }

  @Test
  void aStagePrefixesEveryName() {
    Synthesized stage = stacks.getLast();
    Stream.of(
            "AWS::Events::EventBus/Name",
            "AWS::Events::Connection/Name",
            "AWS::Events::ApiDestination/Name",
            "AWS::Events::Rule/Name",
            "AWS::Events::Archive/ArchiveName",
            "AWS::SQS::Queue/QueueName",
            "AWS::SecretsManager::Secret/Name",
            "AWS::DynamoDB::Table/TableName",
            "AWS::Lambda::Function/FunctionName",
            "AWS::CloudWatch::Alarm/AlarmName",
            "AWS::CloudWatch::Dashboard/DashboardName",
            "AWS::Logs::QueryDefinition/Name",
            "AWS::SNS::Topic/TopicName",
            "AWS::Scheduler::ScheduleGroup/Name",
            "AWS::Scheduler::Schedule/Name",
            "AWS::EventSchemas::Registry/RegistryName")
        .forEach(
            named -> {
              int slash = named.indexOf('/');
              assertThat(names(stage, named.substring(0, slash), named.substring(slash)))
                  .as(named)
                  .isNotEmpty()
                  .allSatisfy(name -> assertThat(name).startsWith("agentpost-try7"));
            });
    assertThat(stage.directory().resolve("agentpost-try7.template.json")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Prod", "7up", "a-b", "abcdefghijklm"})
  void aStageThatIsNoNameIsRefused(String stage) {
    assertThrows(CatalogException.class, () -> AgentpostApp.names(stage));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void theOutputsAreWhatAPersonNeeds(Synthesized stack) {
    assertEquals(stack.root().only("AWS::Events::EventBus").ref(), stack.root().output("BusName"));
    assertEquals(
        stack.root().only("AWS::Events::Archive").ref(), stack.root().output("ArchiveName"));
    assertEquals(
        "https://"
            + stack.root().only("AWS::ApiGateway::RestApi").ref()
            + ".execute-api.${AWS::Region}.${AWS::URLSuffix}/prod",
        stack.root().output("ApiUrl"));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void tablesAreKeptEncryptedRecoverableAndForgetWhatExpired(Synthesized stack) {
    assertThat(stack.root().all("AWS::DynamoDB::Table"))
        .hasSize(4)
        .allSatisfy(
            table -> {
              assertTrue(table.at("/SSESpecification/SSEEnabled").asBoolean());
              assertTrue(
                  table
                      .at("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled")
                      .asBoolean());
              assertEquals(
                  "{\"AttributeName\":\"expires_at\",\"Enabled\":true}",
                  table.at("/TimeToLiveSpecification").toString());
              assertEquals("PAY_PER_REQUEST", table.text("/BillingMode"));
            });
  }

  /**
   * What has a name and outlives its stack is in the way of the next one of that name, so a first
   * deployment that fails takes it away again (CloudFormation, "DeletionPolicy attribute").
   */
  @ParameterizedTest
  @MethodSource("stacks")
  void whatIsKeptIsNotKeptOfAFirstDeploymentThatFails(Synthesized stack) {
    List<JsonNode> kept =
        stack
            .templates()
            .flatMap(template -> template.json().path("Resources").valueStream())
            .filter(one -> one.path("DeletionPolicy").asText().startsWith("Retain"))
            .toList();
    assertThat(kept)
        .extracting(one -> one.path("Type").asText())
        .contains("AWS::DynamoDB::Table", "AWS::S3::Bucket");
    assertThat(kept)
        .allSatisfy(
            one -> {
              assertEquals("RetainExceptOnCreate", one.path("DeletionPolicy").asText());
              assertEquals("Retain", one.path("UpdateReplacePolicy").asText());
            });
    assertThat(stack.root().all("AWS::DynamoDB::Table"))
        .allSatisfy(table -> assertTrue(kept.contains(table.json()), table.id()));
    assertTrue(kept.contains(stack.root().only("AWS::S3::Bucket").json()));
  }

  /** {@code ./agentpost rollback} returns to it. */
  @ParameterizedTest
  @MethodSource("stacks")
  void whatAFunctionRanBeforeADeploymentIsKept(Synthesized stack) {
    List<JsonNode> versions =
        stack
            .templates()
            .flatMap(template -> template.json().path("Resources").valueStream())
            .filter(one -> one.path("Type").asText().equals("AWS::Lambda::Version"))
            .toList();
    assertThat(versions)
        .isNotEmpty()
        .allSatisfy(
            one -> assertEquals("RetainExceptOnCreate", one.path("DeletionPolicy").asText()));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void whatIsDiscardedIsKeptForAYearWhereNobodyElseSeesIt(Synthesized stack) {
    Resource bucket = stack.root().only("AWS::S3::Bucket");
    assertEquals(
        stack.names().prefix() + "-discarded-${AWS::AccountId}-${AWS::Region}",
        bucket.text("/BucketName"));
    assertEquals(bucket.ref(), stack.root().output("DiscardedBucketName"));
    assertEquals(
        "AES256",
        bucket.text(
            "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/SSEAlgorithm"));
    assertEquals("Enabled", bucket.text("/VersioningConfiguration/Status"));
    assertEquals("BucketOwnerEnforced", bucket.text("/OwnershipControls/Rules/0/ObjectOwnership"));
    assertThat(bucket.at("/PublicAccessBlockConfiguration"))
        .hasSize(4)
        .allMatch(JsonNode::asBoolean);
    JsonNode forget = bucket.at("/LifecycleConfiguration/Rules/0");
    assertEquals(400, forget.path("ExpirationInDays").asInt());
    assertEquals(30, forget.path("NoncurrentVersionExpiration").path("NoncurrentDays").asInt());
    JsonNode refused = stack.root().only("AWS::S3::BucketPolicy").at("/PolicyDocument/Statement/0");
    assertEquals("Deny", refused.path("Effect").asText());
    assertEquals(
        "{\"Bool\":{\"aws:SecureTransport\":\"false\"}}", refused.path("Condition").toString());
    assertThat(stack.templates().flatMap(template -> template.all("AWS::IAM::Policy").stream()))
        .noneMatch(policy -> policy.json().toString().contains("\"s3:"));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void everyVersionOfEverySchemaIsRegistered(Synthesized stack) {
    EventSchemas schemas = EventSchemas.load();
    List<String> versions =
        schemas.eventTypes().stream()
            .flatMap(type -> schemas.versions(type).stream().map(version -> type + "@" + version))
            .toList();
    List<Resource> registered = stack.root().all("AWS::EventSchemas::Schema");
    assertThat(registered)
        .extracting(schema -> schema.text("/SchemaName"))
        .containsExactlyInAnyOrderElementsOf(versions);
    assertThat(registered)
        .allSatisfy(
            schema -> {
              assertEquals("JSONSchemaDraft4", schema.text("/Type"));
              assertEquals(
                  "http://json-schema.org/draft-04/schema#",
                  new JsonMapper().readTree(schema.text("/Content")).path("$schema").asText());
            });
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void noTemplateHasASecretInIt(Synthesized stack) {
    assertThat(stack.templateFiles())
        .isNotEmpty()
        .allSatisfy(file -> assertThat(Synthesized.content(file)).doesNotContain("whsec_"));
    assertThat(
            stack
                .templates()
                .flatMap(template -> template.all("AWS::SecretsManager::Secret").stream())
                .filter(secret -> !secret.at("/SecretString").isMissingNode())
                .map(secret -> secret.text("/Name").substring(stack.names().prefix().length())))
        .as("what is no secret")
        .isSubsetOf("/directory/agents", "/directory/sources");
    Resource connection = stack.root().only("AWS::Events::Connection");
    Resource key = stack.root().only("AWS::SecretsManager::Secret");
    assertEquals(
        "X-Agentpost-Relay-Key",
        connection.text("/AuthParameters/ApiKeyAuthParameters/ApiKeyName"));
    assertEquals(
        "{{resolve:secretsmanager:" + key.ref() + ":SecretString:current::}}",
        connection.text("/AuthParameters/ApiKeyAuthParameters/ApiKeyValue"));
    assertEquals(64, key.at("/GenerateSecretString/PasswordLength").asInt());
    long resolved =
        stack.templateFiles().stream()
            .mapToLong(file -> Synthesized.content(file).split("\\{\\{resolve:", -1).length - 1)
            .sum();
    assertEquals(1, resolved, "the connection is the only place that a secret is resolved into");
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void theRelayKnowsTheKeyThatOpensIt(Synthesized stack) {
    Resource relay = function(stack, "relay");
    assertEquals(
        stack.root().only("AWS::SecretsManager::Secret").text("/Name"),
        relay.text("/Environment/Variables/RELAY_KEY_SECRET"));
    assertThat(stack.root().only("AWS::Lambda::Permission").text("/SourceArn"))
        .endsWith("/prod/POST/deliveries/*");
  }

  /**
   * Secrets Manager calls the rotation too, but never a published version, which snapshots are of.
   */
  @ParameterizedTest
  @MethodSource("stacks")
  void onlyWhatPeopleCallStartsWithoutASnapshotThatIsPutAwayWhenNobodyDoes(Synthesized stack) {
    Map<Boolean, Set<String>> functions =
        stack
            .templates()
            .flatMap(template -> template.all("AWS::Lambda::Function").stream())
            .filter(function -> function.text("/Runtime").startsWith("java"))
            .collect(
                Collectors.partitioningBy(
                    function -> function.text("/SnapStart/ApplyOn").equals("PublishedVersions"),
                    Collectors.mapping(
                        function -> function.text("/FunctionName"), Collectors.toSet())));
    assertEquals(Set.of(stack.names().redrive(), stack.names().rotation()), functions.get(false));
    assertThat(functions.get(true)).contains(stack.names().relay(), stack.names().recovery());
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void alarmsGoToAnEncryptedTopicThatCloudWatchMayUse(Synthesized stack) {
    Resource topic = stack.root().only("AWS::SNS::Topic");
    Resource key =
        stack.root().all("AWS::KMS::Key").stream()
            .filter(one -> one.id().startsWith("Alarms"))
            .findFirst()
            .orElseThrow();
    assertEquals(stack.names().prefix() + "-alarms", topic.text("/TopicName"));
    assertEquals(key.arn(), topic.text("/KmsMasterKeyId"));
    assertEquals(topic.ref(), stack.root().output("AlarmTopicArn"));
    assertTrue(key.at("/EnableKeyRotation").asBoolean());
    for (JsonNode policy :
        List.of(
            key.at("/KeyPolicy"),
            stack.root().only("AWS::SNS::TopicPolicy").at("/PolicyDocument"))) {
      List<JsonNode> ofCloudWatch =
          policy.path("Statement").findParents("Principal").stream()
              .filter(
                  one -> one.at("/Principal/Service").asText().equals("cloudwatch.amazonaws.com"))
              .toList();
      assertThat(ofCloudWatch)
          .singleElement()
          .satisfies(
              one ->
                  assertEquals(
                      "${AWS::AccountId}",
                      stack
                          .root()
                          .text(
                              one.path("Condition")
                                  .path("StringEquals")
                                  .path("aws:SourceAccount"))));
    }
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void bodiesReachTheFunctionsAsTheBytesThatWereSigned(Synthesized stack) {
    JsonNode document = stack.root().only("AWS::ApiGateway::RestApi").at("/Body");
    assertEquals("[\"*/*\"]", document.path("x-amazon-apigateway-binary-media-types").toString());
    assertThat(document.findValues("x-amazon-apigateway-integration"))
        .isNotEmpty()
        .hasSizeGreaterThanOrEqualTo(document.path("paths").size())
        .allSatisfy(integration -> assertEquals("aws_proxy", integration.path("type").asText()));
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void everyEventIsArchivedAndLogged(Synthesized stack) {
    Resource bus = stack.root().only("AWS::Events::EventBus");
    assertEquals(bus.arn(), stack.root().only("AWS::Events::Archive").text("/SourceArn"));
    assertTrue(stack.root().only("AWS::Events::Archive").at("/EventPattern").isMissingNode());
    Resource log = stack.root().only("AWS::Events::Rule");
    assertEquals(stack.names().prefix() + "-log", log.text("/Name"));
    assertThat(log.text("/Targets/0/Arn")).contains(":log-group:${BusLog");
    assertThat(log.dependsOn()).contains(stack.root().only("AWS::Logs::ResourcePolicy").id());
    assertThat(stack.templates().flatMap(template -> template.all("AWS::Logs::LogGroup").stream()))
        .allSatisfy(group -> assertEquals(30, group.at("/RetentionInDays").asInt()));
  }

  /** The alarms' metrics are the stage's, which are there without them. */
  @Test
  void methodsHaveMetricsOfTheirOwnOnlyIfTheCatalogWantsThem(@TempDir Path directory) {
    Synthesized detailed =
        Synthesized.of(
            directory,
            Synthesized.content(Synthesized.MINIMAL_CATALOG) + "detailedMetrics: true\n",
            Map.of());
    assertThat(stacks().map(SharedStackTest::hasDetailedMetrics)).containsOnly(false);
    assertTrue(hasDetailedMetrics(detailed));
  }

  private static boolean hasDetailedMetrics(Synthesized stack) {
    return stack
        .root()
        .only("AWS::ApiGateway::Stage")
        .at("/MethodSettings/0/MetricsEnabled")
        .asBoolean();
  }

  @Test
  void aDifferentApiDocumentIsADifferentDeployment() {
    String one = stacks.getFirst().root().only("AWS::ApiGateway::Deployment").id();
    String other = stacks.getLast().root().only("AWS::ApiGateway::Deployment").id();
    assertThat(one).isNotEqualTo(other);
  }

  @Test
  void anIntegrationThatChangesUnderTheSamePathIsDeployed(@TempDir Path directory) {
    String catalog = Synthesized.content(Synthesized.REAL_CATALOG);
    // The paths are those of the stack without a stage; the functions' names are not.
    Synthesized stage = Synthesized.of(directory, catalog, Map.of("stage", "try8"));
    JsonNode paths = stage.root().only("AWS::ApiGateway::RestApi").at("/Body/paths");
    assertEquals(
        Set.copyOf(
            stacks
                .getFirst()
                .root()
                .only("AWS::ApiGateway::RestApi")
                .at("/Body/paths")
                .propertyStream()
                .map(Map.Entry::getKey)
                .toList()),
        Set.copyOf(paths.propertyStream().map(Map.Entry::getKey).toList()));
    assertThat(stage.root().only("AWS::ApiGateway::Deployment").id())
        .isNotEqualTo(stacks.getFirst().root().only("AWS::ApiGateway::Deployment").id());
  }
}
