package agentpost.cli.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * Three deployments that ended, and one that failed: the first made the relay and the agent crm,
 * the second changed crm alone, the third changed both and made the agent welcome, a fourth changed
 * no function.
 */
class RollbackTest {
  private static final String FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:";
  private static final String STACK =
      "arn:aws:cloudformation:eu-central-1:123456789012:stack/agentpost/1";
  private static final String NESTED =
      "arn:aws:cloudformation:eu-central-1:123456789012:stack/agentpost-crm/1";

  private final FakeAccount account = new FakeAccount();
  private final Map<String, List<String>> versions = new TreeMap<>();
  private final Map<String, String> live = new ConcurrentHashMap<>();
  private final Map<String, String> canaries = new ConcurrentHashMap<>();
  private final Map<String, String> states = new ConcurrentHashMap<>();

  RollbackTest() throws IOException {}

  @BeforeEach
  void start() {
    published("agentpost-relay", "2026-03-01T10:00:05", "2026-03-03T10:00:05");
    published("agentpost-crm", "2026-03-01T10:00:06", "2026-03-02T10:00:06", "2026-03-03T10:00:06");
    published("agentpost-welcome", "2026-03-03T10:00:07");
    account
        .stack("UPDATE_COMPLETE")
        .resources(
            stack ->
                stack.equals(NESTED)
                    ? Map.of("CrmLive", FUNCTION + "agentpost-crm:live")
                    : Map.of(
                        "RelayLive",
                        FUNCTION + "agentpost-relay:live",
                        "WelcomeLive",
                        FUNCTION + "agentpost-welcome:live",
                        "Claims",
                        "agentpost-claims",
                        "Crm",
                        NESTED))
        .answers(
            "cloudformation:DescribeStackEvents",
            events(
                "2026-03-05T10:01:00 UPDATE_ROLLBACK_COMPLETE",
                "2026-03-05T10:00:30 UPDATE_ROLLBACK_IN_PROGRESS",
                "2026-03-05T10:00:00 UPDATE_IN_PROGRESS",
                "2026-03-04T10:01:00 UPDATE_COMPLETE",
                "2026-03-04T10:00:50 UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
                "2026-03-04T10:00:00 UPDATE_IN_PROGRESS",
                "2026-03-03T10:01:00 UPDATE_COMPLETE",
                "2026-03-03T10:00:00 UPDATE_IN_PROGRESS",
                "2026-03-02T10:01:00 UPDATE_COMPLETE",
                "2026-03-02T10:00:00 UPDATE_IN_PROGRESS",
                "2026-03-01T10:01:00 CREATE_COMPLETE",
                "2026-03-01T10:00:00 CREATE_IN_PROGRESS",
                "2026-03-01T09:59:00 REVIEW_IN_PROGRESS"))
        .answersBy("lambda:GetAlias", input -> alias(name(input)))
        .answersBy(
            "lambda:ListVersionsByFunction",
            input -> "{'Versions':[" + String.join(",", listed(name(input))) + "]}")
        .answersBy(
            "lambda:GetFunctionConfiguration",
            input ->
                "{'State':'%s','StateReason':'its subnet is gone'}"
                    .formatted(states.getOrDefault(target(input), "Active")))
        .answersBy(
            "lambda:InvokeFunction",
            input -> {
              states.replace(target(input), "Inactive", "Pending");
              return "refused SnapStartNotReadyException it is being made ready";
            })
        .answersBy("lambda:UpdateAlias", this::update);
  }

  @AfterEach
  void stop() {
    account.close();
  }

  /** The newest is live. */
  private void published(String function, String... times) {
    versions.put(function, List.of(times));
    live.put(function, Integer.toString(times.length));
  }

  private static String events(String... timesAndStatuses) {
    return "<StackEvents>"
        + Stream.of(timesAndStatuses)
            .map(each -> each.split(" ", -1))
            .map(
                each ->
                    event(STACK, each[0], each[1]) + event("agentpost-claims", each[0], each[1]))
            .collect(Collectors.joining())
        + "</StackEvents>";
  }

  private static String event(String physicalId, String time, String status) {
    return "<member><StackId>%s</StackId><EventId>e</EventId><PhysicalResourceId>%s</PhysicalResourceId><Timestamp>%s.250Z</Timestamp><ResourceStatus>%s</ResourceStatus></member>"
        .formatted(STACK, physicalId, time, status);
  }

  private static String name(String input) {
    return input.replaceFirst("(?s).*/functions/([a-z-]+).*", "$1");
  }

  private static String target(String input) {
    return name(input) + ":" + input.replaceFirst("(?s).*Qualifier=([0-9]+).*", "$1");
  }

