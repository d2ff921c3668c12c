package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.cli.project.BuiltVersion;
import agentpost.local.storage.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands that end within seconds take their classes from an archive, if there is one for them.
 */
@EnabledOnOs(OS.LINUX)
@Order(3)
class ArchiveIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final Map<String, String> NO_OTHER_SETTINGS = Map.of("AGENTPOST_NO_BUILD", "");
  private static final String JAR = "agentpost-cli-0.1.0-SNAPSHOT.jar";

  @TempDir private Path home;
  @TempDir private Path outputs;

  private Launcher start(ProjectCopy project, Map<String, String> environment, String... words)
      throws IOException {
    return Launcher.start(outputs, project.agentpost(), project.home(), environment, words);
  }

  private String ran(ProjectCopy project, String... words) throws Exception {
    try (Launcher command = start(project, NO_OTHER_SETTINGS, words)) {
      assertThat(command.exitCode()).as(command.output()).isZero();
      return command.output();
    }
  }

  private static ProjectCopy archivable(Path home) throws Exception {
    ProjectCopy project = ProjectCopy.in(home);
    Files.copy(
        Launcher.HOME.resolve("cli/target").resolve(JAR), home.resolve("cli/target").resolve(JAR));
    // As an installation leaves them.
    for (String beside : List.of("-sources.jar", "-javadoc.jar")) {
      Files.write(home.resolve("cli/target").resolve(JAR.replace(".jar", beside)), new byte[0]);
    }
    return project;
  }

  private List<Path> archives() throws IOException {
    List<Path> archives = new ArrayList<>();
    try (Stream<Path> all = Files.list(home.resolve("cli/target"))) {
      for (Path one :
          all.filter(each -> each.getFileName().toString().startsWith("archive-")).toList()) {
        archives.add(one.resolve("classes.jsa"));
      }
    }
    return archives;
  }

  /** The one that there is in the end; those of earlier builds are taken away after it is made. */
  private Path archive() {
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> assertThat(archives()).hasSize(1).allSatisfy(one -> assertThat(one).exists()));
    try {
      return archives().getFirst();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String whereItsClassesAreFrom(ProjectCopy project) throws Exception {
    return loaded(project, 0, "--version").getOrDefault("agentpost.cli.Agentpost", "");
  }

  /** Where each class is from. */
  private Map<String, String> loaded(ProjectCopy project, int code, String... words)
      throws Exception {
    Path loads = outputs.resolve("loads.txt");
    Files.deleteIfExists(loads);
    try (Launcher command =
        start(
            project,
            Map.of("AGENTPOST_NO_BUILD", "", "JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loads),
            words)) {
      assertThat(command.exitCode()).as(command.output()).isEqualTo(code);
    }
    try (Stream<String> lines = Files.lines(loads)) {
      return lines
          .map(line -> line.replaceFirst("^(\\[[^]]*\\])* ", "").split(" source: ", 2))
          .filter(line -> line.length == 2)
          .collect(Collectors.toMap(line -> line[0], line -> line[1], (first, _) -> first));
    }
  }

  /** As the build made it, before any test. */
  @Test
  void theLocalCloudTakesItsLibrariesFromAnArchiveAndDoesWithoutABrokenOne() throws Exception {
    try (Launcher build = Launcher.start(outputs, "build")) {
      assertThat(build.exitCode()).as(build.output()).isZero();
    }
    ProjectCopy project = ProjectCopy.in(home);
    String[] refused = {"local", "--port", "65536"};
    String library = "com.fasterxml.jackson.databind.ObjectMapper";

    Map<String, String> loads = loaded(project, 2, refused);
    assertThat(loads.get(library)).startsWith("shared objects file");
    assertThat(loads.get("agentpost.cli.Agentpost")).contains("/.run-", "/classes/");

    for (Path archive : libraryArchives()) {
      Path jar;
      try (Stream<Path> jars = Files.list(archive)) {
        jar = jars.filter(each -> each.toString().endsWith(".jar")).findFirst().orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(jar);
      Files.delete(archive);
      Files.write(Files.createDirectory(archive).resolve(jar.getFileName()), bytes);
      Files.writeString(archive.resolve("classes.jsa"), "no archive");
    }
    // Without, it is not loaded before a port that it may have.
    assertThat(loaded(project, 2, refused).get(library)).isNull();
  }

  /** As after a change of version; the build makes archives so, and ends well without them. */
  @Test
  void whereTheCommandIsThereTwiceNothingIsArchivedAndTheBuildEndsWell() throws Exception {
    ProjectCopy project = archivable(home);
    Files.copy(
        home.resolve("cli/target").resolve(JAR),
        home.resolve("cli/target").resolve(JAR.replace("0.1.0", "0.0.9")));
    try (Launcher build = start(project, Map.of("AGENTPOST_NO_BUILD", "1"), "build")) {
      assertThat(build.exitCode()).as(build.output()).isZero();
    }
    assertThat(archives()).isEmpty();
  }

  private List<Path> libraryArchives() throws IOException {
    try (Stream<Path> all = Files.list(home.resolve("cli/target"))) {
      return all.filter(one -> one.getFileName().toString().startsWith("libraries-")).toList();
    }
  }

  @Test
  void whatIsArchivedIsTakenAndWhatIsStaleOrBrokenIsNot() throws Exception {
    ProjectCopy project = archivable(home);
    String version = new BuiltVersion().getVersion()[0] + "\n";
    List<Launcher> atOnce = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      atOnce.add(start(project, NO_OTHER_SETTINGS, "--version"));
    }
    for (Launcher one : atOnce) {
      assertThat(one.exitCode()).isZero();
      assertThat(one.output()).isEqualTo(version);
      one.close();
    }
    Path first = archive();
    assertThat(whereItsClassesAreFrom(project)).startsWith("shared objects file");
    assertThat(ran(project, "--version")).isEqualTo(version);

    assertThatARunningCommandIsLeftInPeace(project);

    Files.writeString(first, "no archive");
    assertThat(ran(project, "--version")).isEqualTo(version);
    assertThat(whereItsClassesAreFrom(project)).startsWith("file:").contains("/.run-");
    Files.deleteIfExists(first);

    // Another build, which has another comment.
    comment(home.resolve("cli/target").resolve(JAR));
    assertThat(ran(project, "--version")).isEqualTo(version);
    assertThat(archive()).isNotEqualTo(first);
    assertThat(whereItsClassesAreFrom(project)).startsWith("shared objects file");
    await().untilAsserted(() -> assertThat(copies()).as("what it ran from").isEmpty());
  }

  /** A zip's last two bytes are the length of its comment. */
  private static void comment(Path jar) throws IOException {
    byte[] bytes = Files.readAllBytes(jar);
    byte[] changed = Arrays.copyOf(bytes, bytes.length + 1);
    changed[bytes.length - 2] = 1;
    changed[bytes.length] = '!';
    Files.write(jar, changed);
  }

  /** What mvn clean does to a command that waits for its input and has loaded little. */
  private void assertThatARunningCommandIsLeftInPeace(ProjectCopy project) throws Exception {
    Path targets = outputs.resolve("targets");
    Process sign =
        new ProcessBuilder(
                project.agentpost().toString(),
                "sign",
                "--scheme",
                "x-webhook-signature",
                "--secret",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    await()
        .atMost(TIMEOUT)
        .until(() -> sign.info().command().filter(java -> java.endsWith("/java")).isPresent());
    List<Path> cleaned =
        List.of(
            Path.of("cli/target"),
            Path.of("localstack/cloud/target"),
            Path.of("functions/signing/target"),
            Path.of("functions/runtime/target"));
    for (Path target : cleaned) {
      copyTree(home.resolve(target), targets.resolve(target));
      DirectoryTree.delete(home.resolve(target));
    }
    sign.getOutputStream().write("{}".getBytes(UTF_8));
    sign.getOutputStream().close();
    assertThat(new String(sign.getInputStream().readAllBytes(), UTF_8))
        .startsWith("X-Webhook-Signature: sha256=");
    assertThat(sign.waitFor()).isZero();
    for (Path target : cleaned) {
      copyTree(targets.resolve(target), home.resolve(target));
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : all.toList()) {
        Path copy = to.resolve(from.relativize(one).toString());
        if (Files.isDirectory(one)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(one, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private List<Path> copies() throws IOException {
    try (Stream<Path> all = Files.list(home)) {
      return all.filter(one -> one.getFileName().toString().startsWith(".run-")).toList();
    }
  }
}
