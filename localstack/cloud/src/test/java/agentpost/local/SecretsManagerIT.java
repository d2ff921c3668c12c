package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.cloudformation.UnsupportedTemplateException;
import agentpost.local.testing.Templates;
import agentpost.secrets.StoredSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.InvalidParameterException;
import software.amazon.awssdk.services.secretsmanager.model.InvalidRequestException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.RotateSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/**
 * Versions, labels and rotation as Secrets Manager has them, by the SDK's client; a day takes two
 * seconds, and two days are a period.
 */
class SecretsManagerIT {
  private static final String RULES = "\"RotationRules\":{\"AutomaticallyAfterDays\":2}";
  private static final String GENERATED =
      "\"GenerateSecretString\":{\"SecretStringTemplate\":\"{}\",\"GenerateStringKey\":\"current\",\"PasswordLength\":64,\"ExcludePunctuation\":true}";
  private static final List<String> LOG = new CopyOnWriteArrayList<>();

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;
  private static SecretsManagerClient secrets;

  private static String secret(String name, String tags) {
    return "{\"Type\":\"AWS::SecretsManager::Secret\",\"Properties\":{\"Name\":\""
        + name
        + "\",\"KmsKeyId\":{\"Fn::GetAtt\":[\"Key\",\"Arn\"]},"
        + GENERATED
        + tags
        + "}}";
  }

  private static String schedule(String secret, String function, String more) {
    return "{\"Type\":\"AWS::SecretsManager::RotationSchedule\",\"Properties\":{\"SecretId\":{\"Ref\":\""
        + secret
        + "\"},\"RotationLambdaARN\":\"arn:aws:lambda:us-east-1:000000000000:function:"
        + function
        + "\","
        + RULES
        + more
        + "}}";
  }

  @BeforeAll
  static void start() throws Exception {
    Templates.write(
        cdkOut,
        "secrets",
        "{\"Resources\":{\"Key\":{\"Type\":\"AWS::KMS::Key\",\"Properties\":{}},"
            + "\"Rotation\":{\"Type\":\"AWS::Lambda::Function\",\"Properties\":{\"FunctionName\":\"rotation\",\"Handler\":\"agentpost.rotation.RotationHandler\",\"Timeout\":60,\"Environment\":{\"Variables\":{\"RELAY_KEY_SECRET\":\"agentpost/relay\",\"CONNECTION_NAME\":\"agentpost\"}}}},"
            + "\"Turned\":"
            + secret("turned", ",\"Tags\":[{\"Key\":\"agentpost:overlap\",\"Value\":\"129600\"}]")
            + ","
            + "\"Lonely\":"
            + secret("lonely", "")
            + ",\"Plain\":"
            + secret("plain", "")
            + ","
            + "\"TurnedRotation\":"
            + schedule("Turned", "rotation", ",\"RotateImmediatelyOnUpdate\":false")
            + ","
            + "\"LonelyRotation\":"
            + schedule("Lonely", "nobody", "")
            + "}}");
    cloud = LocalCloud.start(new LocalCloudOptions(0, 43_200, 1));
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
    secrets = cloud.clients("test").create(SecretsManagerClient.builder());
  }

  @AfterAll
  static void stop() {
    secrets.close();
    cloud.close();
  }

  private static DescribeSecretResponse described(String name) {
    return secrets.describeSecret(describe -> describe.secretId(name));
  }

  private static GetSecretValueResponse value(String name, String stage) {
    return secrets.getSecretValue(get -> get.secretId(name).versionStage(stage));
  }

  private static String made(String text) {
    String name = "made/" + UUID.randomUUID();
    secrets.createSecret(create -> create.name(name).secretString(text));
    return name;
  }

