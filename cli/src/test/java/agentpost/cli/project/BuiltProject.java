package agentpost.cli.project;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Launcher;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A project as {@code new} writes it, built as its pom has it but without Maven, from what this
 * build has just made. .ci/published builds one by Maven.
 */
record BuiltProject(Project project) {
  static BuiltProject in(Path folder) throws IOException, InterruptedException {
    new NewProject(folder, "com.example.shop", BuiltVersion.all()).write();
    BuiltProject built = new BuiltProject(Project.in(folder));
    built.build();
    return built;
  }

  Path home() {
    return project.home();
  }

  /** Of the last build, without the examples. */
  private static List<Path> libraries() throws IOException {
    return Arrays.stream(
            Files.readString(Launcher.HOME.resolve("functions/agents/target/classpath.txt"))
                .strip()
                .split(":"))
        .map(Path::of)
        .filter(jar -> !jar.getFileName().toString().startsWith("agentpost-agents-"))
        .toList();
  }

  private void build() throws IOException, InterruptedException {
    Path classes = Files.createDirectories(home().resolve("target/classes"));
    String classPath = libraries().stream().map(Path::toString).collect(Collectors.joining(":"));
    List<String> javac =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                "-g",
                "-parameters",
                "--release",
                "25",
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                classPath));
    try (Stream<Path> sources = Files.walk(home().resolve("src/main/java"))) {
      sources.filter(Files::isRegularFile).map(Path::toString).forEach(javac::add);
    }
    run(javac);
    run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classes + ":" + classPath,
            "agentpost.schemas.SchemaCompiler",
            project.schemas().toString(),
            classes.toString()));
    Files.writeString(project.classPathOfLastBuild(), classPath);
    zip(classes);
    Files.setLastModifiedTime(
        Files.createFile(home().resolve("target/.built")),
        FileTime.from(Instant.now().plusSeconds(1)));
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    BuildProcess run = BuildProcess.run(new ProcessBuilder(command).directory(home().toFile()));
    assertThat(run.exitCode()).as(run.said()).isZero();
  }

  /** As src/main/assembly/functions.xml has it. */
  private void zip(Path classes) throws IOException {
    Path jar = home().resolve("target/shop-1-SNAPSHOT.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file);
        Stream<Path> all = Files.walk(classes)) {
      for (Path one : all.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(one).toString()));
        Files.copy(one, out);
      }
    }
    try (OutputStream file = Files.newOutputStream(home().resolve("target/functions.zip"));
        ZipOutputStream out = new ZipOutputStream(file)) {
      out.setLevel(1);
      for (Path library : Stream.concat(libraries().stream(), Stream.of(jar)).toList()) {
        out.putNextEntry(new ZipEntry("lib/" + library.getFileName()));
        Files.copy(library, out);
      }
    }
  }

  /** The command of this clone, which stands in this project. */
  Launcher start(Path outputs, Path here, String... words) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("AGENTPOST_NO_BUILD", "");
    environment.put("AGENTPOST_CATALOG", "");
    return Launcher.start(outputs, Launcher.HOME.resolve("agentpost"), here, environment, words);
  }

  String run(Path outputs, int exitCode, String... words) throws IOException, InterruptedException {
    try (Launcher command = start(outputs, home(), words)) {
      assertThat(command.exitCode()).as(command.output()).isEqualTo(exitCode);
      return command.output();
    }
  }

  void edit(String file, UnaryOperator<String> change) throws IOException {
    Path path = home().resolve(file);
    String before = Files.readString(path);
    String after = change.apply(before);
    assertThat(after).as("an edit of " + file).isNotEqualTo(before);
    Files.writeString(path, after);
  }
}
