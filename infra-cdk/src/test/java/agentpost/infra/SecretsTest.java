package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.Template.Resource;
import agentpost.rotation.RotationHandler;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets: under one key, rotated as the catalog says, and read by whom they are for. */
class SecretsTest {
  private static final String SECRET = "AWS::SecretsManager::Secret";
  private static final String SCHEDULE = "AWS::SecretsManager::RotationSchedule";
  private static final String CATALOG =
      """
      agents:
        hosted-agent: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.PersonalizationHandler}}
        hosted-pair: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.PersonalizationHandler}, signature: ed25519, rotation: off}
        external-agent: {subscribes: [email.sent], external: {url: https://agents.example.com/1}}
        external-pair: {subscribes: [email.sent], external: {url: https://agents.example.com/2}, signature: ed25519, rotation: {interval: 30d, overlap: 48h}}
      processors:
        calendar: {hosted: {handler: agentpost.calendar.CalendarHandler}}
        printer: {external: {}, rotation: {overlap: 14d}}
      sources:
        forge: {scheme: github, type: 'header:X-GitHub-Event', mappings: {star: {event: user.converted, data: {user_id: /sender/login, plan: {value: free}}}}}
      """;

  private static Synthesized stack;

  @BeforeAll
  static void synthesize(@TempDir Path directory) {
    stack = Synthesized.of(directory, CATALOG, Map.of());
  }

  private static Map<String, Resource> secrets() {
    return stack
        .templates()
        .flatMap(template -> template.all(SECRET).stream())
        .collect(Collectors.toMap(secret -> secret.text("/Name"), secret -> secret));
  }

  private static Map<String, String> tags(Resource secret) {
    Map<String, String> tags = new TreeMap<>();
    secret
        .at("/Tags")
        .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    return tags;
  }

  @Test
  void everySecretIsUnderTheOneKeyWhichTurnsOver() {
    assertThat(secrets())
        .containsOnlyKeys(
            "agentpost/relay",
            "agentpost/agents/hosted-agent",
            "agentpost/agents/hosted-pair",
            "agentpost/agents/external-agent",
            "agentpost/agents/external-pair",
            "agentpost/processors/calendar",
            "agentpost/processors/printer",
            "agentpost/sources/forge",
            "agentpost/directory/agents",
            "agentpost/directory/sources")
        .allSatisfy((_, secret) -> assertEquals(stack.key(), secret.text("/KmsKeyId")));
    Resource key =
        stack.root().all("AWS::KMS::Key").stream()
            .filter(one -> one.arn().equals(stack.key()))
            .findFirst()
            .orElseThrow();
    assertTrue(key.at("/EnableKeyRotation").asBoolean());
    assertThat(stack.root().all("AWS::KMS::Alias"))
        .anySatisfy(
            alias ->
                assertEquals(
                    "alias/agentpost-secrets " + key.arn(),
                    alias.text("/AliasName") + " " + alias.text("/TargetKeyId")));
  }

  @Test
  void whoReadsASecretMayDecryptThroughSecretsManagerAloneAndNobodyElseMay() {
    stack
        .templates()
        .forEach(
            template ->
                template
                    .all("AWS::Lambda::Function")
                    .forEach(
                        function -> {
                          Resource role =
                              template.all("AWS::IAM::Role").stream()
                                  .filter(one -> one.arn().equals(function.text("/Role")))
                                  .findFirst()
                                  .orElseThrow();
                          List<JsonNode> rights = template.rights(role);
                          boolean reads =
                              rights.stream()
                                  .anyMatch(
                                      right ->
                                          right
                                              .path("Action")
                                              .toString()
                                              .contains("secretsmanager:GetSecretValue"));
                          List<JsonNode> keys =
                              rights.stream()
                                  .filter(right -> right.path("Action").toString().contains("kms:"))
                                  .toList();
                          assertEquals(reads ? 1 : 0, keys.size(), function.text("/FunctionName"));
                          keys.forEach(
                              right -> {
                                boolean writes =
                                    function.text("/FunctionName").equals("agentpost-rotation");
                                assertEquals(
                                    writes
                                        ? List.of("kms:Decrypt", "kms:GenerateDataKey")
                                        : List.of("kms:Decrypt"),
                                    Template.strings(right.path("Action")));
                                assertEquals(
                                    List.of(stack.key()), template.texts(right.path("Resource")));
                                assertEquals(
                                    "secretsmanager.${AWS::Region}.amazonaws.com",
                                    template.text(
                                        right
                                            .at("/Condition/StringEquals")
                                            .path("kms:ViaService")));
                              });
                        }));
  }

