package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.HoldingHandler;
import agentpost.local.testing.SignUps;
import agentpost.local.testing.Templates;
import agentpost.secrets.StoredSecret;
import agentpost.signing.KeySet;
import agentpost.signing.Signer;
import agentpost.signing.WebhookSecret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Secrets are turned over while deliveries, requests for work and callbacks go on, through real
 * sockets: a hosted agent, someone's webhook whose owner installs the new secret some time in the
 * overlap and checks both schemes, and a processor. An hour is fifteen seconds; a secret is cached
 * for a quarter of one.
 */
class RotationUnderTrafficIT {
  private static final String ROTATION =
      "arn:aws:lambda:us-east-1:000000000000:function:agentpost-rotation";
  private static final Duration OVERLAP = Duration.ofHours(1);
  private static final String ACCEPTED = "\"outcome\":\"accepted\"";

  @TempDir private Path cdkOut;
  private final List<DeliveryEvent.AttemptMade> attempts = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ScheduledExecutorService operations = Executors.newSingleThreadScheduledExecutor();
  private final List<String> started = new CopyOnWriteArrayList<>();
  private LocalCloud cloud;
  private SignUps signUps;
  private SecretsManagerClient secrets;

  @BeforeEach
  void start() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate().secrets().operations();
    template
        .agent("welcome-agent", "agentpost.onboarding.WelcomeHandler", SignUps.PATTERN)
        .put("EMAIL_FROM", "hello@example.com");
    template.agent("crm-sync", "agentpost.local.testing.HoldingHandler", SignUps.PATTERN);
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 240, 1));
    cloud.listen(
        happening -> {
          if (happening instanceof DeliveryEvent.AttemptMade attempt) {
            attempts.add(attempt);
          }
        });
    cloud.listenToLogs((function, line) -> log.add(function + " " + line));
    cloud.deploy(cdkOut);
    secrets = cloud.clients("test").create(SecretsManagerClient.builder());
    signUps = new SignUps(cloud.clients("test").create(EventBridgeClient.builder()));
    HoldingHandler.TAKEN.clear();
    HoldingHandler.REFUSED.clear();
    HoldingHandler.INSTALLED.clear();
    HoldingHandler.INSTALLED.add(current("agents/crm-sync").current());
  }

  @AfterEach
  void stop() {
    operations.shutdownNow();
    signUps.close();
    http.close();
    secrets.close();
    cloud.close();
  }

  private StoredSecret current(String name) {
    return StoredSecret.read(
        secrets.getSecretValue(get -> get.secretId("agentpost/" + name)).secretString());
  }

  private void begin() {
    signUps.putEvery(Duration.ofMillis(150));
    ScheduledFuture<?> _ =
        operations.scheduleWithFixedDelay(this::operation, 0, 300, TimeUnit.MILLISECONDS);
  }

  private void operation() {
    String input =
        "{\"task_token\":\"t\",\"execution\":{\"Name\":\"run-%d\",\"RedriveCount\":0},\"purpose\":\"book\",\"deadline_seconds\":86400,\"data\":{\"lead_id\":\"l\"}}"
            .formatted(started.size());
    try {
      URI function =
          cloud.endpoint().resolve("/2015-03-31/functions/agentpost-start-operation/invocations");
      HttpRequest request =
          HttpRequest.newBuilder(function).POST(HttpRequest.BodyPublishers.ofString(input)).build();
      started.add(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (java.io.IOException e) {
      started.add(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void rotate(String name) {
    String version =
        secrets
            .rotateSecret(
                rotate ->
                    rotate
                        .secretId("agentpost/" + name)
                        .rotationLambdaARN(ROTATION)
                        .rotationRules(rules -> rules.automaticallyAfterDays(90L)))
            .versionId();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                secrets
                    .describeSecret(describe -> describe.secretId("agentpost/" + name))
                    .versionIdsToStages()
                    .getOrDefault(version, List.of())
                    .contains("AWSCURRENT"));
  }

  private long inLog(String... parts) {
    return log.stream().filter(line -> List.of(parts).stream().allMatch(line::contains)).count();
  }

  @Test
  void notOneDeliveryIsRefused() throws Exception {
    begin();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                HoldingHandler.TAKEN.size() > 3
                    && inLog("agentpost-welcome-agent", "\"status\":200") > 3
                    && inLog("\"outcome\":\"callback-taken\"") > 2);
    String old = current("agents/welcome-agent").current();
    for (String name : List.of("agents/welcome-agent", "agents/crm-sync", "processors/calendar")) {
      rotate(name);
    }
    Instant ends = current("agents/crm-sync").previousUntil().orElseThrow();
    assertThat(ends).isBetween(cloud.now(), cloud.now().plus(OVERLAP));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> cloud.now().isAfter(ends.minus(OVERLAP.dividedBy(2))));
    // The owner holds the new one from now on beside the old one, since the plain scheme has room
    // for one signature.
    HoldingHandler.INSTALLED.addFirst(current("agents/crm-sync").current());
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> cloud.now().isAfter(ends.plus(Duration.ofMinutes(5))));
    HoldingHandler.INSTALLED.removeLast();
    int before = HoldingHandler.TAKEN.size();
    await().atMost(Duration.ofSeconds(20)).until(() -> HoldingHandler.TAKEN.size() > before + 5);
    signUps.end();
    operations.shutdown();
    assertThat(operations.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                attempts.stream()
                            .filter(attempt -> attempt.status().equals(Optional.of(200)))
                            .count()
                        >= 2L * signUps.ids().size()
                    && inLog("\"outcome\":\"callback-taken\"")
                        >= started.stream().filter(answer -> answer.contains(ACCEPTED)).count());

    assertThat(HoldingHandler.REFUSED).isEmpty();
    assertThat(HoldingHandler.TAKEN).containsAll(signUps.ids());
    // An agent whose start takes longer than the relay waits is no refusal; it comes again.
    assertThat(attempts.stream().filter(attempt -> attempt.status().isPresent()))
        .allSatisfy(attempt -> assertThat(attempt.status().orElseThrow()).isIn(200, 504));
    assertThat(
            attempts.stream()
                .filter(attempt -> attempt.status().isPresent())
                .map(attempt -> attempt.rule() + attempt.eventId())
                .distinct())
        .hasSize(2 * signUps.ids().size());
    assertThat(started)
        .allSatisfy(answer -> assertThat(answer).containsAnyOf(ACCEPTED, "did not answer in time"));
    assertThat(started)
        .as("after the starts")
        .filteredOn(answer -> answer.contains(ACCEPTED))
        .hasSizeGreaterThan(started.size() / 2);
    assertThat(log).noneMatch(line -> line.contains("\"status\":403") || line.contains("refused"));
    assertEquals(403, forged(old), "and then the old secret is one of a stranger's");
    System.out.println(
        "rotation under traffic: "
            + signUps.ids().size()
            + " events to 2 agents, "
            + started.size()
            + " operations, none refused");
  }

  /** What a hosted agent answers to who signs with this secret. */
  private int forged(String secret) throws Exception {
    byte[] body = "{}".getBytes(UTF_8);
    URI door =
        URI.create(
            cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", "")
                + "/webhooks/welcome-agent");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(door).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    new Signer(KeySet.of(WebhookSecret.of(secret)))
        .standard("e", Instant.now(), body)
        .forEach(request::header);
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
