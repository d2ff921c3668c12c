package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.egress.ApiHost;
import agentpost.local.lambda.FunctionUrls;
import agentpost.local.sts.TokenService;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.QueryForm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the service a request is for: by the API's host name, by whom it is signed for (S3, whose
 * paths may be anything), by path for other REST protocols, by {@code X-Amz-Target} for JSON, by
 * {@code Action} for Query. A caller's rights are those on the service that answers, whatever the
 * request is signed for.
 */
public final class Router {
  private static final Pattern CREDENTIAL_SCOPE =
      Pattern.compile("Credential=([^/]+)/[0-9]+/([^/]+)/([a-z0-9-]+)/aws4_request");
  private static final int ACCESS_KEY_ID = 1;
  private static final int REGION_SIGNED_FOR = 2;
  private static final int SERVICE = 3;

  /** The only one here: another region's buses, queues and secrets would be these. */
  private static final String REGION = "us-east-1";

  /** What tells SQS's Query requests, signed or not, from those of other services. */
  private static final Pattern SQS_VERSION = Pattern.compile("(?:^|&)Version=2012-11-05(?:&|$)");

  private final RestApiService apis;
  private final Optional<FunctionUrls> urls;
  private final Map<String, AwsService> byScope;
  private final Map<String, Service> byTarget;
  private final Map<String, Service> byPath;
  private final Map<String, AwsService> queries;
  private final Guard guard;
  private final Function<AwsRequest, Optional<String>> caller;

  /**
   * @param name as requests to it are signed, and as its rights begin
   */
  public record Service(String name, AwsService handler) {}

  /** Who a request comes from, as far as is known, may not do what it asks for. */
  @FunctionalInterface
  public interface Guard {
    /**
     * @param service that the request reaches
     * @throws AwsException if it is not allowed
     */
    void check(String caller, String service, AwsRequest request);
  }

  /** With nobody to keep out, and no function's URL. */
  public Router(
      RestApiService apis,
      Map<String, AwsService> byScope,
      Map<String, Service> byTarget,
      Map<String, Service> byPath,
      Map<String, AwsService> queries) {
    this(
        apis,
        Optional.empty(),
        byScope,
        byTarget,
        byPath,
        queries,
        (_, _, _) -> {},
        _ -> Optional.empty());
  }

  /**
   * @param byScope by the service in the signature's credential scope
   * @param byTarget by what stands before the target's dot
   * @param byPath by what the path begins with
   * @param queries {@code sts} and {@code cloudformation}, if they are here: they speak the Query
   *     protocol
   * @param guard of functions' requests; what else comes over the wire is a person's
   * @param caller the function, in a process of its own, whose request on the wire this is
   */
  public Router(
      RestApiService apis,
      Optional<FunctionUrls> urls,
      Map<String, AwsService> byScope,
      Map<String, Service> byTarget,
      Map<String, Service> byPath,
      Map<String, AwsService> queries,
      Guard guard,
      Function<AwsRequest, Optional<String>> caller) {
    this.apis = apis;
    this.urls = urls;
    this.byScope = byScope;
    this.byTarget = byTarget;
    this.byPath = byPath;
    this.queries = queries;
    this.guard = guard;
    this.caller = caller;
  }

  /** Whether it is a function's, in a process of its own. */
  boolean isByFunction(AwsRequest request) {
    return caller.apply(request).isPresent();
  }

  /** Whether a service has what begins so. */
  boolean hasPath(String path) {
    return byPath.keySet().stream().anyMatch(path::startsWith);
  }

  /** From inside this JVM. */
  AwsResponse answer(String caller, AwsRequest request, Map<String, List<String>> headers)
      throws InterruptedException {
    return answer(Optional.of(caller), request, headers, "127.0.0.1");
  }

  /**
   * @param headers every value of every name, for the API's functions
   */
  AwsResponse answer(AwsRequest request, Map<String, List<String>> headers, String sourceIp)
      throws InterruptedException {
    return answer(caller.apply(request), request, headers, sourceIp);
  }

  private AwsResponse answer(
      Optional<String> caller,
      AwsRequest request,
      Map<String, List<String>> headers,
      String sourceIp)
      throws InterruptedException {
    try {
      Optional<AwsRequest> toApi = to(RestApiService.PREFIX, request, ApiHost::apiOf);
      if (toApi.isPresent()) {
        return apis.handle(toApi.get(), headers, sourceIp);
      }
      Optional<AwsRequest> toUrl = to(FunctionUrls.PREFIX, request, ApiHost::urlOf);
      if (urls.isPresent() && toUrl.isPresent()) {
        return urls.get().handle(toUrl.get(), sourceIp);
      }
      checkRegion(request);
      Service service = service(request);
      caller.ifPresent(who -> check(who, service.name(), request));
      return service.handler().handle(request);
    } catch (AwsException e) {
      return WireErrors.of(request, e);
    }
  }

