package agentpost.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.egress.ApiHost;
import agentpost.local.iam.Authorizer;
import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.Principal;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Functions' URLs, open to everyone whom the function's policy lets in, at {@code
 * /_aws/lambda-url/<id>/…}.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html">Invoking Lambda
 *     function URLs</a>
 */
public final class FunctionUrls {
  public static final String PREFIX = "/_aws/lambda-url/";
  private static final JsonMapper JSON = new JsonMapper();

  /** "Lambda quotas": invocation payload, 6 MB for requests that are answered. */
  private static final int MAX_BODY = 6 * 1024 * 1024;

  private record Target(String function, String arn) {}

  private final Map<String, Target> targets = new ConcurrentHashMap<>();
  private final FunctionHost functions;
  private final Authorizer rights;

  public FunctionUrls(FunctionHost functions, Authorizer rights) {
    this.functions = functions;
    this.rights = rights;
  }

  /**
   * @param arn of the function, or of its alias
   * @return the URL's id
   */
  public String open(String arn) {
    String function =
        functions
            .find(arn)
            .orElseThrow(() -> new IllegalArgumentException("there is no function " + arn));
    // As long as one of AWS's, and the same as long as the function is.
    String id = UUID.nameUUIDFromBytes(arn.getBytes(UTF_8)).toString().replace("-", "");
    targets.put(id, new Target(function, arn));
    return id;
  }

  public void close(String id) {
    targets.remove(id);
  }

  /**
   * @param request whose path begins with {@link #PREFIX}
   */
  public AwsResponse handle(AwsRequest request, String sourceIp) throws InterruptedException {
    String[] parts = request.path().substring(PREFIX.length()).split("/", 2);
    Target target = targets.get(parts[0]);
    if (target == null || !mayCall(target)) {
      return message(403, "Message", "Forbidden");
    }
    if (request.body().length > MAX_BODY) {
      return message(413, "Message", "Request Too Long");
    }
    String path = "/" + (parts.length > 1 ? parts[1] : "");
    return switch (functions.invoke(
        target.function(), event(parts[0], path, request, sourceIp).toString())) {
      case FunctionHost.Result.Answered<String>(var answer) ->
          toResponse(answer).orElseGet(FunctionUrls::failed);
      case FunctionHost.Result.Failed<String> _ -> failed();
      // "Throttling function URLs": 429.
      case FunctionHost.Result.Throttled<String> _ -> message(429, "message", "Rate Exceeded.");
      case FunctionHost.Result.NoSuchFunction<String> _ -> message(404, "Message", "Not Found");
    };
  }

  /**
   * Since October 2025 everyone needs two rights, of which the second is for calls by a URL alone
   * ("Control access to Lambda function URLs").
   */
  private boolean mayCall(Target target) {
    return List.of(
            new ActionRequest("lambda:InvokeFunctionUrl", target.arn())
                .with("lambda:FunctionUrlAuthType", List.of("NONE")),
            new ActionRequest("lambda:InvokeFunction", target.arn())
                .with("lambda:InvokedViaFunctionUrl", List.of("true")))
        .stream()
        .allMatch(
            call -> {
              Optional<Authorizer.Refusal> refusal =
                  rights.byResource(new Principal.Anonymous(), call);
              refusal.ifPresent(why -> rights.tell(target.function(), why));
              return refusal.isEmpty();
            });
  }

  private static ObjectNode event(String id, String path, AwsRequest request, String sourceIp) {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", "2.0")
            .put("routeKey", "$default")
            .put("rawPath", path)
            .put("body", Base64.getEncoder().encodeToString(request.body()))
            .put("isBase64Encoded", true);
    ObjectNode headers = event.putObject("headers");
    request.headers().forEach(headers::put);
    ObjectNode query = event.putObject("queryStringParameters");
    request.query().forEach((name, values) -> query.put(name, String.join(",", values)));
    ObjectNode context =
        event
            .putObject("requestContext")
            .put("accountId", "anonymous")
            .put("apiId", id)
            .put("domainName", ApiHost.ofUrl(id))
            .put("domainPrefix", id)
            .put("requestId", UUID.randomUUID().toString())
            .put("routeKey", "$default")
            .put("stage", "$default");
    context
        .putObject("http")
        .put("method", request.method())
        .put("path", path)
        .put("protocol", "HTTP/1.1")
        .put("sourceIp", sourceIp)
        .put("userAgent", request.header("user-agent").orElse(""));
    return event;
  }

  /** Nothing if it is no answer in HTTP; what Lambda makes of other JSON, nothing here needs. */
  private static Optional<AwsResponse> toResponse(String answer) {
    try {
      JsonNode json = JSON.readTree(answer);
      if (!json.path("statusCode").isInt()) {
        return Optional.empty();
      }
      Map<String, String> headers = new HashMap<>();
      json.path("headers")
          .properties()
          .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
      String body = json.path("body").asText("");
      return Optional.of(
          new AwsResponse(
              json.path("statusCode").intValue(),
              headers,
              json.path("isBase64Encoded").asBoolean()
                  ? Base64.getDecoder().decode(body)
                  : body.getBytes(UTF_8)));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static AwsResponse failed() {
    return new AwsResponse(
        502, Map.of("Content-Type", "text/plain"), "Internal Server Error".getBytes(UTF_8));
  }

  private static AwsResponse message(int status, String key, String text) {
    return new AwsResponse(
        status,
        Map.of("Content-Type", "application/json"),
        JsonNodeFactory.instance.objectNode().put(key, text).toString().getBytes(UTF_8));
  }
}
