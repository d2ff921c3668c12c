package agentpost.catalog;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads sources: how a third party signs, and which of its payloads become which events. The CDK
 * app reads {@code agents.yaml} with it and functions the parameter that came of that; whatever it
 * does not know is a problem, so that a slip of the pen does not open a door.
 *
 * @param providers names of those that are registered
 */
public record SourceReader(SortedSet<String> providers) {
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int UNAUTHENTICATED = 401;
  private static final int FORBIDDEN = 403;
  private static final String SCHEME_KEYS =
      "header, prefix, encoding, algorithm, signed, timestampHeader, unit";

  /** Possessive, for a group that can be given back takes a frame of the stack for each repeat. */
  private static final Pattern POINTER = Pattern.compile("(?:/(?:[^~/]|~[01])*+)++");

  private static final Predicate<String> IS_POINTER = POINTER.asMatchPredicate();
  private static final Map<String, FieldMapping.As> AS =
      Map.of("text", FieldMapping.As.TEXT, "number", FieldMapping.As.NUMBER);
  private static final JsonPointer NOWHERE = JsonPointer.compile("/");

  /** The section of a source, of which every key is looked at. */
  public static CatalogNode section(String path, JsonNode source, List<String> problems) {
    return CatalogNode.of(
        path,
        source,
        problems,
        "scheme",
        "type",
        "delivery",
        "each",
        "unmapped",
        "answer",
        "mappings",
        "from");
  }

  /**
   * What the section says; where that was a problem, a value that stands for none.
   *
   * @param source as {@link #section} makes it
   */
  public SourceSettings read(CatalogNode source) {
    return new SourceSettings(
        scheme(source),
        source
            .text(
                "type",
                "where a request says what it is about, header:NAME or a JSON Pointer such as"
                    + " /event",
                text -> IS_POINTER.test(text) || isHeader(text, FieldLocator.HEADER))
            .map(FieldLocator::of)
            .orElse(new FieldLocator.Body(NOWHERE)),
        source.get("delivery").flatMap(_ -> delivery(source)),
        source.get("each").flatMap(_ -> each(source)),
        source
            .get("unmapped")
            .map(
                _ ->
                    source.constant(
                        "unmapped",
                        SourceSettings.Unmapped.class,
                        SourceSettings.Unmapped.REFUSED)),
        source
            .section("answer", "status", "body", "badSignature")
            .map(SourceReader::answer)
            .orElse(AnswerSettings.NONE),
        mappings(source),
        RangesReader.read(source, "from"));
  }

  private static Optional<FieldLocator> delivery(CatalogNode source) {
    return source
        .text(
            "delivery",
            "a JSON Pointer to the delivery's id in the body, or unsigned-header:NAME, which"
                + " whoever records a body can change; without it, what is signed tells",
            text -> IS_POINTER.test(text) || isHeader(text, FieldLocator.UNSIGNED))
        .map(FieldLocator::ofDelivery);
  }

  private static Optional<JsonPointer> each(CatalogNode source) {
    return source
        .text(
            "each",
            "a JSON Pointer to the list of a request's events, such as /events, or '' if the whole"
                + " body is the list",
            text -> text.isEmpty() || IS_POINTER.test(text))
        .map(JsonPointer::compile);
  }

  private static AnswerSettings answer(CatalogNode answer) {
    OptionalInt status =
        answer.get("status").isPresent()
            ? OptionalInt.of(answer.integer("status", OK, NO_CONTENT, OK))
            : OptionalInt.empty();
    Optional<AnswerSettings.Body> body =
        answer
            .get("body")
            .map(
                _ -> answer.constant("body", AnswerSettings.Body.class, AnswerSettings.Body.EMPTY));
    if (status.orElse(OK) == NO_CONTENT
        && body.filter(kind -> kind != AnswerSettings.Body.EMPTY).isPresent()) {
      answer.problems().add(answer.pathOf("body") + " must be empty, for a 204 has no body");
    }
    return new AnswerSettings(status, body, badSignature(answer));
  }

  private static OptionalInt badSignature(CatalogNode answer) {
    Optional<JsonNode> code = answer.get("badSignature");
    if (code.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!code.get().isInt()
        || (code.get().intValue() != UNAUTHENTICATED && code.get().intValue() != FORBIDDEN)) {
      answer
          .problems()
          .add(answer.pathOf("badSignature") + " must be 401 or 403; got " + code.get());
      return OptionalInt.empty();
    }
    return OptionalInt.of(code.get().intValue());
  }

  private SourceSettings.Scheme scheme(CatalogNode source) {
    JsonNode scheme = source.node().path("scheme");
    if (scheme instanceof ObjectNode) {
      return new SourceSettings.Scheme.Described(
          format(
              CatalogNode.of(
                  source.pathOf("scheme"), scheme, source.problems(), SCHEME_KEYS.split(", "))));
    }
    if (!scheme.isTextual() || !providers.contains(scheme.textValue())) {
      source
          .problems()
          .add(
              source.pathOf("scheme")
                  + " must be one of "
                  + String.join(", ", providers)
                  + ", or a mapping with "
                  + SCHEME_KEYS
                  + "; got "
                  + CatalogNode.kind(scheme));
    }
    return new SourceSettings.Scheme.Named(scheme.asText());
  }

