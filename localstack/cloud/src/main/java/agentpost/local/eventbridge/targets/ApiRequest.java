package agentpost.local.eventbridge.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.eventbridge.input.EventJson;
import agentpost.local.eventbridge.input.JsonPath;
import agentpost.local.eventbridge.registry.Connection;
import agentpost.local.eventbridge.registry.Registry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The request that an API destination's target and connection make of an event. */
public final class ApiRequest {
  static final String MASK = "***";

  /** Of a header's value, in characters. */
  private static final int MAX_HEADER_LENGTH = 512;

  /**
   * EventBridge's own, whatever the parameters say, and what HTTP/1.1 leaves to the client.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html#eb-api-destination-headers">Headers
   *     included in requests to API destinations</a>
   */
  private static final Set<String> OWN =
      Set.of(
          "user-agent",
          "range",
          "accept-encoding",
          "connection",
          "content-length",
          "host",
          "transfer-encoding",
          "expect",
          "upgrade");

  /**
   * What else is taken away from every request, whoever puts it there.
   *
   * @see <a
   *     href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html">API
   *     destinations as targets</a>, on the headers that EventBridge removes
   */
  private static final Set<String> REMOVED =
      Set.of(
          "a-im",
          "accept-charset",
          "accept-datetime",
          "cache-control",
          "content-encoding",
          "content-md5",
          "date",
          "forwarded",
          "from",
          "http2-settings",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "max-forwards",
          "origin",
          "pragma",
          "proxy-authorization",
          "referer",
          "te",
          "trailer",
          "via",
          "warning");

  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "OPTIONS");
  private static final JsonMapper JSON = EventJson.MAPPER;

  private final Registry.Destination destination;
  private final JsonNode invocation;
  private final JsonNode parameters;
  private final ObjectNode event;
  private final Set<String> secret = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  /**
   * @param shown the same for people: what authorizes is masked
   */
  record Built(EndpointClient.Request request, Exchange.Request shown) {}

  public ApiRequest(
      Registry.Destination destination,
      Connection connection,
      ObjectNode target,
      ObjectNode event) {
    this.destination = destination;
    this.invocation = connection.auth().path("InvocationHttpParameters");
    this.parameters = target.path("HttpParameters");
    this.event = event;
  }

  /**
   * @param authorization headers that the connection authorizes with
   * @throws IllegalArgumentException if this event's values make no URL or no header
   */
  public Built build(TargetServices reach, String input, Map<String, String> authorization) {
    URI declared = declaredUri();
    URI found = reach.locate(declared);
    String body =
        WITHOUT_BODY.contains(destination.method()) ? "" : withBodyParameters(input, false);
    Map<String, String> headers = headers(authorization);
    Map<String, List<String>> shown = new LinkedHashMap<>();
    headers.forEach(
        (name, value) ->
            shown.put(
                name,
                List.of(secret.contains(name) || authorization.containsKey(name) ? MASK : value)));
    String shownBody = body.isEmpty() ? "" : withBodyParameters(input, true);
    if (!found.equals(declared)) {
      headers.put("Host", declared.getRawAuthority());
    }
    // Not to the API on this machine: its functions see nothing of a connection, and to make one
    // for each delivery is a tenth of what a delivery costs here.
    if (!reach.isFrontDoor(declared)) {
      headers.put("Connection", "close");
    }
    return new Built(
        new EndpointClient.Request(destination.method(), found, headers, body),
        new Exchange.Request(destination.method(), url(true), shown, shownBody));
  }

  /**
   * Later ones win: AWS merges the target's parameters with the connection's, and the connection's
   * take precedence.
   */
  private Map<String, String> headers(Map<String, String> authorization) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Content-Type", "application/json; charset=utf-8");
    parameters
        .path("HeaderParameters")
        .properties()
        .forEach(p -> header(headers, p.getKey(), dynamic(p.getValue().asText())));
    for (JsonNode parameter : invocation.path("HeaderParameters")) {
      header(headers, parameter.path("Key").asText(), parameter.path("Value").asText());
      if (parameter.path("IsValueSecret").asBoolean()) {
        secret.add(parameter.path("Key").asText());
      }
    }
    // Tokens are longer than a parameter may be.
    headers.putAll(authorization);
    headers
        .keySet()
        .removeIf(
            name ->
                OWN.contains(name.toLowerCase(Locale.ROOT))
                    || REMOVED.contains(name.toLowerCase(Locale.ROOT)));
    headers.put("User-Agent", "Amazon/EventBridge/ApiDestinations");
    headers.put("Range", "bytes=0-1048575");
    headers.put("Accept-Encoding", "gzip,deflate");
    return headers;
  }

  private static void header(Map<String, String> headers, String name, String value) {
    if (value.length() > MAX_HEADER_LENGTH) {
      throw new IllegalArgumentException(
          "the header "
              + name
              + " has "
              + value.length()
              + " characters; at most "
              + MAX_HEADER_LENGTH
              + " are sent");
    }
    headers.put(name, value);
  }

  private URI declaredUri() {
    try {
      return URI.create(url(false));
    } catch (IllegalArgumentException _) {
      // The cause's message quotes the URL, with the connection's parameters in it.
      throw new IllegalArgumentException("the endpoint with its parameters is no URL");
    }
  }

  /** Body parameters become fields of a body that is a JSON object. */
  private String withBodyParameters(String input, boolean masked) {
    if (invocation.path("BodyParameters").isEmpty()) {
      return input;
    }
    try {
      if (!(JSON.readTree(input) instanceof ObjectNode body)) {
        return input;
      }
      invocation
          .path("BodyParameters")
          .forEach(
              p ->
                  body.put(
                      p.path("Key").asText(),
                      masked && p.path("IsValueSecret").asBoolean()
                          ? MASK
                          : p.path("Value").asText()));
      return body.toString();
    } catch (JsonProcessingException | NumberFormatException e) {
      // A text's template makes no JSON: there is nothing that a field could be added to.
      return input;
    }
  }

  private String url(boolean masked) {
    StringBuilder url = new StringBuilder();
    Iterator<JsonNode> values = parameters.path("PathParameterValues").iterator();
    destination
        .endpoint()
        .chars()
        .forEach(
            c ->
                url.append(
                    c == '*' && values.hasNext()
                        ? encode(dynamic(values.next().asText()))
                        : String.valueOf((char) c)));
    Map<String, String> query = new LinkedHashMap<>();
    parameters
        .path("QueryStringParameters")
        .properties()
        .forEach(p -> query.put(p.getKey(), dynamic(p.getValue().asText())));
    for (JsonNode p : invocation.path("QueryStringParameters")) {
      query.put(
          p.path("Key").asText(),
          masked && p.path("IsValueSecret").asBoolean() ? MASK : p.path("Value").asText());
    }
    query.forEach(
        (key, value) ->
            url.append(url.indexOf("?") < 0 ? '?' : '&')
                .append(encode(key))
                .append('=')
                .append(encode(value)));
    return url.toString();
  }

  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private String dynamic(String value) {
    if (!value.startsWith("$.")) {
      return value;
    }
    JsonNode found = JsonPath.at(event, value);
    return found.isContainerNode() ? found.toString() : found.asText();
  }
}
