package agentpost.local.apigateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.iam.Authorizer;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.policy.ActionRequest;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.StubResponder;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * REST APIs from their OpenAPI documents: proxy integrations with functions, at {@code
 * /_aws/execute-api/<api>/<stage>/…}.
 */
public final class RestApiService {
  public static final String PREFIX = "/_aws/execute-api/";
  private static final Pattern FUNCTION =
      Pattern.compile(
          "(arn:aws:lambda:[a-z0-9-]*:[0-9]*:function:([A-Za-z0-9_-]+)(?::[A-Za-z0-9_-]+)?)/invocations$");

  private static final Pattern TEMPLATE = Pattern.compile("(?:/(?:\\{[A-Za-z0-9]+}|[^/{}]*+))++");

  /**
   * "Amazon API Gateway quotas": payload size, 10 MB; the answer is the gateway response
   * REQUEST_TOO_LARGE.
   */
  private static final int MAX_BODY = 10 * 1024 * 1024;

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private record Route(
      String method,
      String resource,
      Pattern path,
      List<String> parameters,
      String function,
      String functionArn) {}

  private record Api(List<Route> routes, GatewayResponses responses, ResourcePolicy policy) {}

  private static final Api NONE =
      new Api(
          List.of(),
          GatewayResponses.of(JsonNodeFactory.instance.objectNode()),
          ResourcePolicy.NONE);
  private final Map<String, Api> apis = new ConcurrentHashMap<>();
  private final Map<String, String> domains = new ConcurrentHashMap<>();
  private final Map<String, StubResponder> standIns = new ConcurrentHashMap<>();
  private final List<BiConsumer<AwsRequest, AwsResponse>> listeners = new CopyOnWriteArrayList<>();
  private final FunctionHost functions;
  private final Authorizer rights;

  /** With no rights to keep to. */
  public RestApiService(FunctionHost functions) {
    this(functions, new Authorizer(new ResourcePolicies(), (_, _) -> {}));
  }

  public RestApiService(FunctionHost functions, Authorizer rights) {
    this.functions = functions;
    this.rights = rights;
  }

