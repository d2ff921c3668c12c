package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code ./agentpost} as a process of its own, on what this build has just made and with the agents
 * that the project is shipped with: {@code agents.yaml} is whoever uses it's to edit.
 */
public final class Launcher implements AutoCloseable {
  public static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  public static final Path EXAMPLES =
      HOME.resolve("infra-cdk/src/test/resources/catalogs/examples.yaml");

  /** Two of them, which start in less time than all. */
  public static final Path ONBOARDING = EXAMPLES.resolveSibling("onboarding.yaml");

  /** A build that runs in the background ignores Ctrl-C's signal, and what it starts would too. */
  private static final List<String> WITH_CTRL_C = List.of("env", "--default-signal=INT");

  private static final boolean IS_KNOWN_TO_ENV = isKnownToEnv();

  private final Process process;
  private final Path output;

  private Launcher(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * @param directory for its output
   */
  public static Launcher start(Path directory, String... args) throws IOException {
    return start(directory, HOME.resolve("agentpost"), HOME, Map.of(), args);
  }

  public static Launcher startOn(Path catalog, Path directory, String... args) throws IOException {
    return start(
        directory,
        HOME.resolve("agentpost"),
        HOME,
        Map.of("AGENTPOST_CATALOG", catalog.toString()),
        args);
  }

  public static Launcher start(
      Path directory,
      Path command,
      Path workingDirectory,
      Map<String, String> environment,
      String... args)
      throws IOException {
    List<String> words = new ArrayList<>(IS_KNOWN_TO_ENV ? WITH_CTRL_C : List.of());
    words.add(command.toString());
    words.addAll(List.of(args));
    Path output = Files.createTempFile(directory, "agentpost", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    // A copy of the project has a catalog of its own.
    settings(command.toRealPath().startsWith(HOME) ? EXAMPLES.toString() : "")
        .forEach(builder.environment()::put);
    builder.environment().putAll(environment);
    return new Launcher(builder.start(), output);
  }

  /** What a script needs that starts it by itself. */
  public static Map<String, String> settings() {
    return settings(EXAMPLES.toString());
  }

  /**
   * SynthesisIT, in infra-cdk, holds templates to CDK's rules, which take most of a synthesis'
   * time.
   */
  private static Map<String, String> settings(String catalog) {
    return Map.of(
        "AGENTPOST_NO_BUILD",
        "1",
        "CDK_VALIDATION",
        "false",
        "JAVA_HOME",
        System.getProperty("java.home"),
        "AGENTPOST_CATALOG",
        catalog);
  }

  /**
   * The launcher synthesizes when it must, whichever test comes first.
   *
   * @param directory for its output
   * @return the template's folder
   */
  public static Path synthesized(Path directory) throws IOException, InterruptedException {
    return synthesized(directory, EXAMPLES);
  }

  public static Path synthesized(Path directory, Path catalog)
      throws IOException, InterruptedException {
    try (Launcher synthesis = startOn(catalog, directory, "synth")) {
      if (synthesis.exitCode() != 0) {
        throw new AssertionError(synthesis.output());
      }
      return Path.of(synthesis.output().lines().reduce((_, last) -> last).orElseThrow());
    }
  }

  /** For the shell and Node, and for whichever JVM is not told otherwise. */
  public static Map<String, String> temporaryFiles(Path temporary) {
    return Map.of(
        "TMPDIR", temporary.toString(), "JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
  }

  /** Without what was synthesized, which is there to be found the next time. */
  public static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(
              path -> !path.equals(directory) && !path.toString().contains("/infra-cdk/target/"))
          .sorted()
          .toList();
    }
  }

  /** It is in GNU's, not in macOS's. */
  private static boolean isKnownToEnv() {
    List<String> words = new ArrayList<>(WITH_CTRL_C);
    words.add("true");
    try {
      return new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted before anything was started", e);
    }
  }

  /** Standard output and error so far. */
  public String output() {
    try {
      return Files.readString(output, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the JVM, which takes the launcher's place. */
  public long pid() {
    return process.pid();
  }

  /** Sends a signal by its name, as a terminal or a service manager would. */
  public void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
        .inheritIO()
        .start()
        .waitFor();
  }

  public int exitCode() throws InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after two minutes; so far: " + output());
    }
    return process.exitValue();
  }

  /** What it has started and what runs. */
  public List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /** Asks it to end, and waits; what is killed cannot tidy up. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
