package agentpost.local.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service that speaks AWS REST JSON: the operation is told by method and path, its members are in
 * the path, the query, headers and the body. An error is {@code {"message":…}} with {@code
 * x-amzn-ErrorType}.
 *
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html">AWS REST JSON</a>
 */
public final class RestService implements AwsService {
  /** One operation. Errors that the caller is to see are {@link AwsException}s. */
  @FunctionalInterface
  public interface Operation {
    AwsResponse call(ObjectNode input);
  }

  private record Route(
      String operation,
      String method,
      Pattern path,
      List<String> names,
      Operation implementation) {}

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern LABEL = Pattern.compile("\\{([A-Za-z]+)}");
  private final String name;
  private final RequestModel model;
  private final Map<String, Route> routes = new TreeMap<>();

  /**
   * @param name that requests are signed for, such as {@code scheduler}
   */
  public RestService(String name, RequestModel model, Map<String, Operation> operations) {
    this.name = name;
    this.model = model;
    operations.forEach(
        (operation, implementation) -> routes.put(operation, route(operation, implementation)));
  }

  private Route route(String operation, Operation implementation) {
    String[] http = model.http(operation).split(" ", 2);
    if (http.length < 2) {
      throw new IllegalStateException("The model has no request of " + operation);
    }
    List<String> names =
        LABEL.matcher(http[1]).results().map((MatchResult label) -> label.group(1)).toList();
    String path = LABEL.matcher(http[1].replaceFirst("/$", "")).replaceAll("([^/]+)");
    return new Route(operation, http[0], Pattern.compile(path + "/?"), names, implementation);
  }

  /** The names of all that it answers. */
  public Set<String> operations() {
    return Set.copyOf(routes.keySet());
  }

  /**
   * @throws AwsException if it is no such operation's request, or says what is not honoured here
   */
  public void check(String operation, ObjectNode input) {
    model.check(operation, input);
  }

  /** Calls an operation as a client would, for callers inside this JVM. */
  public AwsResponse call(String operation, ObjectNode input) {
    check(operation, input);
    return Optional.ofNullable(routes.get(operation))
        .orElseThrow(() -> unknownOperation(operation))
        .implementation()
        .call(input);
  }

  @Override
  public AwsResponse handle(AwsRequest request) {
    try {
      for (Route route : routes.values()) {
        Matcher path = route.path().matcher(request.path());
        if (route.method().equals(request.method()) && path.matches()) {
          return call(route.operation(), input(route, path, request));
        }
      }
      throw unknownOperation(request.method() + " " + request.path());
    } catch (AwsException e) {
      ObjectNode error =
          JsonNodeFactory.instance
              .objectNode()
              .put("Type", e.status() < 500 ? "User" : "Service")
              .put("message", e.description());
      return json(e.status(), Map.of("x-amzn-ErrorType", e.code()), error);
    }
  }

  private AwsException unknownOperation(String what) {
    return AwsException.badRequest(
        "UnknownOperationException", "The local cloud does not support " + name + ": " + what);
  }

  private ObjectNode input(Route route, Matcher path, AwsRequest request) {
    JsonNode shape = model.request(route.operation());
    String payload = shape.path("payload").asText();
    ObjectNode input = payload.isEmpty() ? body(request) : JsonNodeFactory.instance.objectNode();
    if (!payload.isEmpty() && request.body().length > 0) {
      input.set(payload, BinaryNode.valueOf(request.body()));
    }
    // What has its place in the path, the query or a header is read there alone: who checks rights
    // looks there, too.
    for (var member : shape.path("where").properties()) {
      if (input.has(member.getKey())) {
        throw unsupportedMethod(member.getKey() + " in the body", route);
      }
    }
    for (int label = 0; label < route.names().size(); label++) {
      input.put(
          route.names().get(label),
          URLDecoder.decode(path.group(label + 1).replace("+", "%2B"), UTF_8));
    }
    List<String> queried = new ArrayList<>();
    for (var member : shape.path("where").properties()) {
      String[] where = member.getValue().asText().split(" ", 2);
      if (where[0].equals("header")) {
        request
            .header(where[1])
            .ifPresent(value -> input.set(member.getKey(), value(shape, member.getKey(), value)));
      } else if (where[0].equals("querystring")) {
        queried.add(where[1]);
        List<String> values = request.query().getOrDefault(where[1], List.of());
        if (!values.isEmpty()) {
          input.set(member.getKey(), value(shape, member.getKey(), values.getFirst()));
        }
      }
    }
    for (String parameter : request.query().keySet()) {
      if (!queried.contains(parameter) && !parameter.startsWith("X-Amz-")) {
        throw unsupportedMethod(parameter, route);
      }
    }
    return input;
  }

  private static AwsException unsupportedMethod(String what, Route route) {
    return AwsException.badRequest(
        "ValidationException",
        "The local cloud does not support " + what + " of " + route.operation() + ".");
  }

  /** In a query and in headers all is text. */
  private JsonNode value(JsonNode shape, String member, String text) {
    return switch (model.shape(shape.path("members").path(member).asText()).path("type").asText()) {
      case "integer" ->
          text.matches("-?[0-9]{1,9}")
              ? IntNode.valueOf(Integer.parseInt(text))
              : TextNode.valueOf(text);
      case "boolean" ->
          text.matches("true|false")
              ? BooleanNode.valueOf(Boolean.parseBoolean(text))
              : TextNode.valueOf(text);
      default -> TextNode.valueOf(text);
    };
  }

  private static ObjectNode body(AwsRequest request) {
    if (request.body().length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      if (JSON.readTree(request.body()) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw AwsException.badRequest("SerializationException", "The request's body is not JSON");
    }
    throw AwsException.badRequest(
        "SerializationException", "The request's body is not a JSON object");
  }

  public static AwsResponse json(int status, JsonNode body) {
    return json(status, Map.of(), body);
  }

  private static AwsResponse json(int status, Map<String, String> headers, JsonNode body) {
    Map<String, String> all = new TreeMap<>(headers);
    all.put("Content-Type", "application/json");
    return new AwsResponse(status, all, body.toString().getBytes(UTF_8));
  }
}