  @Test
  void aSecretWithAScheduleIsRotatedByItselfEachPeriod() {
    String first = StoredSecret.read(value("turned", "AWSCURRENT").secretString()).current();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                !StoredSecret.read(value("turned", "AWSCURRENT").secretString())
                    .current()
                    .equals(first));
    StoredSecret rotated = StoredSecret.read(value("turned", "AWSCURRENT").secretString());
    assertThat(rotated.current()).startsWith("whsec_");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                !StoredSecret.read(value("turned", "AWSCURRENT").secretString())
                    .current()
                    .equals(rotated.current()));
    DescribeSecretResponse secret = described("turned");
    assertThat(secret.rotationEnabled()).isTrue();
    assertThat(secret.rotationLambdaARN()).endsWith(":function:rotation");
    assertEquals(2L, secret.rotationRules().automaticallyAfterDays());
    assertThat(secret.nextRotationDate()).isAfter(secret.lastRotatedDate());
    assertThat(secret.kmsKeyId()).startsWith("arn:aws:kms:us-east-1:000000000000:key/");
    assertThat(secret.tags())
        .containsExactly(Tag.builder().key("agentpost:overlap").value("129600").build());
    assertThat(LOG).anyMatch(line -> line.contains("nothing to test yet"));
  }

  @Test
  void whileARotationIsNotAtItsEndAnotherIsRefusedAndItGoesOn() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> LOG.stream().filter(line -> line.startsWith("nobody not invoked")).count() >= 3);
    Map<String, List<String>> versions = described("lonely").versionIdsToStages();
    assertThat(versions.values())
        .containsExactlyInAnyOrder(List.of("AWSCURRENT"), List.of("AWSPENDING"));
    assertThatThrownBy(() -> value("lonely", "AWSPENDING"))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("staging label: AWSPENDING");
    assertThatThrownBy(() -> secrets.rotateSecret(rotate -> rotate.secretId("lonely")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("A previous rotation isn't complete");
  }

  @Test
  void aSecretWithoutAFunctionCannotBeRotated() {
    assertThatThrownBy(() -> secrets.rotateSecret(rotate -> rotate.secretId("plain")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("No Lambda rotation function ARN");
  }

  @Test
  void rotateSecretConfiguresAndRotatesAtOnce() {
    String name = made("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    secrets.tagResource(
        tag ->
            tag.secretId(name)
                .tags(Tag.builder().key("agentpost:overlap").value("8640000").build()));
    RotateSecretResponse begun =
        secrets.rotateSecret(
            rotate ->
                rotate
                    .secretId(name)
                    .rotationLambdaARN(
                        "arn:aws:lambda:us-east-1:000000000000:function:rotation:live")
                    .rotationRules(rules -> rules.scheduleExpression("rate(90 days)")));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(described(name).versionIdsToStages().get(begun.versionId()))
                    .as(() -> LOG.toString())
                    .isEqualTo(List.of("AWSCURRENT")));
    assertEquals(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", value(name, "AWSPREVIOUS").secretString());
    secrets.cancelRotateSecret(cancel -> cancel.secretId(name));
    assertThat(described(name).rotationEnabled()).isNotEqualTo(true);
  }

  @Test
  void aVersionMayBePutAsideAndBecomeCurrentLater() {
    String name = made("one");
    String version =
        secrets
            .putSecretValue(
                put -> put.secretId(name).secretString("two").versionStages("AWSPENDING"))
            .versionId();
    assertEquals("one", value(name, "AWSCURRENT").secretString());
    assertEquals("two", value(name, "AWSPENDING").secretString());
    String current = value(name, "AWSCURRENT").versionId();
    assertThatThrownBy(
            () ->
                secrets.updateSecretVersionStage(
                    move ->
                        move.secretId(name).versionStage("AWSCURRENT").moveToVersionId(version)))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("RemoveFromVersionId can't be empty");
    assertThatThrownBy(
            () ->
                secrets.updateSecretVersionStage(
                    move ->
                        move.secretId(name)
                            .versionStage("AWSCURRENT")
                            .moveToVersionId(version)
                            .removeFromVersionId(version)))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining(current);
    assertThatThrownBy(
            () ->
                secrets.updateSecretVersionStage(
                    move ->
                        move.secretId(name)
                            .versionStage("AWSCURRENT")
                            .removeFromVersionId(current)))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("can't be completely removed");
    secrets.updateSecretVersionStage(
        move ->
            move.secretId(name)
                .versionStage("AWSCURRENT")
                .moveToVersionId(version)
                .removeFromVersionId(current));
    secrets.updateSecretVersionStage(
        move -> move.secretId(name).versionStage("AWSPENDING").removeFromVersionId(version));
    assertEquals(
        Map.of(version, List.of("AWSCURRENT"), current, List.of("AWSPREVIOUS")),
        described(name).versionIdsToStages());
    secrets.putSecretValue(put -> put.secretId(name).secretString("three"));
    assertThat(secrets.listSecretVersionIds(list -> list.secretId(name)).versions()).hasSize(2);
    assertThat(
            secrets
                .listSecretVersionIds(list -> list.secretId(name).includeDeprecated(true))
                .versions())
        .hasSize(3);
  }

  @Test
  void theSameTokenIsTheSameVersionAndOnlyWithTheSameText() {
    String name = made("one");
    String token = UUID.randomUUID().toString();
    for (int i = 0; i < 2; i++) {
      assertEquals(
          token,
          secrets
              .putSecretValue(
                  put -> put.secretId(name).secretString("two").clientRequestToken(token))
              .versionId());
    }
    assertThatThrownBy(
            () ->
                secrets.putSecretValue(
                    put -> put.secretId(name).secretString("other").clientRequestToken(token)))
        .isInstanceOf(ResourceExistsException.class)
        .hasMessageNotContaining("other");
    assertEquals("two", value(name, "AWSCURRENT").secretString());
  }

  @Test
  void tagsAreAddedChangedAndTakenAway() {
    String name = made("one");
    secrets.tagResource(
        add ->
            add.secretId(name)
                .tags(
                    Tag.builder().key("a").value("1").build(),
                    Tag.builder().key("b").value("2").build()));
    secrets.tagResource(add -> add.secretId(name).tags(Tag.builder().key("a").value("3").build()));
    secrets.untagResource(remove -> remove.secretId(name).tagKeys("b"));
    assertThat(described(name).tags()).containsExactly(Tag.builder().key("a").value("3").build());
  }

  @Test
  void aScheduleThatCannotBeHonouredIsRefusedByName(@TempDir Path other) throws Exception {
    Templates.write(
        other,
        "hosted",
        "{\"Resources\":{\"S\":{\"Type\":\"AWS::SecretsManager::RotationSchedule\",\"Properties\":{\"SecretId\":\"plain\",\"HostedRotationLambda\":{\"RotationType\":\"x\"}}}}}");
    assertThatThrownBy(() -> cloud.deploy(other))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining("HostedRotationLambda");
    assertEquals(
        Optional.empty(),
        Optional.ofNullable(described("plain").rotationEnabled()).filter(enabled -> enabled));
  }
}
