package agentpost.cli.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.secrets.StoredSecret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** {@code secrets} on a cloud with secrets of each kind. */
class SecretsIT {
  private static final String TEMPLATE =
      """
      {'Resources':{'Bus':{'Type':'AWS::Events::EventBus','Properties':{'Name':'agentpost'}},
       'Rotation':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'agentpost-rotation','Handler':'agentpost.rotation.RotationHandler','Timeout':60,'Environment':{'Variables':{'RELAY_KEY_SECRET':'agentpost/relay','CONNECTION_NAME':'agentpost'}}}},
       'Scheduled':%s,'ByHand':%s,'Shown':%s,'Leaked':%s,'Pair':%s,'Calendar':%s,'Printer':%s,'Next':%s,
       'Schedule':{'Type':'AWS::SecretsManager::RotationSchedule','Properties':{'SecretId':{'Ref':'Scheduled'},'RotationLambdaARN':{'Fn::GetAtt':['Rotation','Arn']},
        'RotationRules':{'AutomaticallyAfterDays':90},'RotateImmediatelyOnUpdate':false}}}}
      """
          .formatted(
              secret("agents/scheduled", "hmac"),
              secret("agents/by-hand", "hmac"),
              secret("agents/shown", "hmac"),
              secret("agents/leaked", "hmac"),
              secret("agents/pair", "ed25519"),
              secret("processors/calendar", "hmac"),
              secret("processors/printer", "hmac"),
              secret("agents/next", "hmac"))
          .replace('\'', '"');

  @TempDir private static Path cdkOut;
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static LocalCloud cloud;
  private static SecretsManagerClient secrets;

  private static String secret(String name, String signature) {
    return "{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':'agentpost/"
        + name
        + "','Tags':[{'Key':'agentpost:overlap','Value':'86400'},{'Key':'agentpost:signature','Value':'"
        + signature
        + "'}],'GenerateSecretString':{'SecretStringTemplate':'{}','GenerateStringKey':'current','PasswordLength':64,'ExcludePunctuation':true}}}";
  }

  @BeforeAll
  static void start() throws Exception {
    String manifest =
        "{\"artifacts\":{\"agentpost\":{\"type\":\"aws:cloudformation:stack\",\"properties\":{\"templateFile\":\"agentpost.template.json\"}}}}";
    Files.writeString(cdkOut.resolve("manifest.json"), manifest);
    Files.writeString(cdkOut.resolve("agentpost.template.json"), TEMPLATE);
    Files.writeString(cdkOut.resolve("agentpost.assets.json"), "{\"files\":{}}");
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
    secrets = cloud.clients("test").create(SecretsManagerClient.builder());
    // Secrets Manager has tried the function.
    await()
        .until(
            () ->
                secrets
                        .describeSecret(describe -> describe.secretId("agentpost/agents/scheduled"))
                        .versionIdsToStages()
                        .size()
                    == 1);
  }

  @AfterAll
  static void stop() {
    secrets.close();
    cloud.close();
  }

  private static Run run(String... args) {
    String[] all = new String[args.length + 3];
    all[0] = "secrets";
    System.arraycopy(args, 0, all, 1, args.length);
    all[args.length + 1] = "--endpoint-url";
    all[args.length + 2] = cloud.endpoint().toString();
    return Run.of("", all);
  }

  private static StoredSecret stored(String name) {
    return StoredSecret.read(
        secrets.getSecretValue(get -> get.secretId("agentpost/" + name)).secretString());
  }

  private static void assertTellsNothing(Run run, String name) {
    StoredSecret secret = stored(name);
    assertThat(run.everything())
        .doesNotContain(secret.current())
        .doesNotContain(secret.previous().orElse("no previous secret"));
    assertThat(LOG)
        .noneMatch(
            line ->
                line.contains(secret.current())
                    || line.contains(secret.previous().orElse("no previous secret")));
  }

