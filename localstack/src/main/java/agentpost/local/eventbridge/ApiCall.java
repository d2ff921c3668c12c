package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One call of an API destination: EventBridge's headers, the connection's, the target's; five seconds of real time to the answer's end. */
final class ApiCall {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private final HttpClient http;
  private final Reach reach;

  ApiCall(Reach reach) {
    this.reach = reach;
    this.http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).connectTimeout(TIMEOUT).build();
  }

  /** What came of it. */
  sealed interface Answer {
    record Answered(int status, Optional<String> retryAfter, String body) implements Answer {}

    record TimedOut() implements Answer {}

    record NotConnected(String why) implements Answer {}
  }

  Answer call(Registry.Destination destination, Optional<Registry.Connection> connection, ObjectNode target, ObjectNode event, String body)
      throws InterruptedException {
    HttpRequest request;
    try {
      request = request(destination, connection, target, event, body);
    } catch (IllegalArgumentException e) {
      return new Answer.NotConnected(String.valueOf(e.getMessage()));
    }
    CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    try {
      HttpResponse<String> response = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer.Answered(response.statusCode(), response.headers().firstValue("Retry-After"), response.body());
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Answer.TimedOut();
    } catch (ExecutionException e) {
      // The request's own time-out and the one above race for the same five seconds.
      return e.getCause() instanceof HttpTimeoutException && !(e.getCause() instanceof HttpConnectTimeoutException)
          ? new Answer.TimedOut()
          : new Answer.NotConnected(String.valueOf(e.getCause()));
    }
  }

  private HttpRequest request(
      Registry.Destination destination, Optional<Registry.Connection> connection, ObjectNode target, ObjectNode event, String body) {
    JsonNode parameters = target.path("HttpParameters");
    StringBuilder url = new StringBuilder(filled(destination.endpoint(), parameters.path("PathParameterValues"), event));
    JsonNode auth = connection.map(Registry.Connection::auth).orElseGet(event::objectNode);
    JsonNode invocation = auth.path("InvocationHttpParameters");
    invocation.path("QueryStringParameters").forEach(p -> query(url, p.path("Key").asText(), p.path("Value").asText()));
    parameters.path("QueryStringParameters").properties().forEach(p -> query(url, p.getKey(), dynamic(p.getValue().asText(), event)));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(reach.locate(URI.create(url.toString())))
            .method(destination.method(), HttpRequest.BodyPublishers.ofString(body))
            .timeout(TIMEOUT)
            .setHeader("User-Agent", "Amazon/EventBridge/ApiDestinations")
            .setHeader("Content-Type", "application/json; charset=utf-8")
            .setHeader("Range", "bytes=0-1048575");
    authorize(request, auth);
    invocation.path("HeaderParameters").forEach(p -> request.setHeader(p.path("Key").asText(), p.path("Value").asText()));
    for (Map.Entry<String, JsonNode> header : parameters.path("HeaderParameters").properties()) {
      request.setHeader(header.getKey(), dynamic(header.getValue().asText(), event));
    }
    return request.build();
  }

  private static void authorize(HttpRequest.Builder request, JsonNode auth) {
    JsonNode key = auth.path("ApiKeyAuthParameters");
    if (key.isObject()) {
      request.setHeader(key.path("ApiKeyName").asText(), key.path("ApiKeyValue").asText());
    }
    JsonNode basic = auth.path("BasicAuthParameters");
    if (basic.isObject()) {
      String pair = basic.path("Username").asText() + ":" + basic.path("Password").asText();
      request.setHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
    }
  }

  private static String filled(String endpoint, JsonNode values, ObjectNode event) {
    Iterator<JsonNode> each = values.iterator();
    StringBuilder url = new StringBuilder();
    for (int i = 0; i < endpoint.length(); i++) {
      char c = endpoint.charAt(i);
      if (c == '*' && each.hasNext()) {
        url.append(encoded(dynamic(each.next().asText(), event)));
      } else {
        url.append(c);
      }
    }
    return url.toString();
  }

  private static void query(StringBuilder url, String key, String value) {
    url.append(url.indexOf("?") < 0 ? '?' : '&').append(encoded(key)).append('=').append(encoded(value));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private static String dynamic(String value, ObjectNode event) {
    return value.startsWith("$.") ? Input.at(event, value).asText() : value;
  }
}
