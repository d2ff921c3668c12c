package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Whether a minor version only adds what may be left out: every event that was valid stays valid,
 * and every property that readers rely on stays what it was. Documentation may change; anything
 * else needs a new major version.
 */
public final class Compatibility {
  private static final Set<String> DOCUMENTATION = Set.of("title", "description", "$schema", "id");

  private Compatibility() {}

  /**
   * What breaks, each by its place in the schema; nothing if {@code newer} is a minor version of
   * {@code older}.
   */
  public static List<String> breaks(JsonNode older, JsonNode newer) {
    List<String> breaks = new ArrayList<>();
    compare("", older, newer, breaks);
    return breaks;
  }

  private static void compare(String at, JsonNode older, JsonNode newer, List<String> breaks) {
    Set<String> keywords = new HashSet<>();
    older.fieldNames().forEachRemaining(keywords::add);
    newer.fieldNames().forEachRemaining(keywords::add);
    keywords.removeAll(DOCUMENTATION);
    for (String keyword : keywords) {
      JsonNode before = older.path(keyword);
      JsonNode after = newer.path(keyword);
      switch (keyword) {
        case "properties", "definitions" -> compareNamed(at + "/" + keyword, before, after, breaks);
        case "items" -> compareItems(at + "/items", before, after, breaks);
        case "required" -> checkRequired(at, before, after, breaks);
        default -> {
          if (!Objects.equals(before, after)) {
            breaks.add(at + "/" + keyword + " changed");
          }
        }
      }
    }
  }

  /** A list of schemas is one for each place: another at any of them is another list. */
  private static void compareItems(
      String at, JsonNode before, JsonNode after, List<String> breaks) {
    if (!before.isArray() && !after.isArray()) {
      compare(at, before, after, breaks);
    } else if (!before.equals(after)) {
      breaks.add(at + " changed");
    }
  }

  private static void compareNamed(
      String at, JsonNode before, JsonNode after, List<String> breaks) {
    before
        .properties()
        .forEach(
            property -> {
              String place = at + "/" + SchemaKeywords.escape(property.getKey());
              JsonNode now = after.path(property.getKey());
              if (now.isMissingNode()) {
                breaks.add(place + " was removed");
              } else {
                compare(place, property.getValue(), now, breaks);
              }
            });
  }

  private static void checkRequired(
      String at, JsonNode before, JsonNode after, List<String> breaks) {
    Set<String> was = new HashSet<>();
    before.forEach(name -> was.add(name.asText()));
    Set<String> is = new HashSet<>();
    after.forEach(name -> is.add(name.asText()));
    is.stream()
        .filter(name -> !was.contains(name))
        .forEach(name -> breaks.add(at + "/required now has " + name));
    was.stream()
        .filter(name -> !is.contains(name))
        .forEach(name -> breaks.add(at + "/required no longer has " + name));
  }
}
