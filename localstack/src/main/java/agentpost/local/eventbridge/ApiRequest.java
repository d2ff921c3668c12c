package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The request that an API destination's target and connection make of an event. */
final class ApiRequest {
  /** Of a header's value, in characters. */
  private static final int LONGEST_HEADER = 512;

  private final Registry.Destination destination;
  private final JsonNode auth;
  private final JsonNode parameters;
  private final ObjectNode event;

  ApiRequest(Registry.Destination destination, Registry.Connection connection, ObjectNode target, ObjectNode event) {
    this.destination = destination;
    this.auth = connection.auth();
    this.parameters = target.path("HttpParameters");
    this.event = event;
  }

  /** @throws IllegalArgumentException if this event's values make no URL or no header */
  HttpRequest build(Reach reach, String body, Duration timeout) {
    URI declared = declared();
    URI found = reach.locate(declared);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(found)
            .method(destination.method(), HttpRequest.BodyPublishers.ofString(body))
            .timeout(timeout)
            .setHeader("User-Agent", "Amazon/EventBridge/ApiDestinations")
            .setHeader("Content-Type", "application/json; charset=utf-8")
            .setHeader("Range", "bytes=0-1048575")
            .setHeader("Accept-Encoding", "gzip,deflate");
    RestrictedHeaders.set(request, "Connection", "close");
    if (!found.equals(declared)) {
      RestrictedHeaders.set(request, "Host", declared.getRawAuthority());
    }
    // Later ones win: AWS merges the target's parameters with the connection's, and the connection's take precedence.
    parameters.path("HeaderParameters").properties().forEach(p -> header(request, p.getKey(), dynamic(p.getValue().asText())));
    auth.path("InvocationHttpParameters").path("HeaderParameters").forEach(p -> header(request, p.path("Key").asText(), p.path("Value").asText()));
    authorize(request);
    return request.build();
  }

  private static void header(HttpRequest.Builder request, String name, String value) {
    if (value.length() > LONGEST_HEADER) {
      throw new IllegalArgumentException("the header " + name + " has " + value.length() + " characters; at most " + LONGEST_HEADER + " are sent");
    }
    set(request, name, value);
  }

  /** The builder's own message quotes the value, which may be the connection's key, and what is said here gets into the dead letter. */
  private static void set(HttpRequest.Builder request, String name, String value) {
    try {
      request.setHeader(name, value);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("a header has a name or a value that HTTP does not allow");
    }
  }

  private void authorize(HttpRequest.Builder request) {
    JsonNode key = auth.path("ApiKeyAuthParameters");
    if (key.isObject()) {
      header(request, key.path("ApiKeyName").asText(), key.path("ApiKeyValue").asText());
    }
    JsonNode basic = auth.path("BasicAuthParameters");
    if (basic.isObject()) {
      String pair = basic.path("Username").asText() + ":" + basic.path("Password").asText();
      set(request, "Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
    }
  }

  private URI declared() {
    try {
      return URI.create(url());
    } catch (IllegalArgumentException _) {
      // The cause's message quotes the URL, with the connection's parameters in it.
      throw new IllegalArgumentException("the endpoint with its parameters is no URL");
    }
  }

  private String url() {
    StringBuilder url = new StringBuilder();
    Iterator<JsonNode> values = parameters.path("PathParameterValues").iterator();
    destination
        .endpoint()
        .chars()
        .forEach(c -> url.append(c == '*' && values.hasNext() ? encoded(dynamic(values.next().asText())) : String.valueOf((char) c)));
    Map<String, String> query = new LinkedHashMap<>();
    parameters.path("QueryStringParameters").properties().forEach(p -> query.put(p.getKey(), dynamic(p.getValue().asText())));
    auth.path("InvocationHttpParameters").path("QueryStringParameters").forEach(p -> query.put(p.path("Key").asText(), p.path("Value").asText()));
    query.forEach((key, value) -> url.append(url.indexOf("?") < 0 ? '?' : '&').append(encoded(key)).append('=').append(encoded(value)));
    return url.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private String dynamic(String value) {
    if (!value.startsWith("$.")) {
      return value;
    }
    JsonNode found = Input.at(event, value);
    return found.isContainerNode() ? found.toString() : found.asText();
  }
}
