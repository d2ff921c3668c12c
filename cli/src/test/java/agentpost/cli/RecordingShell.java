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
import java.util.stream.Collectors;

/**
 * A real shell reads commands as their reader's would, and finds no program: what it would have run
 * is recorded, word by word.
 */
final class RecordingShell {
  /** What is run by a path; a shell has nothing to say of one that is not there but that. */
  private static final List<String> PATHS =
      List.of(
          "agentpost",
          "mvnw",
          ".ci/validate",
          "localstack/host-mode",
          "localstack/fidelity",
          "ministack/bin/pip",
          "ministack/bin/ministack");

  /** These change text only, and later words come of theirs. */
  private static final List<String> REAL = List.of("sed", "date");

  private static final String PRELUDE =
      """
      command_not_found_handle() { printf '%s\\0' "$#" "$@" >>"$RECORD"; printf 'value\\n'; }
      """;

  private final Path directory;
  private final Path bin;

  /**
   * @param commands in the order in which the shell came to them
   * @param complaints of the shell itself
   */
  record Recorded(List<List<String>> commands, String complaints) {}

  /**
   * @param directory as the repository's root, as far as commands read it
   */
  RecordingShell(Path directory) throws IOException {
    this.directory = directory;
    bin = Files.createDirectories(directory.resolve("bin"));
    writeFiles(directory);
    for (String path : PATHS) {
      Path stub = directory.resolve(path);
      Files.createDirectories(directory.resolve(path).resolveSibling("."));
      String name = path.contains("/") ? path : "./" + path;
      Files.writeString(
          stub, "#!/bin/sh\nprintf '%s\\0' $(($# + 1)) '" + name + "' \"$@\" >>\"$RECORD\"\n");
      stub.toFile().setExecutable(true);
    }
  }

  /** What commands read that their reader has. */
  static void writeFiles(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("infra-cdk"));
    Path examples = Path.of("events-schemas/user.signed_up/examples");
    Files.createDirectories(directory.resolve(examples));
    Files.copy(
        Launcher.HOME.resolve(examples).resolve("put-events.json"),
        directory.resolve(examples).resolve("put-events.json"));
    Files.writeString(directory.resolve("secret.txt"), "what a third party gave out");
    Files.writeString(directory.resolve("body.json"), "{}");
  }

  private static String prelude() {
    return REAL.stream()
        .map(tool -> tool + "() { '" + found(tool) + "' \"$@\"; }\n")
        .collect(Collectors.joining("", PRELUDE, ""));
  }

  private static Path found(String tool) {
    return List.of(System.getenv("PATH").split(":")).stream()
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  Recorded read(String commands) {
    try {
      Path record = Files.writeString(directory.resolve("record"), "");
      Path script =
          Files.writeString(directory.resolve("script"), prelude() + commands + "\nwait\n");
      ProcessBuilder builder =
          new ProcessBuilder(found("bash").toString(), "--noprofile", "--norc", script.toString())
              .directory(directory.toFile());
      builder.environment().clear();
      builder
          .environment()
          .putAll(Map.of("PATH", bin.toString(), "RECORD", record.toString(), "LC_ALL", "C.UTF-8"));
      Path err = directory.resolve("err");
      Process shell =
          builder
              .redirectOutput(directory.resolve("out").toFile())
              .redirectError(err.toFile())
              .start();
      if (!shell.waitFor(60, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
        throw new AssertionError("a shell is still at it after a minute: " + commands);
      }
      return new Recorded(parsed(Files.readString(record, UTF_8)), Files.readString(err, UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted before the shell had read the commands", e);
    }
  }

  private static List<List<String>> parsed(String record) {
    List<String> words =
        record.isEmpty()
            ? List.of()
            : List.of(record.substring(0, record.length() - 1).split("\0", -1));
    List<List<String>> commands = new ArrayList<>();
    int at = 0;
    while (at < words.size()) {
      int count = Integer.parseInt(words.get(at));
      commands.add(words.subList(at + 1, at + 1 + count));
      at += 1 + count;
    }
    return commands;
  }
}
