package agentpost.local.eventbridge.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A token of OAuth's client credentials grant (RFC 6749, 4.4).
 *
 * @param header as it goes into {@code Authorization}
 * @param expires nothing if the authorization server does not say
 * @param auth the connection's parameters that it was got with
 */
record OAuthToken(String header, Optional<Instant> expires, JsonNode auth) {
  boolean isOf(JsonNode parameters) {
    return auth.equals(parameters);
  }

  @Override
  public String toString() {
    return "OAuthToken[expires " + expires + "]";
  }

  sealed interface Fetched {
    record Token(OAuthToken token) implements Fetched {}

    record Failed(String why) implements Fetched {}
  }

  /** Asks authorization servers. */
  static final class Client {
    private static final JsonMapper JSON = new JsonMapper();

    /** In bytes; a token has a few thousand. */
    private static final int MAX_ANSWER = 256 * 1024;

    private final TargetServices reach;
    private final EndpointClient http;

    Client(TargetServices reach, EndpointClient http) {
      this.reach = reach;
      this.http = http;
    }

    Fetched fetch(JsonNode auth, Instant now) throws InterruptedException {
      CompletableFuture<EndpointClient.Response> answer;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      try {
        URI endpoint =
            URI.create(auth.path("OAuthParameters").path("AuthorizationEndpoint").asText());
        if (reach.isElsewhere(endpoint)) {
          // A token that nobody gave would authorize nothing where it is used.
          return new Fetched.Failed(
              "the authorization endpoint is not on this machine: ./agentpost local"
                  + " --allow-internet "
                  + endpoint.getHost()
                  + " calls it, --route "
                  + endpoint.getHost()
                  + "=PORT leads it to a port here.");
        }
        answer =
            http.send(
                request(auth.path("OAuthParameters")),
                () -> {},
                part -> body.write(part, 0, Math.min(part.length, MAX_ANSWER - body.size())));
      } catch (IllegalArgumentException e) {
        return new Fetched.Failed(
            "the authorization endpoint with its parameters is no URL, or a parameter is no"
                + " header.");
      }
      try {
        EndpointClient.Response response =
            answer.get(EndpointCall.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        return read(response.status(), body.toString(UTF_8), auth, now);
      } catch (TimeoutException e) {
        answer.cancel(true);
        return new Fetched.Failed("the authorization endpoint did not answer within 5 seconds.");
      } catch (ExecutionException e) {
        return new Fetched.Failed(
            "the authorization endpoint could not be reached: " + e.getCause());
      }
    }

    private EndpointClient.Request request(JsonNode oauth) {
      JsonNode parameters = oauth.path("OAuthHttpParameters");
      Map<String, String> form = new LinkedHashMap<>();
      form.put("grant_type", "client_credentials");
      form.put("client_id", oauth.path("ClientParameters").path("ClientID").asText());
      form.put("client_secret", oauth.path("ClientParameters").path("ClientSecret").asText());
      parameters
          .path("BodyParameters")
          .forEach(p -> form.put(p.path("Key").asText(), p.path("Value").asText()));
      Map<String, String> query = new LinkedHashMap<>();
      String method = oauth.path("HttpMethod").asText();
      if (method.equals("GET")) {
        query.putAll(form);
      }
      parameters
          .path("QueryStringParameters")
          .forEach(p -> query.put(p.path("Key").asText(), p.path("Value").asText()));
      String endpoint = oauth.path("AuthorizationEndpoint").asText();
      URI found =
          reach.locate(
              URI.create(
                  query.isEmpty()
                      ? endpoint
                      : endpoint + (endpoint.contains("?") ? "&" : "?") + encode(query)));
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      headers.put("User-Agent", "Amazon/EventBridge/ApiDestinations");
      headers.put("Accept", "application/json");
      headers.put("Connection", "close");
      if (!method.equals("GET")) {
        headers.put("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
      }
      parameters
          .path("HeaderParameters")
          .forEach(p -> headers.put(p.path("Key").asText(), p.path("Value").asText()));
      return new EndpointClient.Request(
          method, found, headers, method.equals("GET") ? "" : encode(form));
    }

    private static String encode(Map<String, String> parameters) {
      return parameters.entrySet().stream()
          .map(p -> ApiRequest.encode(p.getKey()) + "=" + ApiRequest.encode(p.getValue()))
          .collect(Collectors.joining("&"));
    }

    private static Fetched read(int status, String answer, JsonNode auth, Instant now) {
      if (status / 100 != 2) {
        return new Fetched.Failed("the authorization endpoint answered " + status + ".");
      }
      try {
        JsonNode body = JSON.readTree(answer);
        String token = body.path("access_token").asText("");
        if (token.isEmpty()) {
          return new Fetched.Failed("the authorization endpoint's answer has no access_token.");
        }
        // Servers write the type in any case; requests have it as RFC 6750 does.
        String type = body.path("token_type").asText("Bearer");
        Optional<Instant> expires =
            body.path("expires_in").asLong(0) > 0
                ? Optional.of(now.plusSeconds(body.path("expires_in").asLong()))
                : Optional.empty();
        return new Fetched.Token(
            new OAuthToken(
                (type.equalsIgnoreCase("bearer") ? "Bearer" : type) + " " + token, expires, auth));
      } catch (JsonProcessingException e) {
        return new Fetched.Failed("the authorization endpoint's answer is not JSON.");
      }
    }
  }
}
