package agentpost.local.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.testing.ManualTimeline;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A secret's last days, and what may be done to it meanwhile (Secrets Manager API reference,
 * DeleteSecret and RestoreSecret).
 */
class SecretDeletionTest {
  private final ManualTimeline timeline = new ManualTimeline(Instant.parse("2026-03-31T10:30:00Z"));
  private final SecretsManager secrets = new SecretsManager(timeline, (_, _) -> true);

  private JsonNode call(String operation, String input) {
    try {
      return secrets
          .service()
          .call(operation, (ObjectNode) new JsonMapper().readTree(input.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(input, e);
    }
  }

  @BeforeEach
  void make() {
    call("CreateSecret", "{'Name':'s','SecretString':'one'}");
  }

  @ParameterizedTest
  @CsvSource({"'',30", "',\"RecoveryWindowInDays\":7',7", "',\"RecoveryWindowInDays\":12',12"})
  void itCanBeRestoredForItsDaysAndIsGoneThen(String more, int days) {
    JsonNode deleted = call("DeleteSecret", "{'SecretId':'s'" + more + "}");
    assertThat(deleted.path("DeletionDate").asLong())
        .isEqualTo(timeline.now().plus(Duration.ofDays(days)).getEpochSecond());
    timeline.pass(Duration.ofDays(days).minusSeconds(1));
    assertThat(call("DescribeSecret", "{'SecretId':'s'}").path("DeletedDate").asLong())
        .isEqualTo(Instant.parse("2026-03-31T10:30:00Z").getEpochSecond());
    timeline.pass(Duration.ofSeconds(1));
    assertThatThrownBy(() -> call("DescribeSecret", "{'SecretId':'s'}"))
        .extracting("code")
        .isEqualTo("ResourceNotFoundException");
    call("CreateSecret", "{'Name':'s','SecretString':'new'}");
  }

  @Test
  void aSecretThatWasRestoredIsAsItWas() {
    call("DeleteSecret", "{'SecretId':'s'}");
    call("RestoreSecret", "{'SecretId':'s'}");
    assertThat(call("GetSecretValue", "{'SecretId':'s'}").path("SecretString").asText())
        .isEqualTo("one");
    assertThat(call("DescribeSecret", "{'SecretId':'s'}").has("DeletedDate")).isFalse();
    timeline.pass(Duration.ofDays(31));
    assertThat(call("GetSecretValue", "{'SecretId':'s'}").path("SecretString").asText())
        .isEqualTo("one");
    call("DeleteSecret", "{'SecretId':'s','RecoveryWindowInDays':7}");
    timeline.pass(Duration.ofDays(7));
    assertThatThrownBy(() -> call("RestoreSecret", "{'SecretId':'s'}"))
        .extracting("code")
        .isEqualTo("ResourceNotFoundException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GetSecretValue {'SecretId':'s'}",
        "PutSecretValue {'SecretId':'s','SecretString':'two'}",
        "UpdateSecret {'SecretId':'s','SecretString':'two'}",
        "UpdateSecretVersionStage {'SecretId':'s','VersionStage':'x'}",
        "TagResource {'SecretId':'s','Tags':[]}",
        "UntagResource {'SecretId':'s','TagKeys':[]}",
        "RotateSecret {'SecretId':'s','RotationLambdaARN':'f'}",
        "CancelRotateSecret {'SecretId':'s'}",
        "DeleteSecret {'SecretId':'s'}",
        "CreateSecret {'Name':'s','SecretString':'two'}"
      })
  void whatIsMarkedForDeletionIsNotUsed(String call) {
    call("DeleteSecret", "{'SecretId':'s'}");
    String[] parts = call.split(" ", 2);
    assertThatThrownBy(() -> call(parts[0], parts[1]))
        .isInstanceOfSatisfying(
            AwsException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo("InvalidRequestException");
              assertThat(refusal.description())
                  .containsAnyOf(
                      "because it was marked for deletion", "is already scheduled for deletion");
            });
  }

  @Test
  void listsShowItOnlyToThoseWhoAskForIt() {
    call("CreateSecret", "{'Name':'kept','SecretString':'one'}");
    call("DeleteSecret", "{'SecretId':'s'}");
    assertThat(call("ListSecrets", "{}").path("SecretList").findValuesAsText("Name"))
        .containsExactly("kept");
    assertThat(
            call("ListSecrets", "{'IncludePlannedDeletion':true}")
                .path("SecretList")
                .findValuesAsText("Name"))
        .containsExactly("kept", "s");
  }

  @Test
  void withoutRecoveryItIsGoneAtOnceAndOneThatIsNotThereIsNoError() {
    call("DeleteSecret", "{'SecretId':'s','ForceDeleteWithoutRecovery':true}");
    assertThatThrownBy(() -> call("DescribeSecret", "{'SecretId':'s'}"))
        .extracting("code")
        .isEqualTo("ResourceNotFoundException");
    assertThat(
            call("DeleteSecret", "{'SecretId':'s','ForceDeleteWithoutRecovery':true}")
                .has("DeletionDate"))
        .isTrue();
    call("CreateSecret", "{'Name':'s','SecretString':'again'}");
    call("DeleteSecret", "{'SecretId':'s'}");
    call("DeleteSecret", "{'SecretId':'s','ForceDeleteWithoutRecovery':true}");
    call("CreateSecret", "{'Name':'s','SecretString':'and again'}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'RecoveryWindowInDays':6|InvalidParameterException|between 7 and 30 days",
        "'RecoveryWindowInDays':31|InvalidParameterException|between 7 and 30 days",
        "'RecoveryWindowInDays':7,'ForceDeleteWithoutRecovery':true|InvalidParameterException|in"
            + " conjunction with RecoveryWindowInDays",
      })
  void aWindowThatIsNoneIsRefused(String more, String code, String message) {
    assertThatThrownBy(() -> call("DeleteSecret", "{'SecretId':'s'," + more + "}"))
        .hasMessageContaining(message)
        .extracting("code")
        .isEqualTo(code);
    assertThat(call("GetSecretValue", "{'SecretId':'s'}").path("SecretString").asText())
        .isEqualTo("one");
  }

  @Test
  void anUpdateChangesWhatItSays() {
    call("UpdateSecret", "{'SecretId':'s','Description':'d','KmsKeyId':'k'}");
    assertThat(call("DescribeSecret", "{'SecretId':'s'}").toString())
        .contains("\"Description\":\"d\"", "\"KmsKeyId\":\"k\"");
    assertThat(call("GetSecretValue", "{'SecretId':'s'}").path("SecretString").asText())
        .isEqualTo("one");
    String version =
        call("UpdateSecret", "{'SecretId':'s','SecretString':'two'}").path("VersionId").asText();
    assertThat(call("GetSecretValue", "{'SecretId':'s'}").path("VersionId").asText())
        .isEqualTo(version);
    assertThat(
            call("GetSecretValue", "{'SecretId':'s','VersionStage':'AWSPREVIOUS'}")
                .path("SecretString")
                .asText())
        .isEqualTo("one");
    assertThatThrownBy(() -> call("UpdateSecret", "{'SecretId':'s','SecretBinary':'AA=='}"))
        .hasMessage("The local cloud does not support SecretBinary of UpdateSecret.");
  }

  /** By its last part alone, another region's or account's secret would be this one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:secretsmanager:eu-west-1:000000000000:secret:s",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"
      })
  void anArnOfAnotherRegionOrAccountIsNotThisSecret(String arn) {
    assertThatThrownBy(() -> call("GetSecretValue", "{'SecretId':'" + arn + "'}"))
        .extracting("code")
        .isEqualTo("ResourceNotFoundException");
  }

  @Test
  void whatAServiceManagesIsDescribedReadAndLeftAlone() {
    secrets.keep("events", "events!connection/c/1", "{}");
    assertThat(
            call("DescribeSecret", "{'SecretId':'events!connection/c/1'}")
                .path("OwningService")
                .asText())
        .isEqualTo("events");
    for (String call :
        new String[] {
          "PutSecretValue|,'SecretString':'x'",
          "DeleteSecret|",
          "DeleteSecret|,'ForceDeleteWithoutRecovery':true",
          "UpdateSecret|,'Description':'x'"
        }) {
      String[] parts = call.split("\\|", -1);
      assertThatThrownBy(
              () -> call(parts[0], "{'SecretId':'events!connection/c/1'" + parts[1] + "}"))
          .hasMessageContaining("it is managed by events")
          .extracting("code")
          .isEqualTo("InvalidRequestException");
    }
    assertThatThrownBy(
            () -> call("CreateSecret", "{'Name':'events!connection/mine','SecretString':'x'}"))
        .hasMessageStartingWith("Invalid name.");
  }
}
