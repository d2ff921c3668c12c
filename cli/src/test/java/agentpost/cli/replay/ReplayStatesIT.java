package agentpost.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import agentpost.cli.events.FakeEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replay may come to, by an EventBridge that does as it is told. */
class ReplayStatesIT {
  private static final List<String> HOUR =
      List.of("--from", "2026-03-31T10:00:00Z", "--to", "2026-03-31T11:00:00Z");

  @TempDir private Path directory;
  private FakeEvents events;

  @BeforeEach
  void start() throws IOException {
    events = new FakeEvents();
  }

  @AfterEach
  void stop() {
    events.close();
  }

  private Run replay(String... args) {
    return Run.of("", words(args));
  }

  private String[] words(String... args) {
    List<String> words = new ArrayList<>(List.of("replay", "--endpoint-url", events.url()));
    words.addAll(HOUR);
    words.addAll(List.of(args));
    return words.toArray(String[]::new);
  }

  private static String at(String state, String time) {
    return "{'State':'"
        + state
        + "','EventLastReplayedTime':"
        + Instant.parse(time).getEpochSecond()
        + "}";
  }

  @Test
  void itsProgressIsHowMuchOfTheTimeHasBeenReplayed() {
    events.answers(
        "DescribeReplay",
        "{'State':'STARTING'}",
        at("RUNNING", "2026-03-31T10:15:00Z"),
        at("RUNNING", "2026-03-31T10:16:00Z"),
        at("RUNNING", "2026-03-31T10:45:00Z"),
        at("COMPLETED", "2026-03-31T10:59:00Z"));
    Run run = replay("--agent", "crm-sync");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .containsSubsequence(
            "  0 %  STARTING\n",
            " 25 %  RUNNING, up to events of 2026-03-31T10:15:00Z\n",
            " 75 %  RUNNING",
            "COMPLETED\n")
        .doesNotContain("26 %")
        .doesNotContain("\u001b");
    assertThat(events.called())
        .anyMatch(
            call ->
                call.startsWith("StartReplay ")
                    && call.contains(
                        "\"FilterArns\":[\"arn:aws:events:us-east-1:000000000000:rule/agentpost/agentpost-crm-sync\"]"));
    assertThat(events.called()).noneMatch(call -> call.startsWith("PutRule "));
  }

  @Test
  void oneThatFailsSaysWhy() {
    events.answers(
        "DescribeReplay",
        "{'State':'RUNNING'}",
        "{'State':'FAILED','StateReason':'The role is gone.'}");
    Run run = replay("--agent", "crm-sync", "--event-type", "user.signed_up");
    assertEquals(1, run.exitCode());
    assertThat(run.out()).contains("FAILED: The role is gone.\n");
    assertThat(events.called()).anyMatch(call -> call.startsWith("DeleteRule "));
  }

  @Test
  void withoutAnAgentItGoesToEveryRule() {
    events.answers("DescribeReplay", "{'State':'COMPLETED'}");
    assertThat(replay().out()).contains("to every agent that subscribed");
    assertThat(events.called())
        .anyMatch(call -> call.startsWith("StartReplay ") && !call.contains("FilterArns"));
  }

  /**
   * It would forget nothing, for its own record is elsewhere, and the agent would hear everything
   * again for nothing.
   */
  @Test
  void anExternalAgentCannotBeForced() {
    events.answers(
        "GetSecretValue",
        "{'SecretString':'{\\'entries\\':{\\'crm-sync\\':{\\'endpoint\\':\\'https://crm.example.com/\\',\\'external\\':{\\'challenge\\':true}}}}'}"
            .replace("\\'", "\\\""));
    Run run = replay("--agent", "crm-sync", "--force", "--yes");
    assertEquals(1, run.exitCode());
    assertThat(run.err())
        .contains("crm-sync is external", "Without --force it gets the same webhook-ids again");
    assertThat(events.called())
        .noneMatch(
            call ->
                call.startsWith("StartReplay ")
                    || call.startsWith("Query ")
                    || call.startsWith("DeleteItem "));
    events.answers("DescribeReplay", "{'State':'COMPLETED'}");
    assertEquals(0, replay("--agent", "crm-sync").exitCode());
  }