  private String alias(String function) {
    String version = live.get(function);
    String canary = canaries.get(function);
    String routing =
        canary == null
            ? ""
            : ",'RoutingConfig':{'AdditionalVersionWeights':{'%s':0.1}}".formatted(canary);
    return "{'Name':'live','FunctionVersion':'%s','RevisionId':'at-%s'%s}"
        .formatted(version, version, routing);
  }

  private List<String> listed(String function) {
    List<String> listed = new ArrayList<>();
    listed.add("{'Version':'$LATEST','LastModified':'2026-03-04T10:00:05.000+0000'}");
    int number = 0;
    for (String time : versions.getOrDefault(function, List.of())) {
      number++;
      listed.add("{'Version':'%d','LastModified':'%s.000+0000'}".formatted(number, time));
    }
    return listed;
  }

  private String update(String input) {
    String version = input.replaceFirst("(?s).*\"FunctionVersion\":\"([0-9]+)\".*", "$1");
    if (!input.contains("\"RevisionId\":\"at-" + live.get(name(input)) + "\"")) {
      return "refused PreconditionFailedException the revision is another";
    }
    live.put(name(input), version);
    if (input.contains("\"RoutingConfig\":{\"AdditionalVersionWeights\":{}}")) {
      canaries.remove(name(input));
    }
    return alias(name(input));
  }

  private Run run(String answer, String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(
                new RollbackCommand(
                    new ByteArrayInputStream(answer.getBytes(UTF_8)), Duration.ZERO))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode =
        command.execute(
            Stream.concat(Stream.of("--endpoint-url", account.url()), Stream.of(words))
                .toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }

  private List<String> updates() {
    return account.called().stream().filter(call -> call.startsWith("lambda:UpdateAlias")).toList();
  }

  @Test
  void everyFunctionRunsAgainWhatItRanBeforeTheLastDeploymentThatPublishedAny() {
    Run run = run("yes\n");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(live)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("agentpost-relay", "1", "agentpost-crm", "2", "agentpost-welcome", "1"));
    assertThat(run.out())
        .isEqualTo(
            """
            FUNCTION           NOW   THEN
            agentpost-crm      3     2, published 2026-03-02T10:00:06Z
            agentpost-relay    2     1, published 2026-03-01T10:00:05Z
            agentpost-welcome  1     the same: there is no older version
            Move these 2 aliases to what ran before the deployment of 2026-03-03T10:00:00Z? Type yes: \
            2 moved: they run what ran before the deployment of 2026-03-03T10:00:00Z.
            next: deploy the fix; a deployment moves forward only functions that it changes. \
            Without one: ./agentpost rollback --to 2026-03-03T10:00:00Z --endpoint-url %s
            """
                .formatted(account.url()));
  }

