package agentpost.infra.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One mapping of the catalog and its path. Reading from it notes what is wrong and goes on, so that all of it is reported at once. */
record Section(String path, ObjectNode node, List<String> problems) {
  /** @param allowed the keys it may have; none means any */
  static Section of(String path, JsonNode node, List<String> problems, String... allowed) {
    if (!(node instanceof ObjectNode object)) {
      String what = allowed.length == 0 ? "" : " with " + String.join(", ", allowed);
      problems.add((path.isEmpty() ? "the catalog" : path) + " must be a mapping" + what + "; got " + kind(node));
      return new Section(path, JsonNodeFactory.instance.objectNode(), problems);
    }
    List<String> known = List.of(allowed);
    object
        .properties()
        .forEach(
            entry -> {
              if (!known.isEmpty() && !known.contains(entry.getKey())) {
                problems.add(at(path, entry.getKey()) + " is not a key; there are " + String.join(", ", known));
              }
            });
    return new Section(path, object, problems);
  }

  String at(String key) {
    return at(path, key);
  }

  private static String at(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  Optional<JsonNode> get(String key) {
    return Optional.ofNullable(node.get(key)).filter(value -> !value.isNull());
  }

  Optional<Section> section(String key, String... allowed) {
    return get(key).map(value -> of(at(key), value, problems, allowed));
  }

  int integer(String key, int least, int most, int otherwise) {
    return get(key)
        .map(
            value -> {
              if (value.isInt() && value.intValue() >= least && value.intValue() <= most) {
                return value.intValue();
              }
              problems.add(at(key) + " must be a whole number from " + least + " to " + most + "; got " + value);
              return otherwise;
            })
        .orElse(otherwise);
  }

  Optional<String> text(String key, String shape, Predicate<String> fits) {
    Optional<String> text = get(key).filter(JsonNode::isTextual).map(JsonNode::textValue).filter(fits);
    if (text.isEmpty()) {
      problems.add(at(key) + " must be " + shape + "; got " + get(key).map(JsonNode::toString).orElse("nothing"));
    }
    return text;
  }

  static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL, MISSING -> "nothing";
      case ARRAY -> "a list";
      case OBJECT -> "a mapping";
      case STRING -> "the text " + node;
      default -> node.toString();
    };
  }
}