  @Test
  void theCommandThatCancelsItIsForTheSamePlace() {
    events.answers("DescribeReplay", "{'State':'COMPLETED'}");
    assertThat(replay("--stage", "try").out())
        .containsPattern(
            "aws events cancel-replay --replay-name agentpost-try-replay-\\S+ --endpoint-url "
                + events.url()
                + "\n")
        .contains("./agentpost dlq list --endpoint-url " + events.url() + " --stage try\n");
  }

  @Test
  void theLimitOfAwsIsSaid() {
    events.answers("StartReplay", "{'__type':'LimitExceededException','message':'x'}");
    Run run = replay("--agent", "crm-sync", "--event-type", "user.signed_up");
    assertEquals(1, run.exitCode());
    assertThat(run.err()).contains("AWS runs ten replays of an account in a region at a time");
    assertThat(events.called()).anyMatch(call -> call.startsWith("DeleteRule "));
  }

  @Test
  void anArchiveThatIsNotInOrderIsSaidToBe() {
    events.answers(
        "DescribeArchive",
        "{'ArchiveArn':'a','EventSourceArn':'b','State':'UPDATE_FAILED','RetentionDays':30}");
    assertThat(replay().err()).contains("the archive agentpost is UPDATE_FAILED");
  }

  @Test
  void aRuleThatIsDisabledIsSaidToBe() {
    events.answers(
        "DescribeRule",
        "{'Name':'agentpost-crm-sync','Arn':'a','State':'DISABLED','EventPattern':'{}'}");
    assertThat(replay("--agent", "crm-sync").err())
        .contains("the rule agentpost-crm-sync is disabled");
  }

  @Test
  void theRuleOfARunThatWasKilledIsRemovedByTheNextAndNoOther() {
    events.answers(
        "ListRules",
        "{'Rules':[{'Name':'agentpost-replay-old'},{'Name':'agentpost-replay-agent'}]}");
    events.answers(
        "DescribeReplay",
        "{'State':'COMPLETED'}",
        "{'__type':'ResourceNotFoundException','message':'x'}",
        "{'State':'COMPLETED'}");
    replay("--agent", "crm-sync", "--event-type", "user.signed_up");
    List<String> deleted =
        events.called().stream().filter(call -> call.startsWith("DeleteRule ")).toList();
    assertThat(deleted).hasSize(2).noneMatch(call -> call.contains("agentpost-replay-agent"));
    assertThat(deleted.getFirst()).contains("agentpost-replay-old");
  }

  @Test
  void ctrlCCancelsTheReplayAndRemovesItsRule() throws IOException, InterruptedException {
    events.answers("DescribeReplay", "{'State':'RUNNING'}");
    try (Launcher command =
        Launcher.start(directory, words("--agent", "crm-sync", "--event-type", "user.signed_up"))) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> events.called().stream().anyMatch(call -> call.startsWith("DescribeReplay ")));
      assertThat(events.called()).noneMatch(call -> call.startsWith("DeleteRule "));
      command.signal("INT");
      assertEquals(130, command.exitCode(), command.output());
      assertThat(events.called().stream().map(call -> call.replaceFirst(" .*", "")))
          .containsSubsequence("CancelReplay", "RemoveTargets", "DeleteRule");
      assertThat(command.output()).contains("cancelled: agentpost-replay-");
    }
  }

  @Test
  void ctrlCOfAReplayToAnAgentsOwnRuleLeavesItRunning() throws IOException, InterruptedException {
    events.answers("DescribeReplay", "{'State':'RUNNING'}");
    try (Launcher command = Launcher.start(directory, words("--agent", "crm-sync"))) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> events.called().stream().anyMatch(call -> call.startsWith("DescribeReplay ")));
      command.signal("INT");
      assertEquals(130, command.exitCode(), command.output());
      assertThat(command.output())
          .contains("aws events cancel-replay --replay-name agentpost-replay-");
      assertThat(events.called()).noneMatch(call -> call.startsWith("CancelReplay "));
    }
  }
}