  /**
   * @param policy whom the API lets in; an empty one, or none, is everyone
   * @throws IllegalArgumentException naming an integration that is not a function's proxy, a
   *     response of the gateway's own that it cannot give, or what it cannot enforce of a policy
   */
  public void deploy(String api, JsonNode document, JsonNode policy) {
    List<Route> routes = new CopyOnWriteArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation ->
                            routes.add(
                                route(
                                    operation.getKey().toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    operation.getValue()))));
    apis.put(api, new Api(routes, GatewayResponses.of(document), ResourcePolicy.of(policy)));
  }

  /**
   * A domain's requests go to a stage of an API, and have no stage in their paths.
   *
   * @param domain as the first part of its host's name
   */
  public void map(String domain, String api, String stage) {
    domains.put(domain, api + "/" + stage);
  }

  /** Has another answer at a path of every API, before its function is asked. */
  public void standIn(String path, StubResponder other) {
    standIns.put(path, other);
  }

  /** Hears of every request that was answered, its path without the stage's, and of its answer. */
  public void listen(BiConsumer<AwsRequest, AwsResponse> listener) {
    listeners.add(listener);
  }

  private static Route route(String method, String path, JsonNode operation) {
    JsonNode integration = operation.path("x-amazon-apigateway-integration");
    Matcher function = FUNCTION.matcher(integration.path("uri").asText());
    if (!integration.path("type").asText().equals("aws_proxy") || !function.find()) {
      throw new IllegalArgumentException(
          method
              + " "
              + path
              + ": the local cloud supports aws_proxy integrations with functions only");
    }
    if (!METHODS.contains(method)) {
      throw new IllegalArgumentException(
          method + " " + path + ": the local cloud does not support this method");
    }
    if (!TEMPLATE.matcher(path).matches()) {
      throw new IllegalArgumentException(
          path
              + ": the local cloud supports path parameters such as {agent}, each for one part of"
              + " the path");
    }
    List<String> parameters =
        Pattern.compile("\\{([A-Za-z0-9]+)}")
            .matcher(path)
            .results()
            .map(found -> found.group(1))
            .toList();
    String regex = Pattern.quote(path).replaceAll("\\{[A-Za-z0-9]+}", "\\\\E([^/]+)\\\\Q");
    return new Route(
        method, path, Pattern.compile(regex), parameters, function.group(2), function.group(1));
  }

  /**
   * @param request whose path begins with {@link #PREFIX}
   */
  public AwsResponse handle(AwsRequest request, Map<String, List<String>> headers, String sourceIp)
      throws InterruptedException {
    String[] parts = withStage(request.path().substring(PREFIX.length())).split("/", 3);
    String path = "/" + (parts.length > 2 ? parts[2] : "");
    AwsResponse response = respond(parts, path, request, headers, sourceIp);
    AwsRequest called =
        new AwsRequest(request.method(), path, request.query(), request.headers(), request.body());
    listeners.forEach(listener -> listener.accept(called, response));
    return response;
  }

  private AwsResponse respond(
      String[] parts,
      String path,
      AwsRequest request,
      Map<String, List<String>> headers,
      String sourceIp)
      throws InterruptedException {
    StubResponder standIn = standIns.get(path);
    if (standIn != null) {
      Optional<AwsResponse> answer = standIn.answer(request);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    Api api = apis.getOrDefault(parts[0], NONE);
    // The path as it was written, as AWS has it in the ARN; the peer's address, whatever headers
    // say.
    if (!api.policy()
        .lets((parts.length > 1 ? parts[1] : "") + "/" + request.method() + path, sourceIp)) {
      return api.responses().deniedResponse();
    }
    if (request.body().length > MAX_BODY) {
      return message(413, "Request Too Long");
    }
    for (Route route : api.routes()) {
      Matcher matcher = route.path().matcher(path);
      if (route.method().equals(request.method()) && matcher.matches()) {
        String source =
            "arn:aws:execute-api:us-east-1:"
                + Authorizer.ACCOUNT
                + ":"
                + parts[0]
                + "/"
                + parts[1]
                + "/"
                + request.method()
                + path;
        Optional<Authorizer.Refusal> refusal =
            rights.byResource(
                "apigateway.amazonaws.com",
                source,
                new ActionRequest("lambda:InvokeFunction", route.functionArn()));
        if (refusal.isPresent()) {
          rights.tell(route.function(), refusal.get());
          return api.responses().failedResponse(500);
        }
        return toResponse(
            functions.invoke(
                route.function(), event(parts, route, matcher, path, request, headers, sourceIp)),
            api.responses());
      }
    }
    return message(403, "Missing Authentication Token");
  }

  private String withStage(String path) {
    String[] parts = path.split("/", 2);
    String stage = domains.get(parts[0]);
    return stage == null ? path : stage + "/" + (parts.length > 1 ? parts[1] : "");
  }

  private static APIGatewayProxyRequestEvent event(
      String[] parts,
      Route route,
      Matcher matcher,
      String path,
      AwsRequest request,
      Map<String, List<String>> headers,
      String sourceIp) {
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < route.parameters().size(); i++) {
      parameters.put(
          route.parameters().get(i),
          URLDecoder.decode(matcher.group(i + 1).replace("+", "%2B"), UTF_8));
    }
    return new APIGatewayProxyRequestEvent()
        .withResource(route.resource())
        .withHttpMethod(request.method())
        .withPath(path)
        .withPathParameters(parameters)
        .withMultiValueQueryStringParameters(request.query())
        .withHeaders(new TreeMap<>(request.headers()))
        .withMultiValueHeaders(headers)
        .withRequestContext(
            new APIGatewayProxyRequestEvent.ProxyRequestContext()
                .withAccountId("000000000000")
                .withApiId(parts[0])
                .withStage(parts[1])
                .withResourcePath(route.resource())
                .withPath("/" + parts[1] + path)
                .withHttpMethod(request.method())
                .withProtocol("HTTP/1.1")
                .withRequestId(UUID.randomUUID().toString())
                .withIdentity(
                    new APIGatewayProxyRequestEvent.RequestIdentity()
                        .withSourceIp(sourceIp)
                        .withUserAgent(request.header("user-agent").orElse(null))))
        .withBody(Base64.getEncoder().encodeToString(request.body()))
        .withIsBase64Encoded(true);
  }

  private static AwsResponse toResponse(
      FunctionHost.Result<APIGatewayProxyResponseEvent> result, GatewayResponses responses) {
    return switch (result) {
      case FunctionHost.Result.Answered<APIGatewayProxyResponseEvent>(var response) ->
          toResponse(response, responses);
      case FunctionHost.Result.Failed<APIGatewayProxyResponseEvent> _ ->
          responses.failedResponse(502);
      case FunctionHost.Result.Throttled<APIGatewayProxyResponseEvent> _ ->
          responses.throttledResponse();
      case FunctionHost.Result.NoSuchFunction<APIGatewayProxyResponseEvent> _ ->
          responses.failedResponse(500);
    };
  }

  /** A function's answer that is none is a 502, as from API Gateway. */
  private static AwsResponse toResponse(
      @Nullable APIGatewayProxyResponseEvent response, GatewayResponses responses) {
    if (response == null || response.getStatusCode() == null) {
      return responses.failedResponse(502);
    }
    String text = Optional.ofNullable(response.getBody()).orElse("");
    try {
      byte[] body =
          Boolean.TRUE.equals(response.getIsBase64Encoded())
              ? Base64.getDecoder().decode(text)
              : text.getBytes(UTF_8);
      return new AwsResponse(
          response.getStatusCode(),
          Optional.ofNullable(response.getHeaders()).orElse(Map.of()),
          body);
    } catch (IllegalArgumentException e) {
      return responses.failedResponse(502);
    }
  }

  private static AwsResponse message(int status, String message) {
    return new AwsResponse(
        status,
        Map.of("Content-Type", "application/json"),
        ("{\"message\":\"" + message + "\"}").getBytes(UTF_8));
  }
}
