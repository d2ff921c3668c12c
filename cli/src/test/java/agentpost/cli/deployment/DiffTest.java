package agentpost.cli.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.cli.project.CdkOut;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The agents crm and welcome are deployed, with queues that are kept. */
class DiffTest {
  private static final String KEPT =
      "'DeletionPolicy':'RetainExceptOnCreate','UpdateReplacePolicy':'Retain',";

  @TempDir private Path folder;
  private FakeAccount account;
  private final Assembly before = new Assembly().agent("crm").agent("welcome");

  @BeforeEach
  void start() throws IOException {
    account =
        new FakeAccount()
            .stack("UPDATE_COMPLETE")
            .resources(Map.of("crmStack", "arn:crm", "welcomeStack", "arn:welcome", "Claims", "c"))
            .answers("sqs:GetQueueUrl", "{'QueueUrl':'https://sqs/1/agentpost-crm-dlq'}")
            .answers(
                "sqs:GetQueueAttributes", "{'Attributes':{'ApproximateNumberOfMessages':'12'}}");
    deployed(KEPT);
  }

  @AfterEach
  void stop() {
    account.close();
  }

  private void deployed(String queuePolicy) {
    account.templates(
        stack ->
            stack.startsWith("arn:")
                ? before.nested(stack.substring(4), queuePolicy)
                : before.root());
  }

  private Run run(Assembly after, String... more) throws IOException {
    after.write(Files.createDirectory(folder.resolve("next")));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        new CommandLine(new DiffCommand(() -> CdkOut.read(folder.resolve("next"))))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode =
        command.execute(
            Stream.concat(Stream.of("--endpoint-url", account.url()), Stream.of(more))
                .toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }

  @Test
  void theSameCatalogHasNoDifference() throws IOException {
    Run run = run(new Assembly().agent("crm").agent("welcome"));
    assertEquals(0, run.exitCode(), run.everything());
    assertEquals(
        "No agent, queue, secret or rule of agentpost comes, changes or goes.\n", run.out());
  }

  @Test
  void anAgentThatComesLosesNothing() throws IOException {
    Run run = run(new Assembly().agent("crm").agent("welcome").agent("new"));
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .startsWith("comes    agent new: ")
        .contains("queue agentpost-new-dlq", "rule agentpost-new", "secret agentpost/agents/new")
        .contains("changes  shared: secret agentpost/directory/agents (SecretString)\n")
        .doesNotContain("goes", "lost", "changes  agent");
  }

  @Test
  void anAgentThatGoesKeepsItsLettersAndLosesItsSecretAndLog() throws IOException {
    Run run = run(new Assembly().agent("welcome"));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "goes     agent crm: ",
            "kept     queue agentpost-crm-dlq stays with 12 messages\n",
            "lost     secret agentpost/agents/crm, at once and for good\n",
            "lost     log group /aws/lambda/agentpost-crm, at once and for good\n")
        .doesNotContain("welcome", "lost     rule", "lost     function");
  }

  /** As queues were before they were kept. */
  @Test
  void lettersOfAQueueThatIsNotKeptAreLostUnlessTheyAreExported() throws IOException {
    deployed("");
    Run run = run(new Assembly().agent("welcome"));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "lost     queue agentpost-crm-dlq with 12 messages\n",
            "./agentpost dlq export crm --endpoint-url " + account.url() + " > crm-letters.json\n");
  }

  @Test
  void aRenamedAgentGoesAndComes() throws IOException {
    Run run = run(new Assembly().agent("crm-sync").agent("welcome"));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).contains("comes    agent crm-sync: ", "goes     agent crm: ");
  }

  @Test
  void whatChangesIsNamedWithWhatIsDifferentInIt() throws IOException {
    Run run =
        run(
            new Assembly()
                .agent("crm")
                .agent("welcome")
                .writes("hello@example.com", "help@example.com"));
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .isEqualTo(
            """
            changes  agent crm: function agentpost-crm (Environment)
            changes  agent welcome: function agentpost-welcome (Environment)
            """);
  }

  @Test
  void jsonHasTheSame() throws IOException {
    Run run = run(new Assembly().agent("welcome"), "--json");
    assertEquals(1, run.exitCode(), run.everything());
    List<JsonNode> queue =
        new JsonMapper()
            .readTree(run.out())
            .valueStream()
            .filter(one -> one.path("kind").asText().equals("queue"))
            .toList();
    assertEquals(
        "[{\"change\":\"goes\",\"agent\":\"crm\",\"kind\":\"queue\",\"name\":\"agentpost-crm-dlq\",\"lost\":false,\"messages\":12}]",
        queue.toString());
  }

  @Test
  void ofAStageThatWasNeverDeployedAllComes() throws IOException {
    account.refuses(
        "cloudformation:DescribeStacks", "ValidationError", "Stack with id x does not exist");
    Run run = run(new Assembly().agent("crm"));
    assertEquals(0, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains("comes    shared: ", "table agentpost-claims", "comes    agent crm: ")
        .doesNotContain("goes", "lost", "changes");
  }

  @Test
  void aStackThatCannotBeReadIsAFindingThatNamesTheRights() throws IOException {
    account.denies("cloudformation:ListStackResources");
    Run run = run(new Assembly().agent("crm"));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .startsWith("stop  stack: could not read it: needs ")
        .contains("cloudformation:ListStackResources")
        .doesNotContain("comes");
  }

  @Test
  void aNestedStackThatCannotBeReadLeavesTheOthers() throws IOException {
    account.templates(
        stack ->
            stack.equals("arn:crm")
                ? "refused AccessDenied not authorized"
                : stack.startsWith("arn:") ? before.nested(stack.substring(4)) : before.root());
    Run run = run(new Assembly().agent("crm").agent("new"));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "stop  nested stack crmStack: could not read it: needs cloudformation:GetTemplate",
            "comes    agent new: ",
            "goes     agent welcome: ")
        .doesNotContain("comes    agent crm", "goes     agent crm");
  }

  @Test
  void lettersThatCannotBeCountedAreNoAbort() throws IOException {
    deployed("");
    account.denies("sqs:GetQueueAttributes");
    Run run = run(new Assembly().agent("welcome"));
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .contains(
            "lost     queue agentpost-crm-dlq with messages that could not be counted (needs"
                + " sqs:GetQueueUrl and sqs:GetQueueAttributes)",
            "lost     secret agentpost/agents/crm");
  }

  @Test
  void threeHundredAgentsComeInPages() throws IOException {
    Assembly many = new Assembly();
    Map<String, String> stacks = new HashMap<>();
    IntStream.range(0, 300)
        .forEach(
            n -> {
              many.agent("a" + n);
              stacks.put("a" + n + "Stack", "arn:a" + n);
            });
    account.resources(stacks);
    account.templates(
        stack -> stack.startsWith("arn:") ? many.nested(stack.substring(4)) : many.root());
    Assembly fewer = new Assembly();
    IntStream.range(1, 300).forEach(n -> fewer.agent("a" + n));
    Run run = run(fewer);
    assertThat(run.out()).contains("goes     agent a0: ").doesNotContain("agent a1", "comes");
    assertEquals(
        1 + 300,
        account.called().stream()
            .filter(call -> call.startsWith("cloudformation:GetTemplate"))
            .count());
  }
}