  private static HmacFormat format(CatalogNode described) {
    String shape = "a header's name: letters, digits and hyphens";
    String header = described.text("header", shape, FieldLocator::isHeader).orElse("X");
    String prefix =
        described
            .get("prefix")
            .flatMap(
                _ ->
                    described.text(
                        "prefix",
                        "what stands before the signature, such as sha256=",
                        text -> !text.isBlank() && text.length() <= 100))
            .orElse("");
    SignatureEncoding encoding =
        described.constant("encoding", SignatureEncoding.class, SignatureEncoding.HEX);
    HmacAlgorithm algorithm =
        described.constant("algorithm", HmacAlgorithm.class, HmacAlgorithm.SHA256);
    SignedText signed =
        described
            .text(
                "signed",
                "what is signed: {body} once, perhaps {timestamp}, and no other braces, such as"
                    + " '{timestamp}.{body}'",
                SignedText::isTemplate)
            .map(SignedText::of)
            .orElse(SignedText.BODY_ALONE);
    Optional<String> timestampHeader = Optional.empty();
    if (signed.hasTimestamp()) {
      timestampHeader =
          described
              .text(
                  "timestampHeader",
                  "the name of the header that has the {timestamp} of signed",
                  FieldLocator::isHeader)
              .or(() -> Optional.of("X"));
    } else if (described.get("timestampHeader").isPresent()) {
      described
          .problems()
          .add(
              described.pathOf("timestampHeader")
                  + " is not signed, so it proves nothing; signed must have {timestamp} in it");
    }
    return new HmacFormat(
        header, prefix, encoding, algorithm, signed, timestampHeader, unit(described, signed));
  }

  private static TimestampUnit unit(CatalogNode described, SignedText signed) {
    if (described.get("unit").isEmpty()) {
      return TimestampUnit.SECONDS;
    }
    TimestampUnit unit = described.constant("unit", TimestampUnit.class, TimestampUnit.SECONDS);
    if (!signed.hasTimestamp()) {
      described
          .problems()
          .add(described.pathOf("unit") + " is of the {timestamp} of signed, and there is none");
      return TimestampUnit.SECONDS;
    }
    return unit;
  }

  private static Map<String, Mapping> mappings(CatalogNode source) {
    CatalogNode section =
        CatalogNode.of(
            source.pathOf("mappings"), source.node().path("mappings"), source.problems());
    if (section.node().isEmpty()) {
      section
          .problems()
          .add(
              section.path()
                  + " must have one mapping or more, by the payload's type: {event: TYPE, data:"
                  + " {PROPERTY: /pointer}}");
    }
    Map<String, Mapping> mappings = new LinkedHashMap<>();
    section
        .node()
        .properties()
        .forEach(entry -> mappings.put(entry.getKey(), mapping(section, entry)));
    return mappings;
  }

  private static Mapping mapping(CatalogNode section, Map.Entry<String, JsonNode> entry) {
    CatalogNode mapping =
        CatalogNode.of(
            section.pathOf(entry.getKey()), entry.getValue(), section.problems(), "event", "data");
    String event =
        mapping.text("event", "the type of one of our events", text -> !text.isBlank()).orElse("");
    CatalogNode data =
        CatalogNode.of(mapping.pathOf("data"), mapping.node().path("data"), mapping.problems());
    Map<String, FieldMapping> fields = new LinkedHashMap<>();
    data.node()
        .properties()
        .forEach(
            property ->
                fields.put(property.getKey(), field(data, property.getKey(), property.getValue())));
    return new Mapping(event, fields);
  }

  /**
   * A text is a pointer; <code>{pointer: /a, as: text}</code> and <code>{value: x}</code> say what
   * they are.
   */
  private static FieldMapping field(CatalogNode data, String property, JsonNode value) {
    FieldMapping.At nowhere = new FieldMapping.At(NOWHERE, FieldMapping.As.IS);
    if (value.isTextual() && IS_POINTER.test(value.textValue())) {
      return new FieldMapping.At(JsonPointer.compile(value.textValue()), FieldMapping.As.IS);
    }
    String path = data.pathOf(property);
    if (!value.isObject()) {
      data.problems()
          .add(
              path
                  + " must be a JSON Pointer such as /lead/id, {pointer: /lead/id, as: text or"
                  + " number}, or {value: always the same}; got "
                  + CatalogNode.kind(value));
      return nowhere;
    }
    CatalogNode section = CatalogNode.of(path, value, data.problems(), "pointer", "as", "value");
    if (section.node().has("value")) {
      JsonNode constant = section.node().path("value");
      if (section.node().size() > 1 || !constant.isValueNode() || constant.isNull()) {
        data.problems().add(path + ".value must be a text, a number, true or false, and alone");
      }
      return new FieldMapping.Constant(constant);
    }
    Optional<String> pointer =
        section.text("pointer", "a JSON Pointer such as /lead/id", IS_POINTER);
    FieldMapping.As as =
        section.get("as").isPresent()
            ? section
                .text("as", "one of number, text", AS::containsKey)
                .map(AS::get)
                .orElse(FieldMapping.As.IS)
            : FieldMapping.As.IS;
    return pointer.map(text -> new FieldMapping.At(JsonPointer.compile(text), as)).orElse(nowhere);
  }

  private static boolean isHeader(String text, String prefix) {
    return text.startsWith(prefix) && FieldLocator.isHeader(text.substring(prefix.length()));
  }
}
