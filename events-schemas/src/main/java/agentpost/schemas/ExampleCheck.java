package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds the examples of one event to its schemas, and has its counterexamples fail, each for the
 * reason that its name says. An example is an event, or a list of entries as {@code aws events
 * put-events} takes them.
 */
final class ExampleCheck {
  private final SourceFolder folder;
  private final String type;
  private final Map<SchemaVersion, JsonNode> documents;
  private final EventSchemas schemas;
  private final Set<Integer> shown = new HashSet<>();
  private final List<Mistake> mistakes = new ArrayList<>();

  private ExampleCheck(SourceFolder folder, String type, Map<SchemaVersion, JsonNode> documents) {
    this.folder = folder;
    this.type = type;
    this.documents = documents;
    this.schemas = EventSchemas.of(Map.of(type, documents));
  }

  /**
   * @param documents whole schemas of the event's versions
   */
  static List<Mistake> mistakes(
      SourceFolder folder, String type, Map<SchemaVersion, JsonNode> documents) {
    ExampleCheck check = new ExampleCheck(folder, type, documents);
    check.checkExamples();
    check.checkCounterexamples();
    return check.mistakes;
  }

  private void checkExamples() {
    List<Path> examples = folder.examples(type, SourceFolder.EXAMPLES);
    if (examples.isEmpty()) {
      wrong(
          folder.folder(type, SourceFolder.EXAMPLES),
          "",
          "has no example; put a whole event that is valid into it, as *.json");
    }
    for (Path file : examples) {
      SourceFolder.parse(file, mistakes)
          .ifPresent(
              example -> {
                if (example.isArray()) {
                  checkEntries(file, example);
                } else {
                  checkExample(file, "", example);
                }
              });
    }
    if (mistakes.isEmpty()) {
      documents.keySet().stream()
          .filter(version -> version.minor() == 0 && !shown.contains(version.major()))
          .forEach(
              version ->
                  wrong(
                      folder.folder(type, SourceFolder.EXAMPLES),
                      "",
                      "has no example of version "
                          + version
                          + ", one with that metadata.schema_version"));
    }
  }

  /** An entry says some things twice, for rules match on these and agents read the envelope. */
  private void checkEntries(Path file, JsonNode entries) {
    for (int i = 0; i < entries.size(); i++) {
      String at = "/" + i;
      JsonNode entry = entries.path(i);
      switch (Json.parse(entry.path("Detail").asText())) {
        case Json.Parsed.NotJson(var why) ->
            wrong(file, at + "/Detail", "must be an event as a text of JSON, and it " + why);
        case Json.Parsed.Read(var event) -> {
          checkExample(file, at + "/Detail", event);
          checkSame(file, at + "/DetailType", entry, event.path("event_type"));
          checkSame(file, at + "/Source", entry, event.path("metadata").path("source_service"));
          if (entry.has("Time")) {
            checkSame(file, at + "/Time", entry, event.path("timestamp"));
          }
        }
      }
    }
  }

  private void checkSame(Path file, String at, JsonNode entry, JsonNode expected) {
    JsonNode found = entry.path(at.substring(at.lastIndexOf('/') + 1));
    if (!found.equals(expected)) {
      wrong(file, at, "must be " + expected + ", as the event in Detail has it; found " + found);
    }
  }

  private void checkExample(Path file, String at, JsonNode event) {
    if (!isOfThisType(file, at, event)) {
      return;
    }
    switch (schemas.validate(event)) {
      case Validation.Valid(_, var version) -> shown.add(version.major());
      case Validation.Invalid(_, _, var violations) ->
          violations.forEach(
              each ->
                  wrong(
                      file,
                      at + each.pointer(),
                      "is not valid: "
                          + each.expected()
                          + " ("
                          + each.rule()
                          + "), found "
                          + each.found()));
      case Validation.UnknownVersion version -> wrong(file, at, version.problem());
      case Validation.UnknownEvent event2 -> wrong(file, at, event2.problem());
    }
  }

  private boolean isOfThisType(Path file, String at, JsonNode event) {
    JsonNode found = event.path("event_type");
    boolean isOwn = found.isTextual() && found.textValue().equals(type);
    if (!isOwn) {
      wrong(
          file,
          at + "/event_type",
          "must be \""
              + type
              + "\", as the folder is named; found "
              + (found.isMissingNode() ? "nothing" : found));
    }
    return isOwn;
  }

  private void checkCounterexamples() {
    List<Path> counterexamples = folder.examples(type, SourceFolder.COUNTEREXAMPLES);
    if (counterexamples.isEmpty()) {
      wrong(
          folder.folder(type, SourceFolder.COUNTEREXAMPLES),
          "",
          "has no counterexample; put a whole event that is not valid into it, named for what is"
              + " wrong with it, such as without-order-id.json");
    }
    for (Path file : counterexamples) {
      SourceFolder.parse(file, mistakes).ifPresent(event -> checkCounterexample(file, event));
    }
  }

  private void checkCounterexample(Path file, JsonNode event) {
    if (!isOfThisType(file, "", event)) {
      return;
    }
    switch (schemas.validate(event)) {
      case Validation.Valid _ ->
          wrong(
              file,
              "",
              "is valid, and a counterexample must not be: make the schema narrower, or the event"
                  + " worse");
      case Validation.Invalid(_, var version, var violations) ->
          StatedReason.of(file, schemas.document(type, version))
              .flatMap(reason -> reason.objection(violations))
              .ifPresent(objection -> wrong(file, "", objection));
      case Validation.UnknownVersion version -> wrong(file, "", version.problem());
      case Validation.UnknownEvent unknown -> wrong(file, "", unknown.problem());
    }
  }

  private void wrong(Path file, String pointer, String problem) {
    mistakes.add(new Mistake(file, pointer, problem));
  }
}
