package agentpost.cli.project;

import agentpost.schemas.EventTypeRules;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;

/**
 * An event in a project: its schema, an example and a counterexample. The build takes them once
 * their author has filled them in.
 */
public final class NewEvent {
  private final Project project;
  private final String type;
  private final SortedSet<String> frameworks;

  /**
   * @param frameworks the events that agentpost has itself
   */
  public NewEvent(Project project, String type, SortedSet<String> frameworks) {
    this.project = project;
    this.type = type;
    this.frameworks = frameworks;
  }

  /**
   * @return the names of the files, which are to be filled in
   * @throws ProjectException if it cannot be
   */
  public List<String> write() {
    if (!EventTypeRules.isEventType(type)) {
      throw new ProjectException(
          "'"
              + type
              + "' is not an event name: lower-case words with dots between them, what it is"
              + " about and what happened, as in order.refunded; at most "
              + EventTypeRules.MAX_LENGTH
              + " characters");
    }
    EventTypeRules.reservedPrefix(type)
        .ifPresent(
            prefix -> {
              throw new ProjectException(
                  type
                      + " begins with "
                      + prefix
                      + ", which is reserved; choose another first word");
            });
    if (frameworks.contains(type)) {
      throw new ProjectException(type + " is an event of agentpost's own; choose another name");
    }
    if (Files.exists(project.schemas().resolve(type))) {
      throw new ProjectException(type + " is there already, in events-schemas/" + type);
    }
    SequencedMap<String, String> files = files();
    new NewFiles(project.home(), files).add();
    return List.copyOf(files.sequencedKeySet());
  }

  private SequencedMap<String, String> files() {
    String id = type.substring(0, type.indexOf('.')) + "_id";
    String hyphenated = type.replace('.', '-');
    Map<String, String> values =
        Map.of("event", type, "event.id", hyphenated, "id", id, "project", project.name());
    String folder = "events-schemas/" + type + "/";
    SequencedMap<String, String> files = new LinkedHashMap<>();
    files.put(folder + "1.schema.json", Template.fill("schema.json", values));
    files.put(folder + "examples/" + hyphenated + ".json", Template.fill("example.json", values));
    files.put(
        folder + "counterexamples/without-" + id.replace('_', '-') + ".json",
        Template.fill("counterexample.json", values));
    return files;
  }
}
