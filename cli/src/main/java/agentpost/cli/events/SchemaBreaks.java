package agentpost.cli.events;

import agentpost.schemas.Compatibility;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaVersion;
import agentpost.schemas.Validation;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What breaks for those who publish or receive one major version of an event.
 *
 * @param problems in its schema, each by its place there
 * @param refusedExamples of the older events, which the newer schema refuses, each with the reason
 */
record SchemaBreaks(String type, int major, List<String> problems, List<String> refusedExamples) {
  private static final String PROPERTIES = "/properties/";

  SchemaBreaks {
    problems = List.copyOf(problems);
    refusedExamples = List.copyOf(refusedExamples);
  }

  /** Of all events of the older snapshot; nothing of those that stay as they were. */
  static List<SchemaBreaks> find(SchemaSnapshot older, EventSchemas newer) {
    List<SchemaBreaks> breaks = new ArrayList<>();
    for (String type : older.schemas().eventTypes()) {
      SortedMap<Integer, JsonNode> now = majors(newer, type);
      majors(older.schemas(), type)
          .forEach(
              (major, before) -> {
                SchemaBreaks found =
                    new SchemaBreaks(
                        type,
                        major,
                        problems(before, now.get(major), type, major),
                        now.containsKey(major) ? refused(older, newer, type, major) : List.of());
                if (!found.problems().isEmpty() || !found.refusedExamples().isEmpty()) {
                  breaks.add(found);
                }
              });
    }
    return breaks;
  }

  /** An event is held to the newest minor version of its major one. */
  private static SortedMap<Integer, JsonNode> majors(EventSchemas schemas, String type) {
    SortedMap<Integer, JsonNode> majors = new TreeMap<>();
    for (SchemaVersion version : schemas.versions(type)) {
      majors.put(version.major(), schemas.document(type, version));
    }
    return majors;
  }

  private static List<String> problems(
      JsonNode before, @Nullable JsonNode now, String type, int major) {
    return now == null
        ? List.of(type + " " + major + " was removed")
        : Compatibility.breaks(before, now).stream().sorted().toList();
  }

  private static List<String> refused(
      SchemaSnapshot older, EventSchemas newer, String type, int major) {
    List<String> refused = new ArrayList<>();
    older
        .examples(type)
        .forEach(
            (file, example) -> {
              if (example.at("/metadata/schema_version").asInt(1) == major
                  && newer.validate(example) instanceof Validation.Invalid invalid) {
                refused.add(file + ": " + invalid.violations().getFirst());
              }
            });
    return refused;
  }

  /** The parts of an agent's pattern that look at what breaks, as pointers into the event. */
  List<String> readBy(Subscription subscription) {
    List<String> read = new ArrayList<>();
    for (String problem : problems) {
      String place = problem.replaceFirst(" .*", "").replace(PROPERTIES, "/");
      if (place.startsWith("/data/")) {
        subscription.conditions(type).forEach(each -> findRead(each, place).ifPresent(read::add));
      }
    }
    return read.stream().distinct().toList();
  }

  /** A keyword after the property's name, such as /enum, is no part of the event. */
  private static Optional<String> findRead(JsonNode condition, String place) {
    String parent = place.substring(0, place.lastIndexOf('/'));
    return Stream.of(place, parent)
        .filter(each -> condition.at("/detail" + each).isArray())
        .findFirst();
  }
}
