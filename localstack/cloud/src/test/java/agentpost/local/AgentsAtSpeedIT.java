package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.scheduler.SchedulerClient;

/**
 * The agents of a sign-up where an hour is six seconds and where it is one, from their first event
 * on: no reminder to who has converted, nobody found missing who is at work.
 */
class AgentsAtSpeedIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Twelve days before its event the trial's reminder is due at once, a minute later: a tenth of a
   * second.
   */
  private static final Duration TRIED_FOR = Duration.ofDays(12);

  /** By plan, whether support is told. */
  private static final Map<String, Boolean> PLANS =
      new TreeMap<>(
          Map.of(
              "free", false, "premium_trial", true, "team_trial", false, "enterprise_trial", true));

  @TempDir private Path cdkOut;
  private final AtomicBoolean busy = new AtomicBoolean(true);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    busy.set(false);
    threads.shutdown();
  }

  private static String hears(String... alternatives) {
    return "{\"$or\":[" + String.join(",", alternatives) + "]}";
  }

  private static String type(String types, String detail) {
    return "{\"detail-type\":[\""
        + types.replace(" ", "\",\"")
        + "\"]"
        + (detail.isEmpty() ? "" : ",\"detail\":" + detail)
        + "}";
  }

  private LocalCloud started(int scale) throws Exception {
    AgentpostTemplate template = new AgentpostTemplate().log();
    String signUps = type("user.signed_up", "");
    template
        .agent("welcome-agent", "agentpost.onboarding.WelcomeHandler", signUps)
        .put("EMAIL_FROM", "hello@example.com");
    template.agent("personalization-agent", "agentpost.onboarding.PersonalizationHandler", signUps);
    template
        .agent(
            "support-notification",
            "agentpost.onboarding.SupportNotificationHandler",
            type(
                "user.signed_up",
                "{\"data\":{\"plan\":[\"premium_trial\",{\"prefix\":\"enterprise\"}]}}"))
        .put("EMAIL_FROM", "hello@example.com")
        .put("SUPPORT_EMAIL", "support@example.com");
    plans(
        template.agent(
            "trial-monitor",
            "agentpost.onboarding.TrialMonitorHandler",
            type("user.signed_up user.converted", "")));
    plans(
        template.agent(
            "onboarding-coordinator",
            "agentpost.onboarding.OnboardingHandler",
            hears(
                type("user.signed_up trial.started features.suggested support.alerted", ""),
                type("email.sent", "{\"metadata\":{\"source_service\":[\"welcome-agent\"]}}"),
                type("deadline.reached", "{\"data\":{\"agent\":[\"onboarding-coordinator\"]}}"))));
    Templates.write(cdkOut, "agentpost", template.toString());
    LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, scale, 1));
    cloud.deploy(cdkOut);
    return cloud;
  }

  private static void plans(ObjectNode environment) {
    environment
        .put("AGENT_STATE_TABLE", "agentpost-agent-state")
        .put("SCHEDULE_GROUP", "agentpost")
        .put("SCHEDULE_ROLE_ARN", "arn:aws:iam::000000000000:role/r")
        .put("SCHEDULE_DLQ_ARN", "arn:aws:sqs:us-east-1:000000000000:agentpost-schedules-dlq")
        .put("BUS_ARN", "arn:aws:events:us-east-1:000000000000:event-bus/agentpost");
  }

  private static void put(LocalCloud cloud, String type, String user, String data) {
    String event =
        "{\"event_id\":\"%s-%s\",\"event_type\":\"%s\",\"timestamp\":\"%s\",\"data\":{\"user_id\":\"%s\"%s},\"metadata\":{\"source_service\":\"accounts\",\"correlation_id\":\"corr-%s\"}}"
            .formatted(type, user, type, cloud.now().minus(TRIED_FOR), user, data, user);
    PutEventsRequestEntry entry =
        PutEventsRequestEntry.builder()
            .eventBusName("agentpost")
            .source("accounts")
            .detailType(type)
            .detail(event)
            .build();
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      assertThat(events.putEvents(put -> put.entries(entry)).failedEntryCount()).isZero();
    }
  }

  private static List<JsonNode> published(LocalCloud cloud, String type) {
    return cloud.logLines("/aws/events/agentpost").stream()
        .map(AgentsAtSpeedIT::detail)
        .filter(event -> event.path("event_type").asText().equals(type))
        .toList();
  }

  private static List<String> usersOf(LocalCloud cloud, String type) {
    return published(cloud, type).stream()
        .map(event -> event.path("data").path("user_id").asText())
        .sorted()
        .toList();
  }

  private static JsonNode detail(String event) {
    try {
      return JSON.readTree(event).path("detail");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"600,0", "600,4", "3600,0", "3600,4"})
  void nobodyWhoHasConvertedIsRemindedAndNobodyAtWorkIsMissed(int scale, int busyThreads)
      throws Exception {
    IntStream.range(0, busyThreads)
        .forEach(
            _ ->
                threads.execute(
                    () -> {
                      while (busy.get()) {
                        Thread.onSpinWait();
                      }
                    }));
    try (LocalCloud cloud = started(scale)) {
      PLANS.forEach(
          (plan, _) -> {
            put(
                cloud,
                "user.signed_up",
                plan,
                ",\"email\":\"ada@example.com\",\"plan\":\"" + plan + "\"");
            put(cloud, "user.converted", plan, ",\"plan\":\"pro\"");
          });
      await()
          .atMost(TIMEOUT)
          .until(() -> usersOf(cloud, "onboarding.completed").size() == PLANS.size());
      try (SchedulerClient schedules = cloud.clients("test").create(SchedulerClient.builder())) {
        await()
            .atMost(TIMEOUT)
            .until(
                () ->
                    schedules
                        .listSchedules(list -> list.groupName("agentpost"))
                        .schedules()
                        .isEmpty());
      }
      await().atMost(TIMEOUT).until(() -> cloud.pendingDeliveries().isEmpty());
      assertThat(usersOf(cloud, "trial.ending")).isEmpty();
      assertThat(published(cloud, "onboarding.stalled")).isEmpty();
      assertThat(usersOf(cloud, "support.alerted"))
          .isEqualTo(
              PLANS.entrySet().stream()
                  .filter(Map.Entry::getValue)
                  .map(Map.Entry::getKey)
                  .sorted()
                  .toList());
      assertThat(published(cloud, "deadline.reached")).hasSameSizeAs(PLANS.keySet());
    }
  }
}
