package agentpost.infra;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.apigateway.CfnAccount;
import software.amazon.awscdk.services.apigateway.CfnDeployment;
import software.amazon.awscdk.services.apigateway.CfnRestApi;
import software.amazon.awscdk.services.apigateway.CfnStage;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.constructs.Construct;

/** The REST API: the relay's route and a route for each hosted agent, as one OpenAPI document, calling functions by their names. */
final class Api extends Construct {
  private static final String STAGE = "prod";
  private final CfnRestApi api;

  Api(Construct scope, Names names, List<String> hosted) {
    super(scope, "Api");
    Map<String, Object> paths = new LinkedHashMap<>();
    paths.put("/deliveries/{agent}", post(names.prefix() + "-relay", List.of(Map.of("name", "agent", "in", "path", "required", true, "schema", Map.of("type", "string")))));
    hosted.forEach(agent -> paths.put("/webhooks/" + agent, post(names.agent(agent), List.of())));
    Map<String, Object> document =
        Map.of(
            "openapi", "3.0.1",
            "info", Map.of("title", names.prefix(), "version", "1"),
            "paths", paths,
            // Every body comes as base64, so that the bytes are those that were signed.
            "x-amazon-apigateway-binary-media-types", List.of("*/*"));
    api = CfnRestApi.Builder.create(this, "RestApi").name(names.prefix()).description("Deliveries and webhooks").body(document).build();
    // A deployment is a snapshot of the document; a new document needs a new one, so a new id.
    CfnDeployment deployment =
        CfnDeployment.Builder.create(this, "Deployment" + Integer.toHexString(paths.keySet().hashCode())).restApiId(api.getRef()).build();
    LogGroup log =
        LogGroup.Builder.create(this, "Log")
            .logGroupName("/aws/apigateway/" + names.prefix())
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    CfnStage stage =
        CfnStage.Builder.create(this, "Stage")
            .restApiId(api.getRef())
            .deploymentId(deployment.getRef())
            .stageName(STAGE)
            .tracingEnabled(true)
            .accessLogSetting(
                CfnStage.AccessLogSettingProperty.builder()
                    .destinationArn(log.getLogGroupArn())
                    .format(
                        "{\"request_id\":\"$context.requestId\",\"source_ip\":\"$context.identity.sourceIp\",\"method\":\"$context.httpMethod\","
                            + "\"path\":\"$context.path\",\"status\":\"$context.status\",\"duration_ms\":\"$context.responseLatency\"}")
                    .build())
            .methodSettings(
                List.of(CfnStage.MethodSettingProperty.builder().httpMethod("*").resourcePath("/*").loggingLevel("ERROR").metricsEnabled(true).build()))
            .build();
    stage.getNode().addDependency(account());
    Explained.on(
        api, "AwsSolutions-APIG2", "Bodies are signed, so they are verified before they are parsed, and validated by the functions against their schemas");
    Explained.on(
        stage, "AwsSolutions-APIG3", "Callers are authenticated by signature or key; a WAF is for an account to add");
  }

  /** API Gateway writes logs by a role that is set once for an account and region; it stays when this stack goes, for other APIs may use it. */
  private CfnAccount account() {
    Role role = Role.Builder.create(this, "LogRole").assumedBy(new ServicePrincipal("apigateway.amazonaws.com")).build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(
                List.of(
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:DescribeLogGroups",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                    "logs:GetLogEvents",
                    "logs:FilterLogEvents"))
            .resources(List.of("*"))
            .build());
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Explained.on(
        role.getNode().findChild("DefaultPolicy"), "AwsSolutions-IAM5", "The role is the account's, for all its APIs; these are the rights API Gateway asks for");
    CfnAccount account = CfnAccount.Builder.create(this, "Account").cloudWatchRoleArn(role.getRoleArn()).build();
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.getNode().addDependency(role.getNode().findChild("DefaultPolicy"));
    return account;
  }

  private static Map<String, Object> post(String function, List<Object> parameters) {
    String uri =
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
            + function
            + ":"
            + JavaFunction.ALIAS
            + "/invocations";
    Map<String, Object> operation = new LinkedHashMap<>();
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    operation.put("responses", Map.of("default", Map.of("description", "The function's answer")));
    operation.put(
        "x-amazon-apigateway-integration", Map.of("type", "aws_proxy", "httpMethod", "POST", "uri", Map.of("Fn::Sub", uri)));
    return Map.of("post", operation);
  }

  String routeArn(String path) {
    return Stack.of(api)
        .formatArn(ArnComponents.builder().service("execute-api").resource(api.getRef()).resourceName(STAGE + "/POST" + path).build());
  }

  /** Without a slash at the end. */
  String url() {
    Stack stack = Stack.of(api);
    return "https://" + api.getRef() + ".execute-api." + stack.getRegion() + "." + stack.getUrlSuffix() + "/" + STAGE;
  }
}
