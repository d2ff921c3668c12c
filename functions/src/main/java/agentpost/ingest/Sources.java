package agentpost.ingest;

import agentpost.event.AgentName;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads sources as the catalog has them, in JSON: by name, {@code scheme} (a name, or a description of one), {@code type}, {@code delivery},
 * {@code unmapped} and {@code mappings}. Whatever it does not know is refused by name, so that a slip of the pen does not open a door.
 */
final class Sources {
  private static final JsonMapper JSON = new JsonMapper();
  private final String baseUrl;
  private final String secretPrefix;

  /**
   * @param baseUrl of the door, to which a source's name is appended
   * @param secretPrefix of secret ids, to which a source's name is appended
   */
  Sources(String baseUrl, String secretPrefix) {
    this.baseUrl = baseUrl;
    this.secretPrefix = secretPrefix;
  }

  /** @throws IllegalStateException saying what of which source is wrong; at init, where Lambda reports it */
  Map<String, Source> read(String json) {
    JsonNode all;
    try {
      all = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The sources are not JSON", e);
    }
    Map<String, Source> sources = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : all.properties()) {
      try {
        sources.put(entry.getKey(), source(new AgentName(entry.getKey()), entry.getValue()));
      } catch (IllegalArgumentException e) {
        throw new IllegalStateException("Source " + entry.getKey() + ": " + e.getMessage(), e);
      }
    }
    return Map.copyOf(sources);
  }

  private Source source(AgentName name, JsonNode json) {
    knows(json, "scheme", "type", "delivery", "unmapped", "mappings");
    Map<String, Mapping> mappings = json.path("mappings").properties().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> mapping(entry.getValue())));
    return new Source(
        name,
        baseUrl + name,
        scheme(json.path("scheme")),
        secretPrefix + name,
        Place.of(text(json, "type")),
        Place.of(text(json, "delivery")),
        constant(Source.Unmapped.class, text(json, "unmapped")),
        mappings);
  }

  private static SourceScheme scheme(JsonNode json) {
    if (json.isObject()) {
      knows(json, "header", "prefix", "encoding", "algorithm", "signed", "timestamp_header");
      return new SourceScheme.Described(
          new HmacFormat(
              text(json, "header"),
              json.path("prefix").asText(""),
              constant(SignatureEncoding.class, text(json, "encoding")),
              constant(HmacAlgorithm.class, text(json, "algorithm")),
              SignedText.of(text(json, "signed")),
              Optional.ofNullable(json.get("timestamp_header")).map(JsonNode::asText)));
    }
    String label = json.asText();
    return label.equals("standard") ? new SourceScheme.Standard() : new SourceScheme.Known(constant(Provider.class, label));
  }

  private static Mapping mapping(JsonNode json) {
    knows(json, "event", "data");
    return new Mapping(
        text(json, "event"),
        json.path("data").properties().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> JsonPointer.compile(entry.getValue().asText()))));
  }

  private static String text(JsonNode json, String key) {
    return Optional.of(json.path(key)).filter(JsonNode::isTextual).map(JsonNode::asText).filter(text -> !text.isBlank()).orElseThrow(() -> new IllegalArgumentException(key + " must be a text"));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no " + type.getSimpleName() + " of this name; there are " + List.of(type.getEnumConstants())));
  }

  private static void knows(JsonNode json, String... keys) {
    Set<String> known = Set.of(keys);
    json.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw new IllegalArgumentException("there is no key " + key + "; there are " + List.of(keys));
              }
            });
  }
}
