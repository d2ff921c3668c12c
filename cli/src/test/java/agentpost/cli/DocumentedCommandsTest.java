package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.cli.Documents.Block;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every command that a document or a help text prints is one that its program takes: {@code
 * ./agentpost} by its own parser, {@code aws} by the service's model in botocore, and all others by
 * name in {@link ReviewedCommands}. {@link DocumentedCommandsIT} runs those that are not on AWS
 * only.
 */
class DocumentedCommandsTest {
  private static final Path ROOT = Launcher.HOME;
  private static final Set<String> LANGUAGES =
      Set.of("bash", "text", "http", "json", "yaml", "java", "python", "js", "go", "xml");

  /** What the launcher does without starting the command. */
  private static final Set<String> OF_THE_LAUNCHER = Set.of("bench", "build");

  private static final Set<String> COMMANDS =
      Agentpost.commandLine(InputStream.nullInputStream()).getSubcommands().keySet();

  /** At the start of a line, what is for a shell. */
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?m)^\\s*(?:[$#]"
              + " )?(?:\\./agentpost|aws|npx|(?:\\./)?mvnw?|curl|docker|pip3?|apt(?:-get)?|brew|python3?|sed|jq|git|export|eval|cd|npm|java|localstack/\\S+)"
              + " .*");

  private static final Pattern FIRST_WORDS =
      Pattern.compile(
          "(?:\\./agentpost|aws|npx|(?:\\./)?mvnw?|curl|docker|pip3?|apt-get|brew|python3?|npm|localstack/\\S+)"
              + " .*");

  private static final Map<String, RecordingShell.Recorded> READ = new HashMap<>();

  @TempDir private Path directory;

  static Stream<Block> commands() {
    return Documents.commands();
  }

  /** By a shell of its own, once for all tests. */
  private RecordingShell.Recorded read(Block block) {
    return READ.computeIfAbsent(
        block.text(),
        text -> {
          try {
            return new RecordingShell(Files.createTempDirectory(directory, "read")).read(text);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void aBlockSaysWhetherItIsForAShell() {
    List<Block> blocks = Documents.fenced().toList();
    assertThat(blocks)
        .hasSizeGreaterThan(60)
        .allSatisfy(block -> assertThat(LANGUAGES).as(block.where()).contains(block.language()));
    assertThat(
            blocks.stream()
                .filter(block -> Set.of("text", "http", "json", "xml").contains(block.language())))
        .allSatisfy(
            block ->
                assertThat(
                        COMMAND
                            .matcher(block.text())
                            .results()
                            .map(found -> found.group())
                            .toList())
                    .as(block.where() + " is not for a shell")
                    .isEmpty());
    assertThat(blocks.stream().filter(block -> block.text().contains("on AWS only")))
        .allMatch(Block::isOnAwsOnly);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void isTakenByItsProgram(Block block) {
    RecordingShell.Recorded read = read(block);
    assertThat(read.complaints()).isEmpty();
    assertThat(read.commands()).isNotEmpty();
    for (List<String> words : read.commands()) {
      switch (words.getFirst()) {
        case "./agentpost" -> assertTaken(words);
        case "aws" -> assertThat(words).as("held to botocore's model below").hasSizeGreaterThan(2);
        default ->
            assertThat(ReviewedCommands.of(words))
                .as("who runs " + words + "? See ReviewedCommands")
                .isPresent();
      }
    }
  }

  private static void assertTaken(List<String> words) {
    if (!words.equals(List.of("./agentpost", "build"))) {
      Agentpost.commandLine(InputStream.nullInputStream())
          .parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    }
  }

  /** Those that a test runs on the local cloud too: it may take what AWS does not. */
  @Test
  void awsTakesItsCommands() throws Exception {
    // Files that they name.
    RecordingShell.writeFiles(directory);
    List<List<String>> commands =
        Documents.commands()
            .flatMap(block -> read(block).commands().stream())
            .filter(words -> words.getFirst().equals("aws"))
            .map(words -> words.subList(1, words.size()))
            .toList();
    assertThat(commands).hasSizeGreaterThan(30);
    assertThat(wrong(commands)).isEmpty();
  }

  @Test
  void whatAwsDoesNotTakeIsSeen() throws Exception {
    List<List<String>> no =
        List.of(
            List.of("logs", "filter-log-event", "--log-group-name", "g"),
            List.of(
                "--endpoint-url",
                "http://localhost:1",
                "logs",
                "filter-log-events",
                "--log-group-nam",
                "g"),
            List.of("sqs", "receive-message", "--max-number-of-messages", "1"),
            List.of("events", "put-events", "--entries", "[{\"Sauce\":\"a\"}]"),
            List.of("dynamodb", "get-item", "--table-name", "t", "--key", "{"),
            List.of("logs", "tail", "g", "--sinc", "10m"),
            List.of("nosuch", "list"));
    assertThat(wrong(no).lines()).hasSameSizeAs(no).allMatch(line -> line.contains(" -> "));
    assertThat(
            wrong(
                    List.of(
                        List.of("events", "list-replay"), List.of("sns", "subscribe", "--topik")),
                    "--names")
                .lines())
        .hasSize(2);
  }

  /** What is between backticks in a sentence has placeholders, so its names count alone. */
  @Test
  void aSentenceNamesCommandsAndOptionsThatThereAre() throws Exception {
    List<List<String>> aws = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    for (Documents.Span span : Documents.spans().toList()) {
      List<String> words = Arrays.asList(span.text().split("\\s+"));
      if (FIRST_WORDS.matcher(span.text()).matches() || isOurs(words.getFirst())) {
        seen++;
        switch (words.getFirst()) {
          case "aws" -> aws.add(words.subList(1, words.size()));
          case "./agentpost" -> unknown(words.subList(1, words.size()), span, wrong);
          default -> {
            if (isOurs(words.getFirst())) {
              unknown(words, span, wrong);
            } else if (ReviewedCommands.of(span.text()).isEmpty()) {
              wrong.add(span + ": who runs it? See ReviewedCommands");
            }
          }
        }
      }
    }
    assertThat(seen).isGreaterThan(60);
    assertThat(wrong).isEmpty();
    assertThat(wrong(aws.stream().filter(words -> !words.isEmpty()).toList(), "--names")).isEmpty();
  }

  private static boolean isOurs(String word) {
    return COMMANDS.contains(word);
  }

  private static void unknown(List<String> words, Documents.Span span, List<String> wrong) {
    List<CommandLine> commands = List.of(Agentpost.commandLine(InputStream.nullInputStream()));
    for (String word : words) {
      String bare = word.replaceAll("[\\[\\]…,]", "").replaceFirst("=.*", "");
      if (bare.startsWith("--")) {
        if (commands.stream()
            .noneMatch(command -> command.getCommandSpec().optionsMap().containsKey(bare))) {
          wrong.add(span + ": no option " + bare);
        }
        continue;
      }
      if (OF_THE_LAUNCHER.contains(bare)) {
        return;
      }
      Map<String, CommandLine> subcommands = commands.getFirst().getSubcommands();
      if (!subcommands.isEmpty()) {
        List<CommandLine> found =
            Arrays.stream(bare.split("\\|"))
                .filter(subcommands::containsKey)
                .map(subcommands::get)
                .toList();
        if (found.size() != bare.split("\\|").length) {
          wrong.add(span + ": no command " + bare);
          return;
        }
        commands = found;
      }
    }
  }

  /**
   * A local cloud takes any, and the aws command none at all: the document has them, there or
   * above.
   */
  @Test
  void anAwsCommandForALocalCloudHasItsCredentials() {
    Set<String> exported = new TreeSet<>();
    for (Block block : Documents.fenced().filter(Block::isCommands).toList()) {
      String document = block.where().replaceFirst(":.*", "");
      if (block
          .text()
          .matches(
              "(?s).*export AWS_ACCESS_KEY_ID=\\S+ AWS_SECRET_ACCESS_KEY=\\S+"
                  + " AWS_DEFAULT_REGION=us-east-1\n"
                  + ".*")) {
        exported.add(document);
      }
      assertThat(exported.contains(document) || !block.text().contains("aws --endpoint-url"))
          .as(block.where())
          .isTrue();
    }
    assertThat(exported).hasSizeGreaterThan(4);
  }

  /** Tests, modules and profiles that Maven is told to run. */
  @Test
  void mavenFindsWhatItIsToldToRun() throws IOException {
    Set<String> tests = tests();
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    List<String> words =
        Stream.concat(
                Documents.commands()
                    .flatMap(block -> read(block).commands().stream())
                    .filter(each -> each.getFirst().equals("./mvnw"))
                    .flatMap(List::stream),
                Documents.spans()
                    .map(Documents.Span::text)
                    .filter(text -> text.startsWith("./mvnw "))
                    .flatMap(text -> Stream.of(text.replace("'", "").split(" "))))
            .toList();
    assertThat(words).hasSizeGreaterThan(40);
    for (int at = 0; at < words.size(); at++) {
      String word = words.get(at);
      if (word.matches("-D(it\\.)?test=(?!none$).*")) {
        String name = word.replaceFirst(".*=", "").replace("*", ".*");
        assertThat(name.split(","))
            .as(word)
            .allSatisfy(one -> assertThat(tests).anyMatch(test -> test.matches(one)));
      } else if (word.startsWith("-P")) {
        assertThat(word.substring(2).split(","))
            .as(word)
            .allSatisfy(one -> assertThat(pom).contains("<id>" + one + "</id>"));
      } else if (word.equals("-pl")) {
        assertThat(words.get(at + 1).split(","))
            .allMatch(module -> Files.exists(ROOT.resolve(module).resolve("pom.xml")));
      }
    }
  }

  private static Set<String> tests() throws IOException {
    Set<String> tests = new TreeSet<>();
    for (String module :
        List.of(
            "events-schemas",
            "functions/signing",
            "functions/catalog",
            "functions/runtime",
            "functions/gateway",
            "functions/agents",
            "infra-cdk",
            "localstack/cloud",
            "localstack/junit",
            "localstack/scenarios",
            "cli")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .map(name -> name.substring(0, name.length() - 5))
            .forEach(tests::add);
      }
    }
    return tests;
  }

  @Test
  void whoIsNamedForACommandIsThere() throws IOException {
    Set<String> tests = tests();
    assertThat(ReviewedCommands.values())
        .allSatisfy(
            reviewed ->
                assertThat(
                        reviewed.heldBy().startsWith("no test: ")
                            || tests.contains(reviewed.heldBy()))
                    .as(reviewed.name())
                    .isTrue());
    Set<ReviewedCommands> used =
        Stream.concat(
                Documents.commands()
                    .flatMap(block -> read(block).commands().stream())
                    .map(words -> String.join(" ", words)),
                Documents.spans().map(Documents.Span::text))
            .flatMap(command -> ReviewedCommands.of(command).stream())
            .collect(Collectors.toSet());
    assertThat(used).containsExactlyInAnyOrder(ReviewedCommands.values());
  }

  private String wrong(List<List<String>> commands, String... options)
      throws IOException, InterruptedException {
    String lines =
        commands.stream()
            .map(DocumentedCommandsTest::json)
            .collect(Collectors.joining("\n", "", "\n"));
    List<String> python =
        Stream.concat(
                Stream.of(
                    "python3",
                    ROOT.resolve("cli/src/test/resources/documents/aws_commands.py").toString()),
                Stream.of(options))
            .toList();
    assumeTrue(
        ended(List.of("python3", "-c", "import awscli, botocore"), "").exit() == 0,
        "python3 has no botocore and awscli: pip install awscli");
    Ended ended = ended(python, lines);
    assertThat(ended.exit()).as(ended.out()).isZero();
    return ended.out();
  }

  private record Ended(int exit, String out) {}

  private Ended ended(List<String> command, String in) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.redirectInput(Files.writeString(directory.resolve("in"), in, UTF_8).toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_ACCESS_KEY_ID",
                "any",
                "AWS_SECRET_ACCESS_KEY",
                "any",
                "AWS_DEFAULT_REGION",
                "us-east-1",
                "AWS_CONFIG_FILE",
                "/dev/null",
                "AWS_EC2_METADATA_DISABLED",
                "true"));
    builder
        .environment()
        .keySet()
        .removeAll(List.of("AWS_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"));
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(out).isTrue();
    return new Ended(process.exitValue(), out);
  }

  private static String json(List<String> words) {
    try {
      return new JsonMapper().writeValueAsString(words);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Words cannot be written as JSON", e);
    }
  }
}
