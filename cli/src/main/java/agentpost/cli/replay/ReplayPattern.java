package agentpost.cli.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent's rule matches, of some event types and of one replay only. With the replay's name
 * in it the pattern matches no event that comes while the replay lasts, which the agent's own rule
 * delivers.
 */
final class ReplayPattern {
  private static final String TYPES = "detail-type";
  private static final String ANY_OF = "$or";

  private ReplayPattern() {}

  /**
   * Nothing if the agent hears none of these types.
   *
   * @param pattern of an agent's rule: event types, or alternatives of event types with conditions
   */
  static Optional<ObjectNode> of(JsonNode pattern, Set<String> types, String replay) {
    ObjectNode narrow =
        pattern.isObject() ? pattern.deepCopy() : JsonNodeFactory.instance.objectNode();
    if (narrow.has(ANY_OF)) {
      ArrayNode alternatives = JsonNodeFactory.instance.arrayNode();
      narrow
          .path(ANY_OF)
          .forEach(
              alternative -> narrow(alternative.deepCopy(), types).ifPresent(alternatives::add));
      if (alternatives.isEmpty()) {
        return Optional.empty();
      }
      narrow.remove(ANY_OF);
      if (alternatives.size() == 1) {
        narrow.setAll((ObjectNode) alternatives.get(0));
      } else {
        narrow.set(ANY_OF, alternatives);
      }
    } else if (narrow(narrow, types).isEmpty()) {
      return Optional.empty();
    }
    narrow.putArray("replay-name").add(replay);
    return Optional.of(narrow);
  }

  private static Optional<ObjectNode> narrow(ObjectNode pattern, Set<String> types) {
    ArrayNode kept = JsonNodeFactory.instance.arrayNode();
    for (JsonNode type : pattern.path(TYPES)) {
      if (types.contains(type.asText())) {
        kept.add(type);
      }
    }
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    pattern.set(TYPES, kept);
    return Optional.of(pattern);
  }
}
