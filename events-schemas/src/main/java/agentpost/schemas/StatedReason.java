package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Why a counterexample is one, as far as its file's name says so: {@code without-user-id}, {@code
 * no-steps}, {@code unknown-severity}, {@code plan-not-a-string}, {@code unknown-envelope-key}.
 * Names of other forms say nothing.
 *
 * @param property that is wrong; empty for the envelope as a whole
 * @param rule that is broken, if the name says which
 */
record StatedReason(String property, Optional<String> rule) {
  private static final String WITHOUT = "without-";
  private static final List<String> BEFORE = List.of("no-", "unknown-");
  private static final String ENVELOPE_KEY = "unknown-envelope-key";

  static Optional<StatedReason> of(Path file, JsonNode schema) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
    if (name.equals(ENVELOPE_KEY)) {
      return Optional.of(new StatedReason("", Optional.of("additionalProperties")));
    }
    Set<String> properties = new TreeSet<>();
    collect(schema, properties);
    if (name.startsWith(WITHOUT)) {
      return find(name.substring(WITHOUT.length()), properties)
          .map(property -> new StatedReason(property, Optional.of("required")));
    }
    String rest =
        BEFORE.stream()
            .filter(name::startsWith)
            .map(word -> name.substring(word.length()))
            .findFirst()
            .orElse(name);
    return find(rest, properties).map(property -> new StatedReason(property, Optional.empty()));
  }

  /** The longest that the words begin with. */
  private static Optional<String> find(String words, Set<String> properties) {
    String name = words.replace('-', '_') + "_";
    return properties.stream()
        .filter(property -> name.startsWith(property + "_"))
        .max(Comparator.comparingInt(String::length));
  }

  private static void collect(JsonNode schema, Set<String> names) {
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    schema.forEach(part -> collect(part, names));
  }

  /** What is to be said against it, if it fails for another reason, or for another as well. */
  Optional<String> objection(List<Violation> violations) {
    String found =
        violations.stream()
            .filter(each -> !fits(each))
            .limit(Validation.MAX_SHOWN)
            .map(Violation::toString)
            .collect(Collectors.joining("; "));
    if (found.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        violations.stream().anyMatch(this::fits)
            ? "fails for more than its name says: " + found
            : "fails for another reason than its name says: " + found);
  }

  private boolean fits(Violation violation) {
    List<String> segments = Arrays.asList(violation.pointer().split("/", -1));
    return (property.isEmpty() ? segments.size() == 2 : segments.contains(property))
        && rule.map(violation.rule()::equals).orElse(true);
  }
}
