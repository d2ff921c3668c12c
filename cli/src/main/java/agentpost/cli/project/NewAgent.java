package agentpost.cli.project;

import agentpost.catalog.NameObjections;
import agentpost.cli.terminal.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A hosted agent in a project: its class, a test that fails until it is filled in, its entry. */
public final class NewAgent {
  private static final String SUFFIX = "-agent";
  private static final String SUPERCLASS = "WebhookHandler";
  private static final Pattern GROUP = Pattern.compile("<groupId>([a-z][a-z0-9_.]*)</groupId>");

  private final Project project;
  private final String name;
  private final List<String> events;
  private final SortedSet<String> frameworks;

  /**
   * @param events that it subscribes to
   * @param frameworks the events that agentpost has itself
   */
  public NewAgent(Project project, String name, List<String> events, SortedSet<String> frameworks) {
    this.project = project;
    this.name = name;
    this.events = events.stream().distinct().toList();
    this.frameworks = frameworks;
  }

  /**
   * @return the names of the files that are new
   * @throws ProjectException if it cannot be
   */
  public List<String> write() {
    for (String objection : NameObjections.of(name)) {
      throw new ProjectException("'" + name + "' " + objection);
    }
    CatalogText catalog = CatalogText.of(read(project.catalog()));
    requireFree(catalog);
    requireKnown();
    SequencedMap<String, String> files = new LinkedHashMap<>();
    String javaPackage = javaPackage(catalog);
    Map<String, String> values = new LinkedHashMap<>();
    values.put("agent", name);
    values.put("class", className());
    values.put("event", events.getFirst());
    values.put("event.class", camelCase(events.getFirst().split("[._]")));
    values.put("package", javaPackage);
    values.put("project", project.name());
    String folder = javaPackage.replace('.', '/') + "/" + className();
    files.put("src/main/java/" + folder + ".java", Template.fill("Handler.java", values));
    files.put("src/test/java/" + folder + "Test.java", Template.fill("HandlerTest.java", values));
    new NewFiles(project.home(), files)
        .add(project.catalog(), catalog.withAgent(name, events, javaPackage + "." + className()));
    return List.copyOf(files.sequencedKeySet());
  }

  private void requireFree(CatalogText catalog) {
    if (className().equals(SUPERCLASS)) {
      throw new ProjectException(
          "its class would have the name of the one that it extends, "
              + SUPERCLASS
              + "; choose another name");
    }
    for (String section : List.of("agents", "processors")) {
      if (catalog.names(section).contains(name)) {
        throw new ProjectException(
            "there is "
                + section
                + "."
                + name
                + " in "
                + Project.CATALOG
                + "; choose another name");
      }
    }
    for (String processor : catalog.names("processors")) {
      if (name.equals(processor + "-worker")) {
        throw new ProjectException(
            name
                + " is the name that the claims of processors."
                + processor
                + "'s worker have; choose another name");
      }
    }
  }

  private void requireKnown() {
    SortedSet<String> known = new TreeSet<>(frameworks);
    known.addAll(ownEvents());
    for (String event : events) {
      if (!known.contains(event)) {
        throw new ProjectException(
            "there is no event "
                + event
                + "; ./agentpost new event "
                + event
                + " makes one, and there are "
                + String.join(", ", known));
      }
    }
  }

  private Set<String> ownEvents() {
    if (!Files.isDirectory(project.schemas())) {
      return Set.of();
    }
    try (Stream<Path> folders = Files.list(project.schemas())) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("1.schema.json")))
          .map(folder -> String.valueOf(folder.getFileName()))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new ProjectException("events-schemas cannot be read: " + FileErrors.explain(e));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ProjectException(file + " cannot be read: " + FileErrors.explain(e));
    }
  }

  /** Where the others are; in a catalog without any, what Maven calls the project's group. */
  private String javaPackage(CatalogText catalog) {
    return catalog.handlers().stream()
        .filter(handler -> handler.indexOf('.') > 0)
        .map(handler -> handler.substring(0, handler.lastIndexOf('.')))
        .filter(
            other ->
                Files.isDirectory(
                    project.home().resolve("src/main/java").resolve(other.replace('.', '/'))))
        .findFirst()
        .orElseGet(
            () -> {
              Matcher group = GROUP.matcher(read(project.home().resolve("pom.xml")));
              if (!group.find()) {
                throw new ProjectException(
                    "cannot tell where its class belongs: no hosted agent in "
                        + Project.CATALOG
                        + " has a class here, and pom.xml has no groupId that is a package");
              }
              return group.group(1);
            });
  }

  private String className() {
    String plain =
        name.endsWith(SUFFIX) && name.length() > SUFFIX.length()
            ? name.substring(0, name.length() - SUFFIX.length())
            : name;
    return camelCase(plain.split("-")) + "Handler";
  }

  private static String camelCase(String[] words) {
    return Arrays.stream(words)
        .filter(word -> !word.isEmpty())
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }
}
