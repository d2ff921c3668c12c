package agentpost.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Rule;

/**
 * Replays of the whole stack's archive: three sign-ups of a free plan, which welcome-agent and four
 * others heard.
 */
class ReplayIT {
  private static final String WELCOME = "agentpost-welcome-agent";

  @TempDir private static Path directory;
  private static LocalCloud cloud;
  private static EventBridgeClient events;
  private static final List<DeliveryEvent.AttemptMade> attempts = new CopyOnWriteArrayList<>();
  private static Instant happened = Instant.EPOCH;

  @BeforeAll
  static void threeSignUps() throws Exception {
    happened = Instant.now().minus(Duration.ofHours(5)).truncatedTo(ChronoUnit.SECONDS);
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.deploy(Launcher.synthesized(directory));
    events = cloud.clients("test").create(EventBridgeClient.builder());
    for (int i = 0; i < 3; i++) {
      PutEventsRequestEntry entry = signUp("signed-up-" + i, happened.plusSeconds(60L * i));
      events.putEvents(put -> put.entries(entry));
    }
    settled();
    assertThat(cloud.outbox()).hasSize(3);
    cloud.listen(
        happening -> {
          if (happening instanceof DeliveryEvent.AttemptMade attempt) {
            attempts.add(attempt);
          }
        });
  }

  @AfterAll
  static void stop() {
    events.close();
    cloud.close();
  }

  @BeforeEach
  void clear() {
    attempts.clear();
  }

  private static PutEventsRequestEntry signUp(String id, Instant at) {
    String detail =
        """
        {"event_id":"%s","event_type":"user.signed_up","timestamp":"%s",\
        "data":{"user_id":"usr-%s","email":"%s@example.com","plan":"free","signup_source":"marketing_campaign_xyz","location":"US-CA"},\
        "metadata":{"source_service":"authentication_service","correlation_id":"corr-%s"}}\
        """
            .formatted(id, at, id, id, id);
    return PutEventsRequestEntry.builder()
        .eventBusName("agentpost")
        .source("authentication_service")
        .detailType("user.signed_up")
        .time(at)
        .detail(detail)
        .build();
  }

  private static void settled() {
    await()
        .during(Duration.ofMillis(500))
        .atMost(Duration.ofMinutes(1))
        .until(() -> cloud.pendingDeliveries().isEmpty());
  }

  private static Run replay(String in, String... args) {
    List<String> words =
        new ArrayList<>(List.of("replay", "--endpoint-url", cloud.endpoint().toString()));
    words.addAll(List.of(args));
    Run run = Run.of(in, words.toArray(String[]::new));
    settled();
    return run;
  }

  private static List<String> delivered() {
    return attempts.stream()
        .map(attempt -> attempt.rule() + " " + attempt.eventId() + " " + attempt.status().orElse(0))
        .toList();
  }

  @Test
  void onlyTheAgentThatIsNamedGetsItAndDoesNotActAgain() {
    int mails = cloud.outbox().size();
    Run run = replay("", "--last", "6h", "--agent", "welcome-agent");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).contains("to welcome-agent, as agentpost-replay-", "COMPLETED\n");
    assertThat(delivered())
        .containsExactlyInAnyOrder(
            WELCOME + " signed-up-0 200",
            WELCOME + " signed-up-1 200",
            WELCOME + " signed-up-2 200");
    assertThat(cloud.outbox()).as("duplicates do nothing").hasSize(mails);
  }

  @Test
  void onlyWhatHappenedInThatTimeIsReplayed() {
    replay(
        "",
        "--from",
        happened.plusSeconds(60).toString(),
        "--to",
        happened.plusSeconds(120).toString(),
        "--agent",
        "welcome-agent");
    assertThat(delivered()).containsExactly(WELCOME + " signed-up-1 200");
  }

  @Test
  void forcedItActsAgainOnWhatHappenedThenAndOnNothingElse() {
    int mails = cloud.outbox().size();
    String from = happened.toString();
    String to = happened.plusSeconds(61).toString();
    Run refused = replay("no\n", "--from", from, "--to", to, "--agent", "welcome-agent", "--force");
    assertEquals(1, refused.exitCode());
    assertThat(refused.out())
        .contains(
            "welcome-agent has acted on 2 of these events.", "Type yes: ", "nothing replayed");
    assertThat(delivered()).isEmpty();
    Run forced = replay("yes\n", "--from", from, "--to", to, "--agent", "welcome-agent", "--force");
    assertEquals(0, forced.exitCode(), forced.everything());
    assertThat(forced.out()).contains("2 forgotten", "COMPLETED");
    assertThat(cloud.outbox()).as("acted on once more").hasSize(mails + 2);
    attempts.clear();
    replay("", "--last", "6h", "--agent", "welcome-agent");
    assertThat(cloud.outbox()).as("and is done again").hasSize(mails + 2);
  }

  @Test
  void ofOneEventTypeOnlyThatIsDeliveredByARuleThatIsGoneAfterwards() {
    Run run =
        replay(
            "",
            "--last",
            "6h",
            "--agent",
            "onboarding-coordinator",
            "--event-type",
            "features.suggested");
    assertEquals(0, run.exitCode(), run.everything());
    // The agents' answers happened when they were made, now.
    assertThat(attempts)
        .hasSize(3)
        .allSatisfy(
            attempt ->
                assertThat(attempt.rule())
                    .startsWith("agentpost-replay-")
                    .isNotEqualTo("agentpost-onboarding-coordinator"));
    assertThat(attempts).allSatisfy(attempt -> assertThat(attempt.status()).contains(200));
    assertThat(
            events
                .listRules(list -> list.eventBusName("agentpost").namePrefix("agentpost-replay-"))
                .rules())
        .extracting(Rule::name)
        .isEmpty();
  }

  @Test
  void severalEventTypesMayBeNamedAndThoseItDoesNotHearAreNone() {
    Run run =
        replay(
            "",
            "--last",
            "6h",
            "--agent",
            "welcome-agent",
            "--event-type",
            "user.signed_up",
            "--event-type",
            "email.sent");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(attempts).hasSize(3);
  }

  @Test
  void whatCannotBeReplayedIsSaid() {
    assertThat(replay("", "--last", "6h", "--agent", "nobody").err())
        .contains("no agent of that name: there is no nobody at ");
    assertThat(
            replay("", "--last", "6h", "--agent", "welcome-agent", "--event-type", "trial.ending")
                .err())
        .contains("the rule agentpost-welcome-agent matches nothing of type trial.ending");
    assertThat(replay("", "--last", "6h", "--stage", "other").err())
        .contains("no stack of that name: there is no agentpost-other at ");
    assertThat(replay("", "--last", "31d", "--agent", "welcome-agent").out())
        .contains("note: the archive keeps events for 30 days");
  }
}
