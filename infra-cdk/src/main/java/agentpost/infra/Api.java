package agentpost.infra;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.apigateway.CfnDeployment;
import software.amazon.awscdk.services.apigateway.CfnRestApi;
import software.amazon.awscdk.services.apigateway.CfnStage;
import software.constructs.Construct;

/**
 * The REST API: the relay's route, a route for each hosted agent and those of operations, as one
 * OpenAPI document, calling functions by their names. Its logs need the account's role ({@link
 * AccountStack}), without which CloudFormation cannot make its stage.
 */
final class Api extends Construct {
  static final String STAGE = "prod";
  private static final int RETRY_AFTER_SECONDS = 5;
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");
  private final CfnRestApi api;
  private final CfnStage stage;
  private final Optional<ApiDomain> domain;

  /**
   * @param routes functions' names by the paths that lead to them, the relay's aside
   * @param policy who may come in where
   * @param settings of its methods
   */
  Api(
      Construct scope,
      ResourceNames names,
      Map<String, String> routes,
      ResourcePolicy policy,
      List<CfnStage.MethodSettingProperty> settings,
      Optional<Catalog.Domain> domain) {
    super(scope, "Api");
    Optional<Map<String, Object>> turnedAway = policy.document();
    JsonNode document = document(names, routes, turnedAway.isPresent());
    CfnRestApi.Builder builder = CfnRestApi.Builder.create(this, "RestApi");
    turnedAway.ifPresent(builder::policy);
    api =
        builder
            .name(names.prefix())
            .description("Deliveries and webhooks")
            // EventBridge calls from the same region; an edge API would send it by way of
            // CloudFront.
            .endpointConfiguration(
                CfnRestApi.EndpointConfigurationProperty.builder()
                    .types(List.of("REGIONAL"))
                    .build())
            .body(JSON.convertValue(document, new TypeReference<Map<String, Object>>() {}))
            .build();
    // A deployment is a snapshot of the document and the policy; a new one of them needs a new
    // deployment, so a new id.
    CfnDeployment deployment =
        CfnDeployment.Builder.create(
                this,
                "Deployment"
                    + digest(document.toString() + (turnedAway.isPresent() ? policy.digest() : "")))
            .restApiId(api.getRef())
            .build();
    ServiceLog log = new ServiceLog(this, "/aws/apigateway/" + names.prefix());
    stage =
        CfnStage.Builder.create(this, "Stage")
            .restApiId(api.getRef())
            .deploymentId(deployment.getRef())
            .stageName(STAGE)
            .tracingEnabled(true)
            .accessLogSetting(
                CfnStage.AccessLogSettingProperty.builder()
                    .destinationArn(log.getLogGroupArn())
                    .format(
                        "{\"request_id\":\"$context.requestId\","
                            + "\"source_ip\":\"$context.identity.sourceIp\","
                            + "\"method\":\"$context.httpMethod\","
                            + "\"path\":\"$context.path\",\"status\":\"$context.status\","
                            + "\"duration_ms\":\"$context.responseLatency\","
                            + "\"error\":\"$context.error.responseType\"}")
                    .build())
            .methodSettings(settings)
            .build();
    this.domain = domain.map(named -> new ApiDomain(this, named, api, stage));
    NagSuppressions.suppress(
        api,
        "AwsSolutions-APIG2",
        "Bodies are signed, so they are verified before they are parsed, and validated by the"
            + " functions against their schemas");
    NagSuppressions.suppress(
        stage,
        "AwsSolutions-APIG3",
        "Callers are authenticated by signature or key; a WAF is for an account to add");
  }

  private static JsonNode document(
      ResourceNames names, Map<String, String> routes, boolean hasPolicy) {
    ObjectNode document = JSON.createObjectNode().put("openapi", "3.0.1");
    document.putObject("info").put("title", names.prefix()).put("version", "1");
    // Every body comes as base64, so that the bytes are those that were signed.
    document.putArray("x-amazon-apigateway-binary-media-types").add("*/*");
    ObjectNode paths = document.putObject("paths");
    post(paths, "/deliveries/{agent}", names.relay());
    routes.forEach((path, function) -> post(paths, path, function));
    operation(paths, "get", SecretsStack.KEYS_ROUTE, names.part("keys"));
    ObjectNode responses = busyResponse();
    if (hasPolicy) {
      responses.set("ACCESS_DENIED", deniedResponse());
    }
    document.set("x-amazon-apigateway-gateway-responses", responses);
    return document;
  }

  /**
   * What the API says when a function has no room for another invocation: 503, and when to come
   * again. API Gateway calls that an integration failure; all its 5xx say when to come again, for
   * EventBridge retries them all and keeps to what they say.
   */
  private static ObjectNode busyResponse() {
    ObjectNode responses = JSON.createObjectNode();
    for (String type : List.of("DEFAULT_5XX", "INTEGRATION_FAILURE", "THROTTLED")) {
      responses
          .putObject(type)
          .putObject("responseParameters")
          .put("gatewayresponse.header.Retry-After", "'" + RETRY_AFTER_SECONDS + "'");
    }
    ((ObjectNode) responses.path("INTEGRATION_FAILURE")).put("statusCode", "503");
    return responses;
  }

  /**
   * Who is turned away by address is not told why: AWS's own words name the API and the policy. The
   * access log has the address.
   */
  private static ObjectNode deniedResponse() {
    ObjectNode response = JSON.createObjectNode().put("statusCode", "403");
    response.putObject("responseTemplates").put("application/json", "{\"message\":\"Forbidden\"}");
    return response;
  }

  private static void post(ObjectNode paths, String path, String function) {
    operation(paths, "post", path, function);
  }

  private static void operation(ObjectNode paths, String method, String path, String function) {
    String alias =
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
            + function
            + ":"
            + ResourceNames.ALIAS;
    ObjectNode operation = paths.putObject(path).putObject(method);
    operation
        .putObject("responses")
        .putObject("default")
        .put("description", "The function's answer");
    operation
        .putObject("x-amazon-apigateway-integration")
        .put("type", "aws_proxy")
        .put("httpMethod", "POST")
        .putObject("uri")
        .put(
            "Fn::Sub",
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                + alias
                + "/invocations");
    PARAMETER
        .matcher(path)
        .results()
        .forEach(
            parameter ->
                operation
                    .withArray("parameters")
                    .addObject()
                    .put("name", parameter.group(1))
                    .put("in", "path")
                    .put("required", true)
                    .putObject("schema")
                    .put("type", "string"));
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** What has to be there before the API answers as its document says. */
  CfnResource dependency() {
    return stage;
  }

  String routeArn(String method, String path) {
    return Arns.withSlash(this, "execute-api", api.getRef(), STAGE + "/" + method + path);
  }

  String stageArn() {
    Stack stack = Stack.of(api);
    return "arn:"
        + stack.getPartition()
        + ":apigateway:"
        + stack.getRegion()
        + "::/restapis/"
        + api.getRef()
        + "/stages/"
        + STAGE;
  }

  /** What others call it by, without a slash at the end. */
  String publicUrl() {
    return domain.map(ApiDomain::url).orElseGet(this::url);
  }

  /**
   * What EventBridge, relay and agents of this stack call it by: nobody's DNS and certificate are
   * in their way. Without a slash at the end.
   */
  String url() {
    Stack stack = Stack.of(api);
    return "https://"
        + api.getRef()
        + ".execute-api."
        + stack.getRegion()
        + "."
        + stack.getUrlSuffix()
        + "/"
        + STAGE;
  }
}
