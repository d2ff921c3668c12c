package agentpost.infra.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads sources: how a third party signs, and which of its payloads become which events. The
 * functions read the same; a test holds the two together.
 */
final class SourceReader {
  static final List<String> SCHEMES =
      List.of("github", "shopify", "slack", "standard", "stripe", "twilio");
  static final List<String> ENCODINGS = List.of("base64", "hex");
  static final List<String> ALGORITHMS = List.of("sha1", "sha256", "sha512");
  static final List<String> UNITS = List.of("iso8601", "milliseconds", "seconds");
  static final List<String> BODIES = List.of("empty", "ids", "twiml");
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int NO_CONTENT = 204;

  /** Their names are in a function's environment, which takes 4 KB. */
  static final int MAX_SOURCES = 64;

  /** Of an agent's 40, for a source's claims have its name after {@code ingest-}. */
  private static final int MAX_NAME_LENGTH = 33;

  /** A standard parameter's, in Parameter Store. */
  private static final int MAX_PARAMETER_BYTES = 4096;

  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,100}");
  private static final Pattern POINTER = Pattern.compile("(?:/(?:[^~/]|~[01])*+)++");
  private static final Predicate<String> IS_HEADER = HEADER.asMatchPredicate();
  private static final Predicate<String> IS_POINTER = POINTER.asMatchPredicate();

  private final List<String> problems;
  private final EventSchemas schemas;

  SourceReader(List<String> problems, EventSchemas schemas) {
    this.problems = problems;
    this.schemas = schemas;
  }

  /**
   * @param taken names that publish events already: a third party must not pass for them
   */
  List<Catalog.Source> read(YamlNode all, Set<String> taken) {
    List<Catalog.Source> sources = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : all.node().properties()) {
      String name = entry.getKey();
      String path = all.pathOf(name);
      if (!NameRules.isName(name) || name.length() > MAX_NAME_LENGTH) {
        problems.add(
            path
                + " is not a source's name: lower-case letters, digits and single hyphens, a letter"
                + " first, at most "
                + MAX_NAME_LENGTH
                + " characters");
      }
      if (taken.contains(name)) {
        problems.add(
            path
                + " is the name that a hosted agent's events have, or those of operations, health"
                + " or alerts; a third party must not pass for them");
      }
      sources.add(
          source(
              name,
              YamlNode.of(
                  path,
                  entry.getValue(),
                  problems,
                  "scheme",
                  "type",
                  "delivery",
                  "each",
                  "unmapped",
                  "answer",
                  "mappings",
                  "from")));
    }
    if (sources.size() > MAX_SOURCES) {
      problems.add(
          all.path()
              + " has "
              + sources.size()
              + " of them; at most "
              + MAX_SOURCES
              + " fit, for their names are in a function's environment");
    }
    return sources;
  }

  private Catalog.Source source(String name, YamlNode source) {
    scheme(source);
    NetworkReader.ranges(source, "from");
    source.text(
        "type",
        "where a request says what it is about, header:NAME or a JSON Pointer such as /event",
        text -> IS_POINTER.test(text) || isHeader(text, "header:"));
    if (source.get("delivery").isPresent()) {
      source.text(
          "delivery",
          "a JSON Pointer to the delivery's id in the body, or unsigned-header:NAME, which whoever"
              + " records a body can change; without it, what is signed tells",
          text -> IS_POINTER.test(text) || isHeader(text, "unsigned-header:"));
    }
    if (source.get("each").isPresent()) {
      source.text(
          "each",
          "a JSON Pointer to the list of a request's events, such as /events, or '' if the whole"
              + " body is the list",
          text -> text.isEmpty() || IS_POINTER.test(text));
    }
    source.section("answer", "status", "body", "badSignature").ifPresent(SourceReader::answer);
    if (source.get("unmapped").isPresent()) {
      oneOf(source, "unmapped", List.of("acknowledged", "refused"));
    }
    YamlNode mappings =
        YamlNode.of(source.pathOf("mappings"), source.node().path("mappings"), problems);
    if (mappings.node().isEmpty()) {
      problems.add(
          mappings.path()
              + " must have one mapping or more, by the payload's type: {event: TYPE, data:"
              + " {PROPERTY: /pointer}}");
    }
    mappings
        .node()
        .properties()
        .forEach(
            entry ->
                mapping(
                    YamlNode.of(
                        mappings.pathOf(entry.getKey()),
                        entry.getValue(),
                        problems,
                        "event",
                        "data")));
    String json = source.node().toString();
    int bytes = json.getBytes(UTF_8).length;
    if (bytes > MAX_PARAMETER_BYTES) {
      problems.add(
          source.path()
              + " has "
              + bytes
              + " bytes as JSON; at most "
              + MAX_PARAMETER_BYTES
              + " fit into its parameter. Two sources, each with a part of the mappings, do");
    }
    if (json.contains("{{")) {
      problems.add(source.path() + " has {{ in it, which Parameter Store takes for a reference");
    }
    return new Catalog.Source(name, source.node());
  }

  private static void answer(YamlNode answer) {
    int status = answer.integer("status", OK, NO_CONTENT, ACCEPTED);
    Optional<String> body =
        answer.get("body").isPresent()
            ? answer.text("body", "one of " + String.join(", ", BODIES), BODIES::contains)
            : Optional.empty();
    if (status == NO_CONTENT && body.filter(kind -> !kind.equals("empty")).isPresent()) {
      answer.problems().add(answer.pathOf("body") + " must be empty, for a 204 has no body");
    }
    answer
        .get("badSignature")
        .filter(code -> !code.isInt() || (code.intValue() != 401 && code.intValue() != 403))
        .ifPresent(
            code ->
                answer
                    .problems()
                    .add(answer.pathOf("badSignature") + " must be 401 or 403; got " + code));
  }

  private void scheme(YamlNode source) {
    String keys = "header, prefix, encoding, algorithm, signed, timestampHeader, unit";
    JsonNode scheme = source.node().path("scheme");
    if (!(scheme instanceof ObjectNode)) {
      if (!scheme.isTextual() || !SCHEMES.contains(scheme.textValue())) {
        problems.add(
            source.pathOf("scheme")
                + " must be one of "
                + String.join(", ", SCHEMES)
                + ", or a mapping with "
                + keys
                + "; got "
                + YamlNode.kind(scheme));
      }
      return;
    }
    YamlNode described = YamlNode.of(source.pathOf("scheme"), scheme, problems, keys.split(", "));
    String header = "a header's name: letters, digits and hyphens";
    described.text("header", header, IS_HEADER);
    if (described.get("prefix").isPresent()) {
      described.text(
          "prefix",
          "what stands before the signature, such as sha256=",
          text -> !text.isBlank() && text.length() <= 100);
    }
    oneOf(described, "encoding", ENCODINGS);
    oneOf(described, "algorithm", ALGORITHMS);
    boolean timed =
        described
            .text(
                "signed",
                "what is signed: {body} once, perhaps {timestamp}, and no other braces, such as"
                    + " '{timestamp}.{body}'",
                SourceReader::isTemplate)
            .filter(text -> text.contains("{timestamp}"))
            .isPresent();
    if (timed) {
      described.text(
          "timestampHeader",
          "the name of the header that has the {timestamp} of signed",
          IS_HEADER);
    } else if (described.get("timestampHeader").isPresent()) {
      problems.add(
          described.pathOf("timestampHeader")
              + " is not signed, so it proves nothing; signed must have {timestamp} in it");
    }
    if (described.get("unit").isPresent()) {
      oneOf(described, "unit", UNITS);
      if (!timed) {
        problems.add(
            described.pathOf("unit") + " is of the {timestamp} of signed, and there is none");
      }
    }
  }

  private void mapping(YamlNode mapping) {
    JsonNode type = mapping.node().path("event");
    boolean known = type.isTextual() && schemas.eventTypes().contains(type.textValue());
    if (!known) {
      problems.add(
          mapping.pathOf("event")
              + " must be an event type of events-schemas ("
              + String.join(", ", schemas.eventTypes())
              + "); got "
              + YamlNode.kind(type));
    }
    YamlNode data = YamlNode.of(mapping.pathOf("data"), mapping.node().path("data"), problems);
    ObjectNode properties = known ? properties(type.textValue(), data) : null;
    for (Map.Entry<String, JsonNode> entry : data.node().properties()) {
      value(data, entry.getKey(), entry.getValue());
      if (properties != null) {
        property(data, entry, type.textValue(), properties);
      }
    }
  }

  /**
   * What the event's schema says of its data's properties; a mapping that leaves out what is
   * required makes no event ever.
   */
  private ObjectNode properties(String event, YamlNode data) {
    JsonNode schema = schemas.newestDocument(event).path("properties").path("data");
    for (JsonNode required : schema.path("required")) {
      if (!data.node().has(required.asText())) {
        problems.add(
            data.pathOf(required.asText())
                + " must be there, for the schema of "
                + event
                + " requires it");
      }
    }
    return schema.path("properties").isObject()
        ? (ObjectNode) schema.path("properties")
        : data.node().objectNode();
  }

  private void property(
      YamlNode data, Map.Entry<String, JsonNode> entry, String event, ObjectNode properties) {
    JsonNode schema = properties.path(entry.getKey());
    if (schema.isMissingNode()) {
      List<String> known = new ArrayList<>();
      properties.fieldNames().forEachRemaining(known::add);
      problems.add(
          data.pathOf(entry.getKey())
              + " is not a property of the event's data; there are "
              + String.join(", ", known));
    }
    if (entry.getValue().has("value")) {
      checkConstant(
          data.pathOf(entry.getKey()), event, entry.getKey(), entry.getValue().path("value"));
    }
  }

  /** What never changes can be held to the schema now. */
  private void checkConstant(String path, String event, String property, JsonNode value) {
    ObjectNode envelope = JsonNodeFactory.instance.objectNode().put("event_type", event);
    envelope.putObject("data").set(property, value);
    if (schemas.validate(envelope) instanceof Validation.Invalid(_, _, var violations)) {
      violations.stream()
          .filter(violation -> violation.pointer().equals("/data/" + property))
          .forEach(
              violation ->
                  problems.add(
                      path
                          + ".value "
                          + violation.expected()
                          + ", as the event's schema says; got "
                          + YamlNode.kind(value)));
    }
  }

  private void value(YamlNode data, String property, JsonNode value) {
    String path = data.pathOf(property);
    if (value.isTextual() && IS_POINTER.test(value.textValue())) {
      return;
    }
    if (!value.isObject()) {
      problems.add(
          path
              + " must be a JSON Pointer such as /lead/id, {pointer: /lead/id, as: text or number},"
              + " or {value: always the same}; got "
              + YamlNode.kind(value));
      return;
    }
    YamlNode section = YamlNode.of(path, value, problems, "pointer", "as", "value");
    if (section.node().has("value")) {
      if (section.node().size() > 1
          || !section.node().path("value").isValueNode()
          || section.node().path("value").isNull()) {
        problems.add(path + ".value must be a text, a number, true or false, and alone");
      }
      return;
    }
    section.text("pointer", "a JSON Pointer such as /lead/id", IS_POINTER);
    if (section.get("as").isPresent()) {
      oneOf(section, "as", List.of("number", "text"));
    }
  }

  private static void oneOf(YamlNode section, String key, List<String> known) {
    section.text(key, "one of " + String.join(", ", known), known::contains);
  }

  private static boolean isHeader(String text, String prefix) {
    return text.startsWith(prefix) && IS_HEADER.test(text.substring(prefix.length()));
  }

  private static boolean isTemplate(String text) {
    return text.length() <= 200
        && text.indexOf("{body}") >= 0
        && text.replaceFirst("\\{body}", "").replace("{timestamp}", "").matches("[^{}]*");
  }
}
