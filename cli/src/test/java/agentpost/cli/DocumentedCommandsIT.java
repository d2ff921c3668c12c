package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.cli.Documents.Block;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * Every command of the documents and help texts that is not on AWS only, as it stands there, in a
 * shell and on the shipped catalog in a local cloud. The documents' own agents are in it: {@code
 * crm-sync} and others, external ones for which stand-ins answer.
 */
@Order(2)
class DocumentedCommandsIT {
  private static final String AGENTS =
      """

        crm-sync:
          subscribes: [user.signed_up]
          external: {url: https://crm-sync.example.com/hooks}
          recovery: off
        crm:
          subscribes: [user.signed_up]
          external: {url: https://crm.example.com/hooks}
        erp:
          subscribes: [user.signed_up]
          external: {url: https://erp.example.com/hooks}
          signature: ed25519
        newsletter:
          subscribes: [user.signed_up]
          external: {url: https://newsletter.example.com/hooks/agentpost}
      """;

  /** What IngestDocumentIT runs, ProjectIT and CdkDeployIT. */
  private static final List<String> SNIPPETS = List.of("crm.sh", "project.sh", "deploy.sh");

  /** Sentences' commands without placeholders. */
  private static final Pattern COMPLETE = Pattern.compile("curl http\\S+|jq .* > \\S+");

  /** Other than with 0, and what it says then. */
  private record Refusal(String where, String command, String said) {}

  private static final List<Refusal> REFUSALS =
      List.of(
          new Refusal(
              ".*", "\\./agentpost agents resume .*", " is not stopped; ./agentpost agents list "),
          // Of an invented id, and of an invented request.
          new Refusal(".*", "\\./agentpost operations show .*", "there is no such operation"),
          new Refusal(
              "docs/.*",
              "\\./agentpost verify .*",
              "rejected: bad signature: none matches this body and a given secret"),
          // The documents' commands, which come first, have done it.
          new Refusal(
              ".* --help",
              "\\./agentpost secrets rotate crm-sync",
              "the overlap of the last rotation lasts until "),
          new Refusal(
              ".* --help",
              "\\./agentpost secrets show crm-sync --once",
              "the secret was shown already, at "));

  @TempDir private static Path directory;
  private static LocalCloud cloud;
  private static SqsClient queues;
  private static WorkingShell shell;

  @BeforeAll
  static void start() throws Exception {
    for (String tool : List.of("aws", "curl", "jq", "openssl")) {
      assumeTrue(
          WorkingShell.found(tool).isPresent(),
          "there is no " + tool + " here, which documents use");
    }
    Path catalog =
        Files.writeString(
            directory.resolve("agents.yaml"),
            Files.readString(Launcher.EXAMPLES).stripTrailing() + "\n" + AGENTS);
    Path cdkOut = directory.resolve("cdk.out");
    Map<String, String> environment =
        Map.of(
            "CDK_OUTDIR",
            cdkOut.toString(),
            "CDK_CONTEXT_JSON",
            "{\"catalog\":\"" + catalog + "\"}");
    try (Launcher app =
        Launcher.start(
            directory, Launcher.HOME.resolve("agentpost"), Launcher.HOME, environment, "cdk-app")) {
      assertEquals(0, app.exitCode(), app::output);
    }
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    cloud.deploy(cdkOut);
    queues = cloud.clients("test").create(SqsClient.builder());
    shell = new WorkingShell(Files.createDirectory(directory.resolve("repository")), cloud, cdkOut);
  }

  @AfterAll
  static void stop() {
    if (shell != null) {
      shell.close();
    }
    if (queues != null) {
      queues.close();
    }
    if (cloud != null) {
      cloud.close();
    }
  }

  /** What the documents' commands are about. */
  @BeforeEach
  void aLetterOfCrmSync() throws IOException {
    String url = queues.getQueueUrl(get -> get.queueName("agentpost-crm-sync-dlq")).queueUrl();
    queues.purgeQueue(purge -> purge.queueUrl(url));
    String event =
        Files.readString(
            Launcher.HOME.resolve("events-schemas/user.signed_up/examples/premium-trial.json"));
    Map<String, MessageAttributeValue> attributes =
        Map.of(
            "ERROR_CODE",
            text("ERROR_FROM_TARGET"),
            "ERROR_MESSAGE",
            text("Target returned 422"),
            "RETRY_ATTEMPTS",
            text("0"));
    queues.sendMessage(
        send ->
            send.queueUrl(url)
                .messageBody(
                    "{\"id\":\"bus-1\",\"detail-type\":\"user.signed_up\",\"detail\":"
                        + event
                        + "}")
                .messageAttributes(attributes));
  }

  private static MessageAttributeValue text(String value) {
    return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
  }

  static Stream<Block> toRun() {
    Stream<Block> sentences =
        Documents.spans()
            .filter(span -> COMPLETE.matcher(span.text()).matches())
            .map(span -> new Block(span.where(), Optional.empty(), "bash", span.text() + "\n"));
    // A sentence's file is for the block behind it, and the documents' are for the help texts.
    Stream<Block> documents =
        Stream.concat(Documents.fenced().filter(Block::isCommands), sentences)
            .sorted(DocumentedCommandsIT::inOrder);
    return Stream.concat(documents, Documents.helps())
        .filter(block -> !block.isOnAwsOnly() && block.snippet().isEmpty());
  }

  private static int inOrder(Block one, Block other) {
    String[] left = one.where().split(":");
    String[] right = other.where().split(":");
    return left[0].equals(right[0])
        ? Integer.compare(Integer.parseInt(left[1]), Integer.parseInt(right[1]))
        : left[0].compareTo(right[0]);
  }

  @ParameterizedTest
  @MethodSource("toRun")
  void endsAsItsReaderIsTold(Block block, @TempDir Path other) throws Exception {
    WorkingShell.Ended ended = shell.run(block.text());
    long commands =
        new RecordingShell(other)
            .read(block.text()).commands().stream().filter(WorkingShell::isRun).count();
    assertThat(ended.ran()).as(ended.output()).hasSize((int) commands);
    for (String line : ended.ran()) {
      String command = line.replaceFirst("^\\d+ ", "");
      Optional<Refusal> refusal =
          REFUSALS.stream()
              .filter(
                  each -> block.where().matches(each.where()) && command.matches(each.command()))
              .findFirst();
      assertThat(line).as(ended.output()).startsWith(refusal.isPresent() ? "1 " : "0 ");
      refusal.ifPresent(each -> assertThat(ended.output()).as(command).contains(each.said()));
    }
  }

  @Test
  void whatHasANameIsRunByATestOfItsOwn() {
    assertThat(Documents.commands().flatMap(block -> block.snippet().stream()))
        .containsExactlyInAnyOrderElementsOf(SNIPPETS);
  }
}
