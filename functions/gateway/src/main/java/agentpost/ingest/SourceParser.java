package agentpost.ingest;

import agentpost.address.Cidr;
import agentpost.address.Ranges;
import agentpost.catalog.AgentName;
import agentpost.schemas.Json;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a source as the catalog has it, in JSON: {@code scheme} (a name, or a description of one),
 * {@code type}, {@code delivery}, {@code each}, {@code unmapped}, {@code answer}, {@code mappings}
 * and {@code from}. Whatever it does not know is refused by name, so that a slip of the pen does
 * not open a door.
 *
 * @param baseUrl of the door, to which a source's name is appended
 * @param secretPrefix of secret ids, to which a source's name is appended
 */
public record SourceParser(String baseUrl, String secretPrefix) {
  private static final int NO_CONTENT = 204;

  /**
   * @throws IllegalArgumentException saying what is wrong
   */
  public Source read(AgentName name, String text) {
    if (!(Json.parse(text) instanceof Json.Parsed.Read(var json))) {
      throw new IllegalArgumentException("source " + name + " is not JSON");
    }
    try {
      return source(name, json);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("source " + name + ": " + e.getMessage(), e);
    }
  }

  private Source source(AgentName name, JsonNode json) {
    knows(json, "scheme", "type", "delivery", "each", "unmapped", "answer", "mappings", "from");
    SourceScheme scheme = scheme(json.path("scheme"));
    return new Source(
        name,
        baseUrl + name,
        scheme,
        secretPrefix + name,
        FieldLocator.of(text(json, "type")),
        json.hasNonNull("delivery")
            ? Optional.of(FieldLocator.ofDelivery(text(json, "delivery")))
            : Optional.empty(),
        json.hasNonNull("unmapped")
            ? parseConstant(Source.Unmapped.class, text(json, "unmapped"))
            : Source.Unmapped.ACKNOWLEDGED,
        json.path("mappings").properties().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> mapping(entry.getValue()))),
        json.hasNonNull("each") ? Optional.of(parsePointer(json.path("each"))) : Optional.empty(),
        json.hasNonNull("answer")
            ? answer(json.path("answer"), ReplyPolicy.defaultFor(scheme))
            : ReplyPolicy.defaultFor(scheme),
        from(json.path("from")));
  }

  /** The empty pointer is the whole body. */
  private static JsonPointer parsePointer(JsonNode json) {
    if (!json.isTextual()) {
      throw new IllegalArgumentException("each must be a text");
    }
    return JsonPointer.compile(json.textValue());
  }

  /**
   * What is not said is as the provider usually wants it; with 204 there is no body to speak of.
   */
  private static ReplyPolicy answer(JsonNode json, ReplyPolicy usual) {
    knows(json, "status", "body", "badSignature");
    int status = number(json, "status", usual.status());
    ReplyPolicy.Body body = status == NO_CONTENT ? ReplyPolicy.Body.EMPTY : usual.body();
    return new ReplyPolicy(
        status,
        json.hasNonNull("body") ? parseConstant(ReplyPolicy.Body.class, text(json, "body")) : body,
        number(json, "badSignature", usual.badSignature()),
        number(json, "badSignature", usual.malformed()));
  }

  private static int number(JsonNode json, String key, int otherwise) {
    if (json.hasNonNull(key) && !json.path(key).isInt()) {
      throw new IllegalArgumentException(key + " must be a whole number");
    }
    return json.path(key).asInt(otherwise);
  }

  private static Ranges from(JsonNode json) {
    if (!json.isMissingNode() && !json.isNull() && (!json.isArray() || json.isEmpty())) {
      throw new IllegalArgumentException("from must be a list of ranges of addresses");
    }
    return new Ranges(json.valueStream().map(range -> Cidr.of(range.asText())).toList());
  }

  private static SourceScheme scheme(JsonNode json) {
    if (json.isObject()) {
      knows(json, "header", "prefix", "encoding", "algorithm", "signed", "timestampHeader", "unit");
      return new SourceScheme.Described(
          new HmacFormat(
              text(json, "header"),
              json.hasNonNull("prefix") ? text(json, "prefix") : "",
              parseConstant(SignatureEncoding.class, text(json, "encoding")),
              parseConstant(HmacAlgorithm.class, text(json, "algorithm")),
              SignedText.of(text(json, "signed")),
              json.hasNonNull("timestampHeader")
                  ? Optional.of(text(json, "timestampHeader"))
                  : Optional.empty(),
              json.hasNonNull("unit")
                  ? parseConstant(TimestampUnit.class, text(json, "unit"))
                  : TimestampUnit.SECONDS));
    }
    String label = json.asText();
    return label.equals("standard")
        ? new SourceScheme.Standard()
        : new SourceScheme.Known(parseConstant(Provider.class, label));
  }

  private static Mapping mapping(JsonNode json) {
    knows(json, "event", "data");
    return new Mapping(
        text(json, "event"),
        json.path("data").properties().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> value(entry.getValue()))));
  }

  /**
   * A text is a pointer; <code>{pointer: /a, as: text}</code> and <code>{value: x}</code> say what
   * they are.
   */
  private static FieldMapping value(JsonNode json) {
    if (json.isTextual()) {
      return new FieldMapping.At(JsonPointer.compile(json.textValue()), FieldMapping.As.IS);
    }
    knows(json, "pointer", "as", "value");
    if (json.has("value") == json.has("pointer") || (json.has("value") && json.has("as"))) {
      throw new IllegalArgumentException(
          "a property is a JSON Pointer, {pointer: /a, as: text} or {value: x}");
    }
    return json.has("value")
        ? new FieldMapping.Constant(json.path("value"))
        : new FieldMapping.At(
            JsonPointer.compile(text(json, "pointer")),
            json.has("as")
                ? parseConstant(FieldMapping.As.class, text(json, "as"))
                : FieldMapping.As.IS);
  }

  private static String text(JsonNode json, String key) {
    return Optional.of(json.path(key))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> new IllegalArgumentException(key + " must be a text"));
  }

  private static <E extends Enum<E>> E parseConstant(Class<E> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no "
                        + type.getSimpleName()
                        + " of this name; there are "
                        + List.of(type.getEnumConstants())));
  }

  private static void knows(JsonNode json, String... keys) {
    Set<String> known = Set.of(keys);
    if (!json.isObject()) {
      throw new IllegalArgumentException("there must be an object with " + List.of(keys));
    }
    json.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw new IllegalArgumentException(
                    "there is no key " + key + "; there are " + List.of(keys));
              }
            });
  }
}
