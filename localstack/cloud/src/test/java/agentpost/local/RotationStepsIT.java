package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.platform.AwsClients;
import agentpost.platform.Network;
import agentpost.platform.Platform;
import agentpost.rotation.RotationHandler;
import agentpost.secrets.StoredSecret;
import agentpost.signing.Ed25519Key;
import agentpost.signing.WebhookSecret;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/**
 * The rotation function's steps against versions and labels as Secrets Manager has them, with
 * processes that die between any two calls.
 */
class RotationStepsIT {
  private static final String OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final List<String> STEPS =
      List.of("createSecret", "setSecret", "testSecret", "finishSecret");
  private static final Duration OVERLAP = Duration.ofDays(7);
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static final Context NO_CONTEXT =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(), new Class<?>[] {Context.class}, (_, _, _) -> 0);
  private static LocalCloud cloud;
  private static SecretsManagerClient secrets;

  @BeforeAll
  static void start() throws Exception {
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    secrets = cloud.clients("test").create(SecretsManagerClient.builder());
  }

  @AfterAll
  static void stop() {
    secrets.close();
    cloud.close();
  }

  private static String secret(String text, String signature) {
    String name = "agentpost/agents/" + UUID.randomUUID();
    secrets.createSecret(
        create ->
            create
                .name(name)
                .secretString(text)
                .tags(
                    tag("agentpost:overlap", Long.toString(OVERLAP.toSeconds())),
                    tag("agentpost:signature", signature)));
    return name;
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().key(key).value(value).build();
  }

  private static StoredSecret current(String name) {
    return StoredSecret.read(secrets.getSecretValue(get -> get.secretId(name)).secretString());
  }

  private static RequestHandler<Map<String, String>, Map<String, String>> handler(
      AwsClients clients, Clock clock) {
    return new RotationHandler(
        new Platform(
            Map.of("RELAY_KEY_SECRET", "agentpost/relay", "CONNECTION_NAME", "agentpost"),
            clock,
            clients,
            HttpClient.newHttpClient(),
            Network.internet(),
            LOG::add));
  }

  private static Map<String, String> run(
      AwsClients clients, String step, String name, String token) {
    return handler(clients, Clock.systemUTC())
        .handleRequest(
            Map.of("Step", step, "SecretId", name, "ClientRequestToken", token), NO_CONTEXT);
  }

  private static Map<String, String> run(String step, String name, String token) {
    return run(cloud.clients("test"), step, name, token);
  }

  private static String token() {
    return UUID.randomUUID().toString();
  }

  private static void rotate(String name, String token) {
    STEPS.forEach(step -> run(step, name, token));
  }

  private static void assertRotated(String name, String token) {
    StoredSecret now = current(name);
    assertThat(now.current()).startsWith("whsec_").isNotEqualTo(OLD);
    assertEquals(Optional.of(OLD), now.previous());
    assertThat(now.previousUntil().orElseThrow())
        .isBetween(Instant.now().plus(OVERLAP).minusSeconds(60), Instant.now().plus(OVERLAP));
    Map<String, List<String>> labels =
        secrets.describeSecret(describe -> describe.secretId(name)).versionIdsToStages();
    assertThat(labels).hasSize(2).containsEntry(token, List.of("AWSCURRENT"));
    assertThat(labels.values()).contains(List.of("AWSPREVIOUS"));
  }

  @Test
  void theNewSecretIsCurrentAndTheOldOneIsInItUntilTheOverlapEnds() {
    String name = secret(OLD, "hmac");
    String token = token();
    rotate(name, token);
    assertRotated(name, token);
  }

  @Test
  void eachStepMayBeRunAgainAtAnyTime() {
    String name = secret("{\"current\":\"" + OLD + "\"}", "hmac");
    String token = token();
    for (int done = 1; done <= STEPS.size(); done++) {
      for (String step : STEPS.subList(0, done)) {
        run(step, name, token);
      }
    }
    String once = current(name).current();
    rotate(name, token);
    assertEquals(once, current(name).current());
    assertRotated(name, token);
  }

  /** Dies before or after its call number {@code at}. */
  private static AwsClients dying(int at, boolean after, List<String> calls) {
    SecretsManagerClient mortal =
        (SecretsManagerClient)
            Proxy.newProxyInstance(
                SecretsManagerClient.class.getClassLoader(),
                new Class<?>[] {SecretsManagerClient.class},
                (_, method, arguments) -> {
                  calls.add(method.getName());
                  boolean now = calls.size() == at;
                  if (now && !after) {
                    throw SdkClientException.create("died before " + method.getName());
                  }
                  try {
                    Object answer = method.invoke(secrets, arguments);
                    if (now) {
                      throw SdkClientException.create("died after " + method.getName());
                    }
                    return answer;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new AwsClients() {
      @Override
      @SuppressWarnings("unchecked") // Each builder builds the client beside it.
      public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
          B builder) {
        return builder instanceof SecretsManagerClientBuilder
            ? (C) mortal
            : cloud.clients("test").create(builder);
      }
    };
  }

  @Test
  void whereverARotationDiesItGoesOn() {
    int crashes = 0;
    for (boolean after : new boolean[] {false, true}) {
      List<String> calls = new ArrayList<>();
      for (int at = 1; at == 1 || at <= calls.size() + 1; at++) {
        calls.clear();
        String name = secret(OLD, "hmac");
        String token = token();
        AwsClients clients = dying(at, after, calls);
        try {
          STEPS.forEach(step -> run(clients, step, name, token));
        } catch (SdkClientException e) {
          crashes++;
        }
        rotate(name, token);
        assertRotated(name, token);
      }
    }
    assertThat(crashes).as("places to die at").isGreaterThan(20);
  }

  @Test
  void aSecondRotationInAnOverlapIsRefused() {
    String name = secret(OLD, "hmac");
    rotate(name, token());
    StoredSecret between = current(name);
    assertThatThrownBy(() -> run("createSecret", name, token()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("overlap")
        .hasMessageNotContaining("whsec_");
    assertEquals(between, current(name));
  }

  /** For as long as our own functions may have a secret cached, they sign with it alone. */
  @Test
  void aLeakedSecretIsTurnedOverDuringAnOverlapTooAndCountsForTwoMinutesMore() {
    String name = secret(OLD, "hmac");
    rotate(name, token());
    String leaked = current(name).current();
    Map<String, String> event = Map.of("Step", "rotate", "SecretId", name, "Leaked", "yes");
    assertThat(handler(cloud.clients("test"), Clock.systemUTC()).handleRequest(event, NO_CONTEXT))
        .containsKey("retire");
    StoredSecret now = current(name);
    assertEquals(Optional.of(leaked), now.previous());
    assertThat(now.previousUntil().orElseThrow())
        .isBetween(Instant.now().plusSeconds(60), Instant.now().plusSeconds(120));
    assertEquals(Map.of("retire", "nothing to retire"), run("retire", name, token()));
    assertEquals(now, current(name));
    Map<String, List<String>> labels =
        secrets.describeSecret(describe -> describe.secretId(name)).versionIdsToStages();
    assertThat(labels.values())
        .containsExactlyInAnyOrder(List.of("AWSCURRENT"), List.of("AWSPREVIOUS"));
  }

  @Test
  void whatAPersonPutMeanwhileIsNotRolledBack() {
    String name = secret(OLD, "hmac");
    String token = token();
    run("createSecret", name, token);
    secrets.putSecretValue(
        put -> put.secretId(name).secretString("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
    assertThatThrownBy(() -> run("testSecret", name, token))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AWSPENDING");
    assertThatThrownBy(() -> run("finishSecret", name, token))
        .isInstanceOf(IllegalStateException.class);
    assertEquals("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", current(name).current());
  }

  @Test
  void aRotationThatLayForHalfItsOverlapIsNotFinished() {
    String name = secret(OLD, "hmac");
    String token = token();
    run("createSecret", name, token);
    Clock late = Clock.offset(Clock.systemUTC(), OVERLAP.dividedBy(2).plusSeconds(1));
    Map<String, String> finish =
        Map.of("Step", "finishSecret", "SecretId", name, "ClientRequestToken", token);
    assertThrows(
        IllegalStateException.class,
        () -> handler(cloud.clients("test"), late).handleRequest(finish, NO_CONTEXT));
    assertEquals(OLD, current(name).current());
  }

  @Test
  void anAgentThatChangesToEd25519GetsAPairAndKeepsItsSecretForTheOverlap() {
    String name = secret(OLD, "ed25519");
    rotate(name, token());
    StoredSecret now = current(name);
    assertThat(Ed25519Key.of(now.current()).canSign()).isTrue();
    assertEquals(Optional.of(OLD), now.previous());
    Map<String, String> overview = run("overview", name, token());
    assertThat(overview)
        .containsEntry("signature", "ed25519")
        .containsEntry("public_key", Ed25519Key.of(now.current()).publicText())
        .containsEntry("rotation", "by hand");
    assertThat(overview.toString()).doesNotContain("whsk_").doesNotContain("whsec_");
  }

  @Test
  void onePersonsRotateGoesOnWithWhatAnotherBegan() {
    String name = secret(OLD, "hmac");
    String begun = token();
    run("createSecret", name, begun);
    assertThat(run("rotate", name, token())).containsOnlyKeys(STEPS);
    assertRotated(name, begun);
  }

  @Test
  void theStepThatSecretsManagerTriesAloneFindsNothingToTest() {
    String name = secret(OLD, "hmac");
    assertEquals(Map.of("testSecret", "nothing to test yet"), run("testSecret", name, token()));
  }

  /**
   * Secrets Manager's own try of the test puts a version there first, and does not say what is in
   * it: whatever it is, the try passes and the version cannot become current.
   */
  @ParameterizedTest
  @MethodSource("versionsOfSecretsManager")
  void whateverSecretsManagerPutsThereForItsOwnTryIsSurvived(String present, String pending) {
    String name = secret(present, "hmac");
    String token = token();
    secrets.putSecretValue(
        put ->
            put.secretId(name)
                .clientRequestToken(token)
                .secretString(pending)
                .versionStages("AWSPENDING"));
    assertEquals(Map.of("testSecret", "nothing to test yet"), run("testSecret", name, token));
    assertThrows(RuntimeException.class, () -> run("finishSecret", name, token));
    assertEquals(StoredSecret.read(present), current(name));
    secrets.updateSecretVersionStage(
        move -> move.secretId(name).versionStage("AWSPENDING").removeFromVersionId(token));
    String next = token();
    rotate(name, next);
    assertThat(current(name).previous()).contains(StoredSecret.read(present).current());
  }

  static Stream<Arguments> versionsOfSecretsManager() {
    String after =
        "{\"current\":\"%s\",\"previous\":\"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\",\"previous_until\":\"2020-01-01T00:00:00Z\"}"
            .formatted(OLD);
    return Stream.of(
        Arguments.of(OLD, OLD),
        Arguments.of(OLD, "{}"),
        Arguments.of(OLD, "{\"username\":\"a\",\"password\":\"b\"}"),
        Arguments.of(OLD, "{\"current\":\"" + OLD + "\"}"),
        Arguments.of(OLD, "{not JSON"),
        Arguments.of(OLD, "a text that is no secret"),
        Arguments.of(OLD, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        Arguments.of(after, after));
  }

  @Test
  void noLineOfTheLogHasASecretInIt() {
    String name = secret(OLD, "hmac");
    rotate(name, token());
    String text = current(name).current().substring(WebhookSecret.PREFIX.length());
    assertThat(LOG)
        .isNotEmpty()
        .noneMatch(line -> line.contains(text) || line.contains(OLD.substring(6)));
  }
}
