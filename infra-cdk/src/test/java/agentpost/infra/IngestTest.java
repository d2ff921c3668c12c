package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.infra.Template.Resource;
import agentpost.infra.catalog.Catalog;
import agentpost.ingest.Source;
import agentpost.ingest.SourceParser;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door for third parties, of the catalog as it is and of one with two sources at a stage. */
@SuppressWarnings("NullAway.Init") // set before all tests
class IngestTest {
  private static Synthesized examples;
  private static Synthesized mixed;
  private static Template ingest;

  @BeforeAll
  static void synthesize(@TempDir Path one, @TempDir Path other) {
    examples = Synthesized.of(one, Synthesized.EXAMPLES, Map.of());
    mixed = Synthesized.of(other, Synthesized.MIXED, Map.of("stage", "try7"));
    ingest = mixed.ingest().template();
  }

  @Test
  void thirdPartiesCallOneFunctionThroughItsAlias() {
    Resource function = ingest.only("AWS::Lambda::Function");
    assertEquals("agentpost-try7-ingest", function.text("/FunctionName"));
    assertEquals("java25", function.text("/Runtime"));
    assertEquals("PublishedVersions", function.text("/SnapStart/ApplyOn"));
    JsonNode post =
        mixed
            .root()
            .only("AWS::ApiGateway::RestApi")
            .at("/Body/paths")
            .path("/ingest/{source}")
            .path("post");
    assertThat(post.at("/x-amazon-apigateway-integration/uri/Fn::Sub").asText())
        .endsWith(":function:agentpost-try7-ingest:live/invocations");
    assertEquals(
        "[{\"name\":\"source\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}]",
        post.path("parameters").toString());
    Resource permission = ingest.only("AWS::Lambda::Permission");
    assertEquals(function.arn() + ":live", permission.text("/FunctionName"));
    assertThat(permission.text("/SourceArn"))
        .endsWith(
            ":" + mixed.root().only("AWS::ApiGateway::RestApi").ref() + "/prod/POST/ingest/*");
  }

  @Test
  void theFunctionKnowsTheNamesAndWhereTheRestIs() {
    JsonNode variables = ingest.only("AWS::Lambda::Function").at("/Environment/Variables");
    assertEquals("crm,forge", variables.path("SOURCES").asText());
    assertEquals("agentpost-try7/directory/sources", variables.path("SOURCE_DIRECTORY").asText());
    assertEquals("agentpost-try7/sources/", variables.path("SOURCE_SECRET_PREFIX").asText());
    assertEquals(
        mixed.root().output("ApiUrl") + "/ingest/", ingest.text(variables.path("INGEST_URL")));
  }

  @Test
  void aSourceHasASecretThatNobodyKnowsUntilItIsPut() {
    assertThat(ingest.all("AWS::SecretsManager::Secret"))
        .filteredOn(secret -> !secret.text("/Name").equals("agentpost-try7/directory/sources"))
        .extracting(secret -> secret.text("/Name"))
        .containsExactlyInAnyOrder("agentpost-try7/sources/crm", "agentpost-try7/sources/forge");
    assertThat(ingest.all("AWS::SecretsManager::Secret"))
        .filteredOn(secret -> secret.text("/Name").contains("/sources/"))
        .allSatisfy(
            secret -> {
              assertEquals(64, secret.at("/GenerateSecretString/PasswordLength").asInt());
              assertTrue(secret.at("/SecretString").isMissingNode());
            });
  }

  /** What the catalog's reader lets through, the functions' must understand. */
  @Test
  void theFunctionReadsWhatTheCatalogSays() {
    for (Synthesized stack : List.of(examples, mixed)) {
      Template template = stack.ingest().template();
      assertThat(stack.catalog().sources()).isNotEmpty();
      for (Catalog.Source source : stack.catalog().sources()) {
        Source read =
            new SourceParser("https://example.com/ingest/", "s/")
                .read(
                    new AgentName(source.name()),
                    String.valueOf(Synthesized.entries(template).get(source.name())));
        assertEquals(source.description().path("mappings").size(), read.mappings().size());
      }
    }
  }

  @Test
  void itReachesItsOwnSecretsDirectoryAndRowsAndPublishesAsItsSourcesOnly() {
    Resource role = ingest.only("AWS::IAM::Role");
    Resource directory =
        ingest.all("AWS::SecretsManager::Secret").stream()
            .filter(secret -> secret.text("/Name").equals("agentpost-try7/directory/sources"))
            .findFirst()
            .orElseThrow();
    String here = ":${AWS::Region}:${AWS::AccountId}:";
    assertThat(
            ingest.rights(role).stream()
                .map(
                    right ->
                        String.join(",", Template.strings(right.path("Action")))
                            + " "
                            + String.join(",", ingest.texts(right.path("Resource")))
                            + " "
                            + right.path("Condition"))
                .filter(right -> !right.startsWith("logs:") && !right.startsWith("xray:")))
        .containsExactlyInAnyOrder(
            "secretsmanager:GetSecretValue arn:${AWS::Partition}:secretsmanager"
                + here
                + "secret:agentpost-try7/sources/* ",
            "kms:Decrypt "
                + mixed.key()
                + " {\"StringEquals\":{\"kms:ViaService\":{\"Fn::Join\":[\"\",[\"secretsmanager.\",{\"Ref\":\"AWS::Region\"},\".amazonaws.com\"]]}}}",
            "secretsmanager:GetSecretValue " + directory.ref() + " ",
            "dynamodb:PutItem,dynamodb:UpdateItem,dynamodb:DeleteItem "
                + claims()
                + " {\"ForAllValues:StringLike\":{\"dynamodb:LeadingKeys\":[\"ingest-*\"]}}",
            "events:PutEvents "
                + mixed.root().only("AWS::Events::EventBus").arn()
                + " {\"ForAllValues:StringEquals\":{\"events:source\":[\"crm\",\"forge\"]}}");
  }

  private static String claims() {
    return mixed.root().all("AWS::DynamoDB::Table").stream()
        .filter(table -> table.text("/TableName").endsWith("-claims"))
        .findFirst()
        .orElseThrow()
        .arn();
  }

  @Test
  void withoutSourcesNothingOfItIsThere(@TempDir Path directory) {
    Synthesized none =
        Synthesized.of(directory, Synthesized.MIXED.replaceFirst("(?s)sources:.*", ""), Map.of());
    assertThat(none.templates().flatMap(template -> Stream.of(template.json().toString())))
        .noneMatch(json -> json.contains("agentpost-ingest") || json.contains("/ingest/"));
  }
}
