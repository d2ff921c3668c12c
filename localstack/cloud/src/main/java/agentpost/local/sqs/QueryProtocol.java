package agentpost.local.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.RequestModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQS's Query protocol, which clients of before November 2023 speak: a form is read as what a JSON
 * client would say, and the JSON answer is written as XML. Lists and maps are flat: {@code
 * Attribute.1.Name}, {@code Attribute.1.Value}.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html">Making
 *     Query API requests</a>
 */
final class QueryProtocol {
  static final String NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/";
  private static final Pattern QUEUE_PATH = Pattern.compile("/[0-9]{12}/[^/]+");
  private static final Pattern NUMBERED =
      Pattern.compile("([A-Za-z]+)\\.([1-9][0-9]{0,4})(?:\\.(.+))?");

  /** Of the protocol and its signatures. */
  private static final Pattern NO_MEMBER =
      Pattern.compile(
          "Action|Version|AWSAccessKeyId|Signature.*|Timestamp|Expires|SecurityToken|X-Amz-.*");

  private final RequestModel model;

  QueryProtocol(RequestModel model) {
    this.model = model;
  }

  static boolean isSpokenBy(AwsRequest request) {
    return request.header("x-amz-target").isEmpty();
  }

  /**
   * What a client says: its form, or the query of a GET. Old clients say in the path which queue
   * they mean.
   */
  static Map<String, String> form(AwsRequest request) {
    Map<String, String> form = new LinkedHashMap<>();
    request.query().forEach((name, values) -> form.put(name, values.getFirst()));
    String body = new String(request.body(), UTF_8);
    try {
      for (String pair : body.isEmpty() ? new String[0] : body.split("&", -1)) {
        int equals = pair.indexOf('=');
        String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8);
        form.put(URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), UTF_8), value);
      }
    } catch (IllegalArgumentException e) {
      throw AwsException.badRequest(
          "MalformedQueryString", "The query string contains a syntax error");
    }
    if (QUEUE_PATH.matcher(request.path()).matches()) {
      form.putIfAbsent("QueueUrl", request.path());
    }
    return form;
  }

  /** As a JSON client would have said it. */
  ObjectNode input(String operation, Map<String, String> form) {
    Map<String, Object> tree = new TreeMap<>();
    form.forEach(
        (name, value) -> {
          if (!NO_MEMBER.matcher(name).matches()) {
            put(tree, name, value);
          }
        });
    return structure(model.request(operation), tree, operation);
  }

  /** {@code A.1.B.C} becomes A, 1, B.C; the rest of it is read when its shape is known. */
  @SuppressWarnings("unchecked") // What is put here is text or such a map.
  private static void put(Map<String, Object> tree, String name, String value) {
    Matcher numbered = NUMBERED.matcher(name);
    if (!numbered.matches()) {
      tree.put(name, value);
      return;
    }
    Map<Integer, Object> items =
        (Map<Integer, Object>)
            tree.computeIfAbsent(numbered.group(1) + ".", _ -> new TreeMap<Integer, Object>());
    int number = Integer.parseInt(numbered.group(2));
    if (numbered.group(3) == null) {
      items.put(number, value);
    } else if (items.computeIfAbsent(number, _ -> new TreeMap<String, Object>())
        instanceof Map<?, ?> item) {
      put((Map<String, Object>) item, numbered.group(3), value);
    }
  }

  private ObjectNode structure(JsonNode shape, Map<String, Object> tree, String operation) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    Map<String, Object> rest = new TreeMap<>(tree);
    shape
        .path("members")
        .properties()
        .forEach(
            member -> {
              JsonNode of = model.shape(member.getValue().asText());
              String type = of.path("type").asText();
              boolean isFlat = type.equals("list") || type.equals("map");
              String name = isFlat ? flatName(member.getKey(), operation) : member.getKey();
              Object said =
                  rest.remove(
                      isFlat && rest.containsKey(name + ".") ? name + "." : member.getKey());
              if (said instanceof Map<?, ?> items && isFlat) {
                out.set(
                    member.getKey(),
                    type.equals("list") ? list(of, items, operation) : map(of, items, operation));
              } else if (isFlat && "".equals(said)) {
                // So say botocore's clients that a list is empty.
                out.set(member.getKey(), type.equals("list") ? out.arrayNode() : out.objectNode());
              } else if (said instanceof String text) {
                putScalar(type, text, out, member.getKey());
              }
            });
    // What is left is nobody's: the model refuses it by its name.
    rest.keySet().forEach(name -> out.put(name.replaceFirst("\\.$", ""), "?"));
    return out;
  }

  private static void putScalar(String type, String text, ObjectNode out, String member) {
    if (type.equals("integer") && text.matches("-?[0-9]{1,9}")) {
      out.put(member, Integer.parseInt(text));
    } else {
      out.put(member, text);
    }
  }

  /** The model has plurals where the form has a name for each. */
  private static String flatName(String member, String operation) {
    return switch (member) {
      case "Entries" -> operation + "RequestEntry";
      case "tags", "Tags" -> "Tag";
      default -> member.replaceFirst("s$", "");
    };
  }

  @SuppressWarnings("unchecked") // As put made it.
  private ArrayNode list(JsonNode shape, Map<?, ?> items, String operation) {
    JsonNode of = model.shape(shape.path("member").asText());
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    items
        .values()
        .forEach(
            item ->
                list.add(
                    item instanceof Map<?, ?> tree
                        ? structure(of, (Map<String, Object>) tree, operation)
                        : list.textNode((String) item)));
    return list;
  }

  @SuppressWarnings("unchecked") // As put made it.
  private ObjectNode map(JsonNode shape, Map<?, ?> items, String operation) {
    JsonNode of = model.shape(shape.path("value").asText());
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    for (Object item : items.values()) {
      if (item instanceof Map<?, ?> entry) {
        Object key = entry.containsKey("Name") ? entry.get("Name") : entry.get("Key");
        if (entry.get("Value") instanceof String text) {
          map.put(String.valueOf(key), text);
        } else {
          Map<String, Object> value = new TreeMap<>();
          entry.forEach(
              (name, text) -> value.put(((String) name).replaceFirst("^Value\\.", ""), text));
          value.remove("Name");
          map.set(String.valueOf(key), structure(of, value, operation));
        }
      }
    }
    return map;
  }

  /** An answer of JSON as XML. */
  static AwsResponse answer(String operation, JsonNode answer) {
    StringBuilder xml =
        new StringBuilder(
            "<?xml version=\"1.0\"?>\n<" + operation + "Response xmlns=\"" + NAMESPACE + "\">");
    if (!answer.isEmpty()) {
      element(xml, operation + "Result", () -> members(xml, operation, answer));
    }
    element(
        xml,
        "ResponseMetadata",
        () -> element(xml, "RequestId", () -> xml.append("00000000-0000-0000-0000-000000000000")));
    return new AwsResponse(
        200,
        Map.of("Content-Type", "text/xml"),
        xml.append("</").append(operation).append("Response>").toString().getBytes(UTF_8));
  }

  static AwsResponse error(int status, String code, String message) {
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"" + NAMESPACE + "\">");
    element(
        xml,
        "Error",
        () -> {
          element(xml, "Type", () -> xml.append(status < 500 ? "Sender" : "Receiver"));
          element(xml, "Code", () -> text(xml, code));
          element(xml, "Message", () -> text(xml, message));
          element(xml, "Detail", () -> {});
        });
    element(xml, "RequestId", () -> xml.append("00000000-0000-0000-0000-000000000000"));
    return new AwsResponse(
        status,
        Map.of("Content-Type", "text/xml"),
        xml.append("</ErrorResponse>").toString().getBytes(UTF_8));
  }

  private static void members(StringBuilder xml, String operation, JsonNode structure) {
    for (var member : structure.properties()) {
      String name = member.getKey();
      JsonNode value = member.getValue();
      if (value.isArray()) {
        value.forEach(
            one -> element(xml, elementName(name, operation), () -> value(xml, operation, one)));
      } else if (value.isObject() && isMap(name)) {
        map(xml, operation, name, value);
      } else if (!value.isNull()) {
        element(xml, name, () -> value(xml, operation, value));
      }
    }
  }

  private static boolean isMap(String name) {
    return List.of("Attributes", "MessageAttributes", "Tags").contains(name);
  }

  private static void map(StringBuilder xml, String operation, String name, JsonNode map) {
    BiConsumer<String, JsonNode> entry =
        (key, value) -> {
          element(xml, name.equals("Tags") ? "Key" : "Name", () -> text(xml, key));
          element(xml, "Value", () -> value(xml, operation, value));
        };
    map.properties()
        .forEach(
            one ->
                element(
                    xml,
                    name.replaceFirst("s$", ""),
                    () -> entry.accept(one.getKey(), one.getValue())));
  }

  private static String elementName(String name, String operation) {
    return switch (name) {
      case "Successful" -> operation + "ResultEntry";
      case "Failed" -> "BatchResultErrorEntry";
      case "Results" -> operation + "ResultEntry";
      case "queueUrls" -> "QueueUrl";
      default -> name.replaceFirst("s$", "");
    };
  }

  private static void value(StringBuilder xml, String operation, JsonNode value) {
    if (value.isObject()) {
      members(xml, operation, value);
    } else {
      text(xml, value.asText());
    }
  }

  private static void element(StringBuilder xml, String name, Runnable content) {
    xml.append('<').append(name).append('>');
    content.run();
    xml.append("</").append(name).append('>');
  }

  /** A message has characters of XML only; see Limits. */
  private static void text(StringBuilder xml, String text) {
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '&' -> xml.append("&amp;");
                case '\r' -> xml.append("&#13;");
                default -> xml.appendCodePoint(c);
              }
            });
  }
}