  @Test
  void whatIsHostedIsRotatedByItselfAndWhatIsElsewhereWhenTheCatalogOrAPersonSaysSo() {
    Map<String, Integer> schedules = new TreeMap<>();
    Map<String, String> names =
        secrets().values().stream()
            .collect(
                Collectors.toMap(
                    secret -> secret.template() + secret.ref(), secret -> secret.text("/Name")));
    stack
        .templates()
        .flatMap(template -> template.all(SCHEDULE).stream())
        .forEach(
            schedule -> {
              schedules.put(
                  names.getOrDefault(schedule.template() + schedule.text("/SecretId"), "?"),
                  schedule.at("/RotationRules/AutomaticallyAfterDays").asInt());
              assertEquals(
                  "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:agentpost-rotation",
                  schedule.text("/RotationLambdaARN"));
              assertFalse(
                  schedule.at("/RotateImmediatelyOnUpdate").asBoolean(true),
                  "a deployment rotates nothing");
            });
    assertEquals(
        Map.of(
            "agentpost/agents/hosted-agent",
            90,
            "agentpost/agents/external-pair",
            30,
            "agentpost/processors/calendar",
            90),
        schedules);
  }

  @Test
  void theRotationIsToldByTags() {
    String day = "86400";
    String week = "604800";
    Map<String, Map<String, String>> tags =
        secrets().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, secret -> tags(secret.getValue())));
    assertEquals(
        Map.of("agentpost:overlap", day, "agentpost:signature", "hmac"),
        tags.get("agentpost/agents/hosted-agent"));
    assertEquals(
        Map.of("agentpost:overlap", day, "agentpost:signature", "ed25519"),
        tags.get("agentpost/agents/hosted-pair"));
    assertEquals(
        Map.of("agentpost:overlap", week, "agentpost:signature", "hmac"),
        tags.get("agentpost/agents/external-agent"));
    assertEquals(
        Map.of("agentpost:overlap", "172800", "agentpost:signature", "ed25519"),
        tags.get("agentpost/agents/external-pair"));
    assertEquals(
        Map.of("agentpost:overlap", "1209600", "agentpost:signature", "hmac"),
        tags.get("agentpost/processors/printer"));
    assertEquals(
        Map.of(),
        tags.get("agentpost/sources/forge"),
        "a third party's secret is not ours to rotate");
  }

  @Test
  void whoSignsAndWhoVerifiesKnowsOfThePair() {
    assertEquals("ed25519", stack.directoryEntry("external-pair").path("signature").asText());
    assertTrue(stack.directoryEntry("external-agent").path("signature").isMissingNode());
    Template hosted = stack.agent("hosted-pair").template();
    assertEquals(
        "ed25519", hosted.only("AWS::Lambda::Function").text("/Environment/Variables/SIGNATURE"));
    // As it was: another rule would have CloudFormation generate another secret, at once and
    // without an overlap.
    assertEquals(
        hosted.only(SECRET).at("/GenerateSecretString"),
        stack.agent("hosted-agent").template().only(SECRET).at("/GenerateSecretString"));
  }

  private static Resource function(String name) {
    return stack.secrets().template().all("AWS::Lambda::Function").stream()
        .filter(one -> one.text("/FunctionName").equals("agentpost-" + name))
        .findFirst()
        .orElseThrow();
  }

  private static Set<String> rights(Resource function) {
    Template template = stack.secrets().template();
    Resource role =
        template.all("AWS::IAM::Role").stream()
            .filter(one -> one.arn().equals(function.text("/Role")))
            .findFirst()
            .orElseThrow();
    return template.rights(role).stream()
        .map(
            right ->
                String.join(",", Template.strings(right.path("Action")))
                    + " "
                    + String.join(",", template.texts(right.path("Resource"))))
        .filter(right -> !right.startsWith("logs:") && !right.startsWith("xray:"))
        .collect(Collectors.toSet());
  }

  @Test
  void theRotationTurnsOverOurSecretsAndTheConnectionsKeyAndIsCalledBySecretsManager() {
    Resource rotation = function("rotation");
    assertEquals(RotationHandler.class.getName(), rotation.text("/Handler"));
    String secrets =
        "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:agentpost/";
    assertEquals(
        Set.of(
            "secretsmanager:DescribeSecret,secretsmanager:GetSecretValue,secretsmanager:PutSecretValue,secretsmanager:UpdateSecretVersionStage"
                + " "
                + secrets
                + "agents/*,"
                + secrets
                + "processors/*,"
                + secrets
                + "relay-??????",
            "events:UpdateConnection"
                + " arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:connection/agentpost/*",
            "secretsmanager:CreateSecret,secretsmanager:UpdateSecret,secretsmanager:GetSecretValue,secretsmanager:PutSecretValue"
                + " arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:events!connection/agentpost/*",
            "kms:Decrypt,kms:GenerateDataKey " + stack.key()),
        rights(rotation));
    Resource permission =
        stack.secrets().template().all("AWS::Lambda::Permission").stream()
            .filter(one -> one.text("/Principal").equals("secretsmanager.amazonaws.com"))
            .findFirst()
            .orElseThrow();
    assertEquals(rotation.arn(), permission.text("/FunctionName"));
    assertEquals("${AWS::AccountId}", permission.text("/SourceAccount"));
    stack
        .nested()
        .forEach(
            (name, nested) -> {
              if (!nested.template().all(SCHEDULE).isEmpty()) {
                assertThat(nested.stack().dependsOn())
                    .as(name)
                    .contains(stack.secrets().stack().id());
              }
            });
  }

  @Test
  void strangersGetPublicKeysFromAFunctionThatReadsNoOtherSecrets() {
    Resource keys = function("keys");
    String here = ":${AWS::Region}:${AWS::AccountId}:";
    assertEquals(
        Set.of(
            "secretsmanager:GetSecretValue arn:${AWS::Partition}:secretsmanager"
                + here
                + "secret:agentpost/directory/agents-??????",
            "secretsmanager:GetSecretValue arn:${AWS::Partition}:secretsmanager"
                + here
                + "secret:agentpost/agents/*",
            "kms:Decrypt " + stack.key()),
        rights(keys));
    assertThat(stack.secrets().template().json().toString())
        .contains("\"StringEquals\":{\"aws:ResourceTag/agentpost:signature\":\"ed25519\"}");
    JsonNode path =
        stack
            .root()
            .only("AWS::ApiGateway::RestApi")
            .at("/Body/paths")
            .path("/.well-known/agentpost-keys.json");
    assertThat(path.propertyStream().map(Map.Entry::getKey)).containsExactly("get");
    assertThat(path.at("/get/x-amazon-apigateway-integration/uri/Fn::Sub").asText())
        .endsWith(":function:agentpost-keys:live/invocations");
    assertThat(stack.secrets().template().all("AWS::Lambda::Permission"))
        .anySatisfy(
            permission ->
                assertThat(permission.text("/SourceArn"))
                    .endsWith("/prod/GET/.well-known/agentpost-keys.json"));
  }
}
