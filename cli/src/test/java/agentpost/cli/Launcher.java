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

/** {@code ./agentpost} as a process of its own, on what this build has just made. */
final class Launcher implements AutoCloseable {
  static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private final Process process;
  private final Path output;

  private Launcher(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** @param directory for its output */
  static Launcher start(Path directory, String... args) throws IOException {
    return start(directory, HOME.resolve("agentpost"), HOME, Map.of(), args);
  }

  static Launcher start(Path directory, Path command, Path workingDirectory, Map<String, String> environment, String... args) throws IOException {
    List<String> words = new ArrayList<>(List.of(command.toString()));
    words.addAll(List.of(args));
    Path output = Files.createTempFile(directory, "agentpost", ".out");
    ProcessBuilder builder = new ProcessBuilder(words).directory(workingDirectory.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("AGENTPOST_NO_BUILD", "1");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return new Launcher(builder.start(), output);
  }

  /** Standard output and error so far. */
  String output() {
    try {
      return Files.readString(output, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a signal by its name, as a terminal or a service manager would. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after two minutes; so far: " + output());
    }
    return process.exitValue();
  }

  boolean isRunning() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
