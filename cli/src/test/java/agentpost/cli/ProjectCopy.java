package agentpost.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A copy of the project to be edited, with what this build has made: nothing in it is stale. */
public record ProjectCopy(Path home) {
  private static final List<String> FILES =
      List.of(
          "agentpost",
          "mvnw",
          ".mvn/wrapper/maven-wrapper.properties",
          "pom.xml",
          "infra-cdk/cdk.json");

  private static final List<String> SOURCES =
      List.of(
          "events-schemas",
          "functions/signing/src/main",
          "functions/catalog/src/main",
          "functions/runtime/src/main",
          "functions/gateway/src/main",
          "functions/agents/src/main",
          "functions/agents/src/assembly");

  private static final List<String> BUILT =
      List.of(
          "infra-cdk/target/classes",
          "infra-cdk/target/classpath.txt",
          "functions/agents/target/classpath.txt",
          "functions/agents/target/functions.zip",
          "cli/target/classes",
          "cli/target/classpath.txt");

  public static ProjectCopy in(Path home) throws IOException, InterruptedException {
    for (String one : Stream.of(FILES, SOURCES, BUILT).flatMap(List::stream).toList()) {
      Path from = Launcher.HOME.resolve(one);
      if (Files.exists(from)) {
        copy(from, home.resolve(one));
      }
    }
    copy(Launcher.ONBOARDING, home.resolve("infra-cdk/agents.yaml"));
    copy(Launcher.synthesized(home, Launcher.ONBOARDING), home.resolve("infra-cdk/target/cdk.out"));
    for (String pom :
        List.of(
            "functions/pom.xml",
            "functions/bom/pom.xml",
            "functions/signing/pom.xml",
            "functions/catalog/pom.xml",
            "functions/runtime/pom.xml",
            "functions/gateway/pom.xml",
            "functions/agents/pom.xml",
            "infra-cdk/pom.xml",
            "localstack/pom.xml",
            "localstack/cloud/pom.xml",
            "localstack/junit/pom.xml",
            "localstack/scenarios/pom.xml",
            "cli/pom.xml")) {
      copy(Launcher.HOME.resolve(pom), home.resolve(pom));
    }
    // Its own jars and not those that other tests run from.
    Path classPath = home.resolve("cli/target/classpath.txt");
    Files.writeString(
        classPath, Files.readString(classPath).replace(Launcher.HOME.toString() + "/", home + "/"));
    for (String module :
        List.of(
            "events-schemas",
            "functions/signing",
            "functions/catalog",
            "functions/runtime",
            "functions/gateway",
            "functions/agents",
            "localstack/cloud")) {
      try (Stream<Path> jars = Files.list(Launcher.HOME.resolve(module).resolve("target"))) {
        for (Path jar :
            jars.filter(each -> each.toString().matches(".*-SNAPSHOT\\.jar")).toList()) {
          copy(jar, home.resolve(module).resolve("target").resolve(jar.getFileName()));
        }
      }
    }
    linkLibraryArchives(home.resolve("cli/target"));
    // The folders of a copy are newer than those of what was synthesized from them.
    Files.setLastModifiedTime(
        home.resolve("infra-cdk/target/cdk.out/.synthesized"), FileTime.from(Instant.now()));
    Path built = Files.createFile(home.resolve("cli/target/.built"));
    Files.setLastModifiedTime(built, FileTime.from(Instant.now().plusSeconds(1)));
    return new ProjectCopy(home);
  }

  /** A JVM takes an archive for the very files that it was made with, so they are not copied. */
  private static void linkLibraryArchives(Path target) throws IOException {
    try (Stream<Path> archives = Files.list(Launcher.HOME.resolve("cli/target"))) {
      for (Path archive :
          archives
              .filter(each -> each.getFileName().toString().startsWith("libraries-"))
              .toList()) {
        Files.createSymbolicLink(target.resolve(archive.getFileName()), archive);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one :
          all.filter(
                  each ->
                      !each.startsWith(Launcher.HOME.resolve("events-schemas/target"))
                          || from.getFileName().toString().endsWith(".jar"))
              .toList()) {
        Path copy = to.resolve(from.relativize(one).toString());
        Files.createDirectories(Optional.ofNullable(copy.getParent()).orElse(to));
        if (!Files.isDirectory(one)) {
          Files.copy(
              one,
              copy,
              StandardCopyOption.COPY_ATTRIBUTES,
              StandardCopyOption.REPLACE_EXISTING,
              LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  public Path agentpost() {
    return home.resolve("agentpost");
  }

  /** Built as far as it is to be, whatever the launcher's other tests say. */
  public static Map<String, String> environment(Path temporary) {
    Map<String, String> environment = new HashMap<>(Launcher.temporaryFiles(temporary));
    environment.put("AGENTPOST_NO_BUILD", "");
    return environment;
  }

  public void edit(String file, UnaryOperator<String> change) throws IOException {
    Path path = home.resolve(file);
    String before = Files.readString(path);
    String after = change.apply(before);
    assertThat(after).as("an edit of " + file).isNotEqualTo(before);
    Files.writeString(path, after);
  }
}