  @Test
  void nothingMovesUnlessItIsWanted() {
    Run run = run("y\n");
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).endsWith("Type yes: nothing moved\n");
    assertThat(updates()).isEmpty();
  }

  @Test
  void aSecondRunGoesNoFurtherBack() {
    run("", "--yes");
    Run again = run("", "--yes");
    assertEquals(0, again.exitCode(), again.everything());
    assertThat(again.out())
        .endsWith(
            "Nothing to move: all run what ran before the deployment of 2026-03-03T10:00:00Z.\n");
    assertThat(updates()).hasSize(2);
  }

  @Test
  void toADeploymentThatIsNamedBackAndForward() {
    assertEquals(0, run("", "--yes", "--to", "2026-03-01T10:00:00Z").exitCode());
    assertThat(live).containsEntry("agentpost-relay", "1").containsEntry("agentpost-crm", "1");
    assertEquals(0, run("", "--yes", "--to", "2026-03-03T10:00:00Z").exitCode());
    assertThat(live).containsEntry("agentpost-relay", "2").containsEntry("agentpost-crm", "3");
  }

  @Test
  void aTimeAtWhichNoneBeganListsThoseThatPublishedVersions() {
    Run run = run("", "--yes", "--to", "2026-03-04T10:00:00Z");
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err())
        .contains("there are: 2026-03-03T10:00:00Z, 2026-03-02T10:00:00Z, 2026-03-01T10:00:00Z");
    assertThat(updates()).isEmpty();
  }

  /** Lambda puts away what nobody called for 14 days. */
  @Test
  void whatIsPutAwayIsMadeReadyBeforeAnythingMoves() {
    states.put("agentpost-relay:1", "Inactive");
    account.answersBy(
        "lambda:GetFunctionConfiguration",
        input -> {
          String state = states.getOrDefault(target(input), "Active");
          states.replace(target(input), "Pending", "Active");
          assertThat(updates()).isEmpty();
          return "{'State':'%s'}".formatted(state);
        });
    Run run = run("", "--yes");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.err()).contains("waiting until Lambda has 1 of 2 versions ready again");
    assertThat(account.called().stream().filter(call -> call.startsWith("lambda:InvokeFunction")))
        .hasSize(1);
    assertThat(live).containsEntry("agentpost-relay", "1");
  }

  @Test
  void nothingMovesIfOneOfThemCannotRun() {
    states.put("agentpost-relay:1", "Failed");
    Run run = run("", "--yes");
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err())
        .contains("agentpost-relay:1 cannot run, so nothing was moved: its subnet is gone");
    assertThat(updates()).isEmpty();
  }

  @Test
  void nothingMovesIfOneOfThemDoesNotBecomeReady() {
    states.put("agentpost-relay:1", "Pending");
    Run run = run("", "--yes");
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err()).contains("run this again later: [agentpost-relay:1]");
    assertThat(updates()).isEmpty();
  }

  @Test
  void whatSomebodyElseMovedMeanwhileIsNotMovedAndTheNextRunGoesOn() {
    account.answersBy(
        "lambda:UpdateAlias",
        input ->
            name(input).equals("agentpost-relay")
                ? "refused PreconditionFailedException the revision is another"
                : update(input));
    Run run = run("", "--yes");
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err())
        .contains(
            "agentpost-relay was not moved, and 1 before it were: somebody else moved it"
                + " meanwhile");
    account.answersBy("lambda:UpdateAlias", this::update);
    assertEquals(0, run("", "--yes").exitCode());
    assertThat(live).containsEntry("agentpost-relay", "1").containsEntry("agentpost-crm", "2");
  }

  /** Two came with a deployment so long ago that it is not among the last; one of them is live. */
  @Test
  void versionsToWhichNoRollbackLeadsAreDeletedOnDemand() {
    published(
        "agentpost-crm",
        "2026-02-01T10:00:06",
        "2026-02-02T10:00:06",
        "2026-02-03T10:00:06",
        "2026-03-02T10:00:06",
        "2026-03-03T10:00:06");
    published("agentpost-relay", "2026-02-01T10:00:06", "2026-02-02T10:00:06");
    live.put("agentpost-crm", "2");
    account.answers("lambda:DeleteFunction", "{}");
    Run run = run("yes\n", "--prune");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .isEqualTo(
            """
            agentpost-crm: 1
            agentpost-relay: 1
            Delete these versions, which no rollback can reach any more, for good? Type yes: 2 deleted
            """);
    assertThat(account.called().stream().filter(call -> call.startsWith("lambda:DeleteFunction")))
        .containsExactlyInAnyOrder(
            "lambda:DeleteFunction /2015-03-31/functions/agentpost-crm?Qualifier=1",
            "lambda:DeleteFunction /2015-03-31/functions/agentpost-relay?Qualifier=1");
    assertThat(updates()).isEmpty();
  }

  @Test
  void noVersionIsDeletedThatARollbackLeadsTo() {
    Run run = run("", "--prune", "--yes");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out()).startsWith("Nothing to delete");
  }

  @Test
  void aDeploymentThatIsUnderWayIsWaitedFor() {
    account.stack("UPDATE_IN_PROGRESS");
    Run run = run("", "--yes");
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.err())
        .contains(
            "agentpost is UPDATE_IN_PROGRESS; run this when that has ended, or end it: aws"
                + " cloudformation cancel-update-stack --stack-name agentpost");
  }

  /** A canary that was broken off leaves the alias with two versions. */
  @Test
  void noOtherVersionKeepsAShare() {
    live.put("agentpost-relay", "1");
    canaries.put("agentpost-relay", "2");
    canaries.put("agentpost-crm", "2");
    Run run = run("", "--yes");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains("agentpost-relay    1 and 2  1, published")
        .contains("2 moved: they run");
    assertThat(live).containsEntry("agentpost-relay", "1").containsEntry("agentpost-crm", "2");
    assertThat(canaries).isEmpty();
  }

  @Test
  void aVersionThatHasAShareIsNotDeleted() {
    published("agentpost-crm", "2026-02-01T10:00:06", "2026-02-02T10:00:06", "2026-03-03T10:00:06");
    canaries.put("agentpost-crm", "1");
    account.answers("lambda:DeleteFunction", "{}");
    Run run = run("", "--prune", "--yes");
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(account.called())
        .noneMatch(
            call ->
                call.equals(
                    "lambda:DeleteFunction /2015-03-31/functions/agentpost-crm?Qualifier=1"));
  }
}
