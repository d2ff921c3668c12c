package agentpost.cli.project;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the command works on: a folder with a catalog, schemas, and sources that its build makes
 * functions of. A clone of agentpost is one as well, with the framework's own modules for sources.
 *
 * @param home an absolute path
 */
public record Project(Path home, Shape shape) {
  /** The catalog that a project is found by. */
  public static final String CATALOG = "agents.yaml";

  private static final String CLONES_CATALOG = "infra-cdk/" + CATALOG;
  private static final String SCHEMAS = "events-schemas";

  /** What a build writes, or what does not run. */
  private static final Pattern NOT_WATCHED =
      Pattern.compile(
          "(functions/)?[^/]+/target|target|(.+/)?src/test"
              + "|events-schemas/(src/main/events/)?[^/]+/(examples|counterexamples)");

  private static final Shape OWN =
      new Shape(
          CATALOG,
          List.of("."),
          List.of(SCHEMAS),
          List.of("pom.xml", SCHEMAS, "src/main"),
          "target/classpath.txt");

  private static final Shape CLONE =
      new Shape(
          CLONES_CATALOG,
          List.of(
              SCHEMAS,
              "functions/signing",
              "functions/catalog",
              "functions/runtime",
              "functions/gateway",
              "functions/agents"),
          List.of(SCHEMAS + "/src/main/events", SCHEMAS),
          List.of(
              "pom.xml",
              SCHEMAS,
              "functions",
              "infra-cdk/pom.xml",
              "infra-cdk/src/main",
              "localstack/pom.xml",
              "localstack/cloud/pom.xml",
              "localstack/cloud/src/main",
              "cli/pom.xml",
              "cli/src/main"),
          "functions/agents/target/classpath.txt");

  /**
   * Where the parts of a project are, in its folder.
   *
   * @param modules whose sources functions are compiled from
   * @param events folders of events
   * @param watched what it is made from
   * @param classPath what functions run with, as the last build named it
   */
  public record Shape(
      String catalog,
      List<String> modules,
      List<String> events,
      List<String> watched,
      String classPath) {
    public Shape {
      modules = List.copyOf(modules);
      events = List.copyOf(events);
      watched = List.copyOf(watched);
    }
  }

  /** What has to be done about an edited file of a kind. */
  public enum Kind {
    /** Synthesized. */
    CATALOG,
    /** Compiled, and what it is compiled into loaded. */
    FUNCTIONS,
    /** Compiled, synthesized, and loaded with what is compiled. */
    SCHEMAS,
    /** Built by Maven, which alone knows what it means. */
    BUILD,
    /** Nothing: it is the local cloud itself. */
    CLOUD
  }

  /** In this folder, whatever is in it. */
  public static Project in(Path home) {
    Path folder = home.toAbsolutePath().normalize();
    boolean isClone =
        Files.exists(folder.resolve(CLONES_CATALOG)) && !Files.exists(folder.resolve(CATALOG));
    return new Project(folder, isClone ? CLONE : OWN);
  }

  /** The nearest folder with a catalog, from here upwards. */
  public static Optional<Project> find(Path here) {
    return Stream.iterate(
            Optional.of(here.toAbsolutePath().normalize()),
            Optional::isPresent,
            above -> above.map(Path::getParent))
        .flatMap(Optional::stream)
        .filter(
            folder ->
                Stream.of(CATALOG, CLONES_CATALOG)
                    .anyMatch(catalog -> Files.isRegularFile(folder.resolve(catalog))))
        .map(Project::withoutInfraCdk)
        .findFirst();
  }

  private static Project withoutInfraCdk(Path folder) {
    return Optional.ofNullable(folder.getParent())
        .filter(above -> folder.equals(above.resolve(CLONES_CATALOG).getParent()))
        .filter(above -> Files.exists(above.resolve("cli/pom.xml")))
        .map(Project::in)
        .orElseGet(() -> in(folder));
  }

  /** Its folder's name, as events may have it for their source. */
  String name() {
    String name = String.valueOf(home.getFileName()).replaceAll("[^A-Za-z0-9._-]", "-");
    return name.matches("(aws\\..*)?") ? "agents" : name;
  }

  /** Whether it is somebody's own, with one module and none of the framework's sources. */
  public boolean isOwn() {
    return shape.equals(OWN);
  }

  public Path catalog() {
    return home.resolve(shape.catalog);
  }

  /** A folder with a folder for each event type. */
  public Path schemas() {
    return home.resolve(SCHEMAS);
  }

  /** The folders with events of all that functions are compiled from. */
  public List<Path> events() {
    return shape.events.stream().map(home::resolve).toList();
  }

  /** The folders whose {@code src/main} functions are compiled from. */
  public List<Path> modules() {
    return shape.modules.stream().map(module -> home.resolve(module).normalize()).toList();
  }

  /** A file in which the last build named what functions run with, parted by colons. */
  public Path classPathOfLastBuild() {
    return home.resolve(shape.classPath);
  }

  /** What it is made from, without tests and documents. */
  public List<Path> watchedPaths() {
    return shape.watched.stream().map(home::resolve).toList();
  }

  /** The name of a file in the project, as messages have it. */
  public String nameOf(Path file) {
    return home.relativize(file).toString().replace('\\', '/');
  }

  /** Whether a folder has nothing that is watched. */
  public boolean isIgnored(Path folder) {
    return NOT_WATCHED.matcher(nameOf(folder)).matches();
  }

  /**
   * @param file as {@link #nameOf} has it
   */
  public Kind kindOf(String file) {
    if (file.equals(shape.catalog)) {
      return Kind.CATALOG;
    }
    if (isBuildFile(file)) {
      return Kind.BUILD;
    }
    if (!isOwn() && file.startsWith(SCHEMAS + "/src/main/resources/")) {
      // The envelope: this process has the compiler, and that with it.
      return Kind.CLOUD;
    }
    if (file.startsWith(SCHEMAS + "/") && !file.endsWith(".java")) {
      return Kind.SCHEMAS;
    }
    return isOwn() || file.startsWith("functions/") || file.startsWith(SCHEMAS + "/")
        ? Kind.FUNCTIONS
        : Kind.CLOUD;
  }

  private boolean isBuildFile(String file) {
    return file.equals("pom.xml")
        || file.startsWith("src/main/assembly/")
        || file.startsWith("functions/agents/src/assembly/")
        || (file.endsWith("/pom.xml")
            && (file.startsWith("functions/") || file.equals(SCHEMAS + "/pom.xml")));
  }
}