  @Test
  void rotateShowsTheStepsAndWhenTheOverlapEnds() {
    String old = stored("agents/by-hand").current();
    Run run = run("rotate", "by-hand");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out().lines().map(line -> line.replaceFirst(" .*", "")))
        .containsExactly(
            "createSecret", "setSecret", "testSecret", "finishSecret", "overlap", "next");
    StoredSecret now = stored("agents/by-hand");
    assertEquals(Optional.of(old), now.previous());
    assertThat(run.out())
        .contains("both secrets sign and are accepted until " + now.previousUntil().orElseThrow());
    assertThat(now.previousUntil().orElseThrow())
        .isBetween(
            Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(24)));
    assertTellsNothing(run, "agents/by-hand");
  }

  @Test
  void aSecretWithAScheduleIsRotatedBySecretsManager() {
    Run run = run("rotate", "scheduled");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains("begun")
        .contains("finished")
        .contains("AWSCURRENT")
        .contains("until 20");
    assertThat(
            secrets
                .describeSecret(describe -> describe.secretId("agentpost/agents/scheduled"))
                .lastRotatedDate())
        .isNotNull();
    assertTellsNothing(run, "agents/scheduled");
  }

  @Test
  void aRotationDuringAnOverlapIsRefusedUnlessTheSecretLeaked() {
    assertEquals(0, run("rotate", "leaked").exitCode());
    String leaked = stored("agents/leaked").current();
    Run refused = run("rotate", "leaked");
    assertEquals(1, refused.exitCode());
    assertThat(refused.err())
        .contains("the overlap of the last rotation lasts until")
        .contains("--no-overlap");
    assertEquals(leaked, stored("agents/leaked").current());
    Run run = run("rotate", "leaked", "--no-overlap");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("\nretire        ends at ");
    StoredSecret now = stored("agents/leaked");
    assertThat(now.current()).isNotEqualTo(leaked);
    assertEquals(Optional.of(leaked), now.previous());
    assertThat(now.previousUntil().orElseThrow())
        .as("as long as functions have it cached")
        .isBefore(Instant.now().plus(Duration.ofMinutes(3)));
  }

  @Test
  void theSecretIsShownOnceAndAgainOnlyAfterARotation() {
    Run first = run("show", "shown", "--once");
    assertEquals(0, first.exitCode(), first.err());
    assertEquals(stored("agents/shown").current() + "\n", first.out());
    Run second = run("show", "shown", "--once");
    assertEquals(1, second.exitCode());
    assertThat(second.out()).isEmpty();
    assertThat(second.err()).contains("shown already").contains("secrets rotate shown");
    assertTellsNothing(second, "agents/shown");
    assertEquals(0, run("rotate", "shown").exitCode());
    Run third = run("show", "shown", "--once");
    assertEquals(stored("agents/shown").current() + "\n", third.out());
    assertThat(third.out()).startsWith("whsec_");
  }

  @Test
  void withoutOnceNothingIsShownAndNothingCountsAsShown() {
    Run run = run("show", "scheduled");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("--once");
    assertTellsNothing(run, "agents/scheduled");
    assertThat(
            secrets
                .describeSecret(describe -> describe.secretId("agentpost/agents/scheduled"))
                .tags())
        .noneMatch(tag -> tag.key().equals("agentpost:shown"));
  }

  @Test
  void ofAPairThePublicKeyIsShownAsOftenAsAskedAndTheOtherNever() {
    Run before = run("show", "pair");
    assertThat(before.out()).startsWith("whpk_");
    assertEquals(before.out(), run("show", "pair", "--once").out());
    Run rotated = run("rotate", "pair");
    assertEquals(0, rotated.exitCode(), rotated.everything());
    Run after = run("show", "pair");
    assertThat(after.out()).startsWith("whpk_").isNotEqualTo(before.out());
    assertThat(rotated.out()).contains(after.out().strip());
    assertTellsNothing(rotated, "agents/pair");
  }

  @Test
  void aProcessorsSecretIsRotatedToo() {
    assertEquals(0, run("rotate", "calendar", "--processor").exitCode());
    assertThat(stored("processors/calendar").current()).startsWith("whsec_");
  }

  /** As a person does who copies it. */
  private static Run copied(String text) {
    String command =
        text.replaceFirst("(?s).*?\\./agentpost (secrets .*?) (?:prints|makes) .*", "$1");
    return Run.of("", command.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"printer --processor", "next"})
  void theCommandThatIsSaidToBeNextWorks(String whose) {
    String[] agent = whose.split(" ");
    Run rotated = run(Stream.concat(Stream.of("rotate"), Stream.of(agent)).toArray(String[]::new));
    assertEquals(0, rotated.exitCode(), rotated.everything());
    Run shown = copied(rotated.out());
    assertEquals(0, shown.exitCode(), shown.everything());
    assertEquals(
        stored((agent.length > 1 ? "processors/" : "agents/") + agent[0]).current() + "\n",
        shown.out());
    Run refused =
        run(Stream.concat(Stream.of("show", "--once"), Stream.of(agent)).toArray(String[]::new));
    assertEquals(1, refused.exitCode());
    assertThat(copied(refused.err()).err())
        .contains("the overlap of the last rotation lasts until");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rotate", "show"})
  void saysWhenThereIsNoSuchSecret(String command) {
    Run run = run(command, "nobody");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("no agent of that name: there is no nobody at ", "; there are: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rotate", "show"})
  void hasOneExampleInItsHelp(String command) {
    assertThat(Run.of("", "secrets", command, "--help").out().lines().filter("Example:"::equals))
        .hasSize(1);
  }

  @Test
  void saysWhereItLookedWhenNothingAnswers() {
    Run run = Run.of("", "secrets", "rotate", "shown", "--endpoint-url", "http://127.0.0.1:1");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("nothing answers at http://127.0.0.1:1");
  }
}
