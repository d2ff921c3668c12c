package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.LocalCloud;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real shell in which {@code aws}, {@code curl} and {@code ./agentpost} reach a local cloud,
 * whatever its port. What stays until it is stopped, builds or reaches further does nothing here;
 * {@link ReviewedCommands} says who runs it.
 */
final class WorkingShell implements AutoCloseable {
  private static final String LOCAL = "http://localhost:4566";

  /** Commands that tests of their own start; here they do nothing. */
  private static final Set<String> BY_THE_LAUNCHER =
      Set.of(
          "cost",
          "demo",
          "diff",
          "doctor",
          "events check",
          "events tail",
          "local",
          "new",
          "preflight",
          "rollback",
          "synth",
          "verify-deployment");

  private final Path directory;
  private final LocalCloud cloud;
  private final HttpServer runner;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param ran each command behind its exit code
   */
  record Ended(List<String> ran, String output) {}

  /**
   * @param directory as the repository's root, as far as commands read it
   * @param cdkOut what the cloud has deployed
   */
  WorkingShell(Path directory, LocalCloud cloud, Path cdkOut) throws IOException {
    this.directory = directory;
    this.cloud = cloud;
    runner = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    runner.createContext("/", this::runAgentpost);
    runner.setExecutor(threads);
    runner.start();
    copyFiles();
    writePrograms(cdkOut);
  }

  static Optional<Path> found(String tool) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Whether it does something here. */
  static boolean isRun(List<String> words) {
    return switch (words.getFirst()) {
      case "aws", "curl" -> true;
      case "./agentpost" ->
          !BY_THE_LAUNCHER.contains(words.get(1))
              && !BY_THE_LAUNCHER.contains(
                  String.join(" ", words.subList(1, Math.min(3, words.size()))));
      default -> false;
    };
  }

  private void copyFiles() throws IOException {
    for (String folder : List.of("events-schemas/user.signed_up/examples", "docs/examples")) {
      Files.createDirectories(directory.resolve(folder));
      try (Stream<Path> files = Files.list(Launcher.HOME.resolve(folder))) {
        for (Path file : files.toList()) {
          Files.copy(file, directory.resolve(folder).resolve(file.getFileName()));
        }
      }
    }
    Files.createDirectories(directory.resolve("infra-cdk"));
    Files.writeString(directory.resolve("secret.txt"), "what a third party gave out");
    Files.writeString(directory.resolve("body.json"), "{}");
  }

  private void writePrograms(Path cdkOut) throws IOException {
    String aws =
        "case \" $* \" in *' --endpoint-url '*) ;; *) set -- --endpoint-url "
            + cloud.endpoint()
            + " \"$@\" ;; esac\n";
    write("bin/aws", aws + recorded("aws", "'" + found("aws").orElseThrow() + "' \"$@\""));
    String curl = "'" + found("curl").orElseThrow() + "'";
    write("bin/curl", recorded("curl", curl + " --fail \"$@\""));
    for (String idle :
        List.of(
            "bin/git",
            "bin/npx",
            "mvnw",
            ".ci/validate",
            "bin/python3",
            "localstack/host-mode",
            "localstack/fidelity",
            "ministack/bin/pip",
            "ministack/bin/ministack")) {
      write(idle, "exit 0\n");
    }
    String java =
        "'"
            + Path.of(System.getProperty("java.home"), "bin", "java")
            + "' -XX:TieredStopAtLevel=1 -Dagentpost.cdk.out='"
            + cdkOut
            + "' -Dagentpost.schemas='"
            + Launcher.HOME.resolve("events-schemas/src/main/events")
            + ":"
            + Launcher.HOME.resolve("events-schemas")
            + "' -cp '"
            + System.getProperty("java.class.path")
            + "'";
    // Those that read the environment, the template or standard input are processes; the others run
    // in this JVM, which has loaded them.
    write(
        "agentpost",
        """
        case "$1 $2 " in
          %s) exit 0 ;;
          "sign "* | "verify "* | "check-url "* | "docs "* | "events "* | "agents graph "*)
            %s
            ;;
        esac
        for word; do
          shift
          if [ -f "$word" ]; then word=$PWD/$word; fi
          set -- "$@" "$word"
        done
        printf '%%s\\0' "$@" >args
        %s -sS http://127.0.0.1:%d/
        cat err >&2
        cat out
        exit "$(cat exit)"
        """
            .formatted(
                BY_THE_LAUNCHER.stream()
                    .sorted()
                    .map(command -> "\"" + command + " \"*")
                    .collect(Collectors.joining(" | ")),
                recorded("./agentpost", java + " agentpost.cli.Agentpost \"$@\""),
                curl,
                runner.getAddress().getPort()));
  }

  private String recorded(String name, String command) {
    return command
        + "\nexit=$?\necho \"$exit "
        + name
        + " $*\" >>'"
        + directory.resolve("ran")
        + "'\nexit $exit\n";
  }

  private void write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, "#!/bin/bash\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private void runAgentpost(HttpExchange exchange) throws IOException {
    String[] words = Files.readString(directory.resolve("args"), UTF_8).split("\0");
    boolean isSomewhere = Run.of("", with(words, "--help")).out().contains("--endpoint-url");
    // Whoever is asked says yes.
    Run run =
        Run.of(
            "yes\n",
            isSomewhere ? with(words, "--endpoint-url", cloud.endpoint().toString()) : words);
    Files.writeString(directory.resolve("out"), run.out());
    Files.writeString(directory.resolve("err"), run.err());
    Files.writeString(directory.resolve("exit"), Integer.toString(run.exitCode()));
    Files.writeString(
        directory.resolve("ran"),
        run.exitCode() + " ./agentpost " + String.join(" ", words) + "\n",
        StandardOpenOption.APPEND);
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static String[] with(String[] words, String... more) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
  }

  Ended run(String commands) throws IOException, InterruptedException {
    Path ran = Files.writeString(directory.resolve("ran"), "");
    Path script =
        Files.writeString(
            directory.resolve("script"),
            commands.replace(LOCAL, cloud.endpoint().toString()) + "\nwait\n");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "--noprofile", "--norc", script.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder
        .environment()
        .put("PATH", directory.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
    // An operator has them; DocumentedCommandsTest sees to those that a reader at a local cloud
    // needs.
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
                "AWS_PAGER",
                ""));
    builder
        .environment()
        .keySet()
        .removeAll(List.of("AWS_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"));
    cloud.outputs().values().forEach(builder.environment()::putAll);
    Path output = directory.resolve("output");
    Process shell = builder.redirectOutput(output.toFile()).start();
    if (!shell.waitFor(180, TimeUnit.SECONDS)) {
      shell.destroyForcibly();
      throw new AssertionError("still running after three minutes: " + Files.readString(output));
    }
    // Words of more than one line go on in lines of their own.
    return new Ended(
        Files.readAllLines(ran).stream()
            .filter(line -> line.matches("\\d+ (aws|curl|\\./agentpost) .*"))
            .toList(),
        Files.readString(output));
  }

  @Override
  public void close() {
    runner.stop(0);
    threads.close();
  }
}