  private void check(String caller, String service, AwsRequest request) {
    try {
      guard.check(caller, service, request);
    } catch (AwsException e) {
      throw service.equals("s3")
          ? new AwsException(e.status(), "AccessDenied", e.description())
          : e;
    }
  }

  /**
   * A request to an API or a function's URL, by its path or by its host; they are open to everyone
   * but for their own policies.
   */
  private static Optional<AwsRequest> to(
      String prefix, AwsRequest request, Function<String, Optional<String>> idOf) {
    if (request.path().startsWith(prefix)) {
      return Optional.of(request);
    }
    return host(request)
        .flatMap(idOf)
        .map(
            id ->
                new AwsRequest(
                    request.method(),
                    prefix + id + request.path(),
                    request.query(),
                    request.headers(),
                    request.body()));
  }

  /** The one service that will answer. */
  private Service service(AwsRequest request) {
    String scope = signedService(request);
    AwsService signed = byScope.get(scope);
    if (signed != null) {
      return new Service(scope, signed);
    }
    String target = request.header("x-amz-target").orElse("");
    if (!target.isEmpty()) {
      Service service = byTarget.get(target.substring(0, Math.max(0, target.indexOf('.'))));
      if (service == null) {
        throw unknownOperation(target);
      }
      return service;
    }
    for (Map.Entry<String, Service> path : byPath.entrySet()) {
      if (request.path().startsWith(path.getKey())) {
        return path.getValue();
      }
    }
    // What is signed for another service is meant for that one.
    if (byScope.containsKey("sqs") && scope.isEmpty() && isOfSqs(request)) {
      return new Service("sqs", byScope.get("sqs"));
    }
    if (isQuery(request)) {
      String name =
          TokenService.ACTIONS.contains(QueryForm.of(request).action()) ? "sts" : "cloudformation";
      AwsService query = queries.get(name);
      if (query != null) {
        return new Service(name, query);
      }
    }
    throw unknownOperation(
        (scope.isEmpty() ? "" : scope + ": ") + request.method() + " " + request.path());
  }

  /**
   * As AWS's endpoints answer what is signed for another region (SigV4 troubleshooting, "Credential
   * scope").
   */
  private static void checkRegion(AwsRequest request) {
    String region = signature(request, REGION_SIGNED_FOR);
    if (!region.isEmpty() && !region.equals(REGION)) {
      String why =
          "Credential should be scoped to a valid region, not '"
              + region
              + "': the local cloud is "
              + REGION
              + "; set AWS_REGION and AWS_DEFAULT_REGION, or --region, to it";
      throw signedService(request).equals("s3")
          ? AwsException.badRequest("AuthorizationHeaderMalformed", why)
          : new AwsException(403, "InvalidSignatureException", why);
    }
  }

  private static boolean isOfSqs(AwsRequest request) {
    return request.query().getOrDefault("Version", List.of()).contains("2012-11-05")
        || (isQuery(request) && SQS_VERSION.matcher(new String(request.body(), UTF_8)).find());
  }

  /** The API that is asked for by its own host name. */
  static Optional<String> api(AwsRequest request) {
    return host(request).flatMap(ApiHost::apiOf);
  }

  private static Optional<String> host(AwsRequest request) {
    return request.header("host").map(host -> host.replaceFirst(":443$", ""));
  }

  static boolean isQuery(AwsRequest request) {
    return request.header("x-amz-target").isEmpty()
        && request
            .header("content-type")
            .orElse("")
            .startsWith("application/x-www-form-urlencoded");
  }

  /**
   * The service that the client means, from the credential scope of its signature, in a header or
   * in the query.
   */
  static String signedService(AwsRequest request) {
    return signature(request, SERVICE);
  }

  /** Whose signature it is: an access key id, or nothing without a signature. */
  public static String accessKeyId(AwsRequest request) {
    return signature(request, ACCESS_KEY_ID);
  }

  private static String signature(AwsRequest request, int part) {
    String presigned =
        "Credential=" + request.query().getOrDefault("X-Amz-Credential", List.of("")).getFirst();
    Matcher scope = CREDENTIAL_SCOPE.matcher(request.header("authorization").orElse(presigned));
    return scope.find() ? scope.group(part) : "";
  }

  private static AwsException unknownOperation(String operation) {
    return AwsException.badRequest(
        "UnknownOperationException", "The local cloud does not support " + operation);
  }
}
