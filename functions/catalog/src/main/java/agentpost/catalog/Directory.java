package agentpost.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the catalog says of all agents, or of all sources, as one text: {@code {"entries": {NAME:
 * ENTRY, …}}}. Settings that agents have in common stand in it once, in {@code settings}, and an
 * entry has their number there; an endpoint that is a path is one of {@code api}. So 300 agents fit
 * into one secret (ADR 30).
 */
public final class Directory {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String API = "api";
  private static final String ENDPOINT = "endpoint";
  private static final String ENTRIES = "entries";
  private static final String SETTINGS = "settings";

  private Directory() {}

  /**
   * What is no entry comes as it is, for its reader to say so.
   *
   * @throws IllegalArgumentException if it is no directory
   */
  public static Map<String, JsonNode> read(String text) {
    JsonNode document = parse(text);
    Map<String, JsonNode> entries = new TreeMap<>();
    document
        .path(ENTRIES)
        .properties()
        .forEach(entry -> entries.put(entry.getKey(), whole(entry.getValue(), document)));
    return entries;
  }

  /**
   * An entry whose settings are not there keeps their number, which nobody understands: without
   * them, an external agent would pass for one of our own.
   */
  private static JsonNode whole(JsonNode entry, JsonNode document) {
    if (!(entry instanceof ObjectNode written)) {
      return entry;
    }
    ObjectNode whole = written.deepCopy();
    String endpoint = written.path(ENDPOINT).asText();
    if (endpoint.startsWith("/")) {
      whole.put(ENDPOINT, document.path(API).asText() + endpoint);
    }
    if (document.path(SETTINGS).path(written.path(SETTINGS).asInt(-1))
        instanceof ObjectNode settings) {
      whole.remove(SETTINGS);
      whole.setAll(settings);
    }
    return whole;
  }

  private static JsonNode parse(String text) {
    try {
      JsonNode document = JSON.readTree(text);
      if (document.path(ENTRIES).isObject()) {
        return document;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the directory must be one JSON object that has each key once", e);
    }
    throw new IllegalArgumentException("the directory must be a JSON object with entries");
  }

  /** The directory of sources. */
  public static String ofSources(Map<String, ? extends JsonNode> entries) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.putObject(ENTRIES).setAll(new TreeMap<>(entries));
    return document.toString();
  }

  /**
   * The directory of agents.
   *
   * @param api the API's URL, which may be put together only at deployment
   * @param endpoints by agent: a URL, or the path in the API of one that is hosted
   */
  public static String ofAgents(
      String api, Map<String, AgentSettings> agents, Map<String, String> endpoints) {
    List<JsonNode> common = new ArrayList<>();
    ObjectNode document = JsonNodeFactory.instance.objectNode().put(API, api);
    ObjectNode entries = document.putObject(ENTRIES);
    new TreeMap<>(agents)
        .forEach(
            (name, settings) -> {
              JsonNode one = settings.toJson();
              if (!common.contains(one)) {
                common.add(one);
              }
              entries
                  .putObject(name)
                  .put(ENDPOINT, endpoints.get(name))
                  .put(SETTINGS, common.indexOf(one));
            });
    ArrayNode all = document.putArray(SETTINGS);
    common.forEach(all::add);
    return document.toString();
  }

  /** The same and one entry more, or another one in its place. */
  public static String with(String text, String name, JsonNode entry) {
    ObjectNode document = (ObjectNode) parse(text);
    document.withObject("/" + ENTRIES).set(name, entry);
    return document.toString();
  }

  /** The same without that entry. */
  public static String without(String text, String name) {
    ObjectNode document = (ObjectNode) parse(text);
    document.withObject("/" + ENTRIES).remove(name);
    return document.toString();
  }
}
