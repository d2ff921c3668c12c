package agentpost.cli.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.secrets.StoredSecret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** {@code secrets rotate --relay}. */
class RelayKeyRotationIT {
  private static final String TEMPLATE =
      """
      {'Resources':{'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}},
       'Rotation':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'agentpost-rotation','Handler':'agentpost.rotation.RotationHandler','Timeout':60,
        'Environment':{'Variables':{'RELAY_KEY_SECRET':'agentpost/relay','CONNECTION_NAME':'agentpost'}}}},
       'Key':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/relay',
        'GenerateSecretString':{'SecretStringTemplate':'{}','GenerateStringKey':'current','PasswordLength':64,'ExcludePunctuation':true}}},
       'Connection':{'Type':'AWS::Events::Connection','Properties':{'Name':'agentpost','AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':
        {'ApiKeyName':'X-Agentpost-Relay-Key','ApiKeyValue':{'Fn::Sub':'{{resolve:secretsmanager:${Key}:SecretString:current::}}'}}}}}}}
      """
          .replace('\'', '"');

  @TempDir private Path cdkOut;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private LocalCloud cloud;
  private SecretsManagerClient secrets;
  private EventBridgeClient events;

  @BeforeEach
  void start() throws Exception {
    String manifest =
        "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"agentpost.template.json\"}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest);
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    // So that the ten seconds that are waited are a sixth of one.
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    cloud.listenToLogs((function, line) -> log.add(function + " " + line));
    cloud.deploy(cdkOut);
    secrets = cloud.clients("test").create(SecretsManagerClient.builder());
    events = cloud.clients("test").create(EventBridgeClient.builder());
  }

  @AfterEach
  void stop() {
    events.close();
    secrets.close();
    cloud.close();
  }

  private Run run(String... more) {
    return Run.of(
        "",
        Stream.concat(
                Stream.of(
                    "secrets", "rotate", "--endpoint-url", cloud.endpoint().toString(), "--relay"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private StoredSecret key() {
    return StoredSecret.read(
        secrets.getSecretValue(get -> get.secretId("agentpost/relay")).secretString());
  }

  /** What the connection shows. */
  private String shown() {
    String secret = events.describeConnection(get -> get.name("agentpost")).secretArn();
    return secrets.getSecretValue(get -> get.secretId(secret)).secretString();
  }

  @Test
  void theRelayAndTheConnectionHaveANewKeyAndTheCommandSaysWhatItDid() {
    String old = key().current();
    assertThat(shown()).contains(old);
    Run run = run();
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out().lines().map(line -> line.replaceFirst("^(\\S+) +", "$1: ")))
        .containsExactly(
            "connection: has the current key",
            "createSecret: put",
            "finishSecret: is current",
            "relay: takes both keys; waiting 10 s until each of its environments may read the new"
                + " one",
            "connection: has the new key",
            "connection: is AUTHORIZED",
            "overlap: the previous key opens the relay until "
                + key().previousUntil().orElseThrow());
    assertThat(key().current()).isNotEqualTo(old);
    assertThat(key().previous()).contains(old);
    assertThat(key().previousUntil().orElseThrow())
        .isBetween(cloud.now().plus(Duration.ofHours(22)), cloud.now().plus(Duration.ofHours(24)));
    assertThat(shown()).contains(key().current());
    assertThat(run.everything()).doesNotContain(key().current(), old);
    assertThat(log).noneMatch(line -> line.contains(key().current()) || line.contains(old));
  }

  @Test
  void aRotationMayFollowAnotherAtOnce() {
    assertEquals(0, run().exitCode());
    String first = key().current();
    Run second = run();
    assertEquals(0, second.exitCode(), second.everything());
    assertThat(key().previous()).contains(first);
    assertThat(shown()).contains(key().current());
  }

  @Test
  void aKeyThatLeakedOpensForTwoMinutesMore() {
    String leaked = key().current();
    Run run = run("--no-overlap");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("retire        ends at ");
    assertThat(key().previous()).contains(leaked);
    assertThat(key().previousUntil().orElseThrow())
        .isBefore(cloud.now().plus(Duration.ofMinutes(3)));
  }

  @Test
  void aConnectionThatIsGoneChangesNothing() {
    String old = key().current();
    events.deleteConnection(delete -> delete.name("agentpost"));
    Run run = run();
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("there is no connection agentpost at ");
    assertEquals(old, key().current());
  }

  @ParameterizedTest
  @ValueSource(strings = {"crm-sync", "--processor"})
  void theRelayHasNoName(String more) {
    Run run = run(more);
    assertEquals(2, run.exitCode(), run.everything());
  }
}
