package agentpost.infra;

import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.CfnEventInvokeConfig;
import software.amazon.awscdk.services.lambda.CfnFunction;
import software.amazon.awscdk.services.lambda.CfnPermission;
import software.amazon.awscdk.services.lambda.CfnUrl;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.lambda.Tracing;
import software.amazon.awscdk.services.lambda.VersionOptions;
import software.constructs.Construct;

/**
 * A Java function with its own role and log, called through the alias {@code live} and started from
 * a SnapStart snapshot.
 */
final class JavaFunction extends Construct {
  /** What Lambda asks for to put a function into a VPC; EC2 has no resources to name here. */
  private static final List<String> INTERFACES =
      List.of(
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets",
          "ec2:UnassignPrivateIpAddresses");

  /** Lambda takes no less. */
  private static final int MIN_EVENT_AGE_SECONDS = 60;

  private final String name;
  private final Role role;
  private final Function function;
  private final Alias alias;
  private boolean decrypts;

  /**
   * @param seconds until Lambda stops it
   */
  JavaFunction(
      Construct scope,
      String id,
      String name,
      String handler,
      String zip,
      int seconds,
      Map<String, String> environment) {
    super(scope, id);
    this.name = name;
    ServiceLog log = new ServiceLog(this, ResourceNames.functionLog(name));
    role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .description("What " + name + " may do")
            .build();
    allow(List.of("logs:CreateLogStream", "logs:PutLogEvents"), log.getLogGroupArn());
    function =
        Function.Builder.create(this, "Function")
            .functionName(name)
            .runtime(Runtime.JAVA_25)
            .architecture(Architecture.ARM_64)
            .handler(handler)
            .code(Code.fromAsset(zip))
            .memorySize(1024)
            .timeout(Duration.seconds(seconds))
            .environment(environment)
            .role(role)
            .logGroup(log)
            .tracing(Tracing.ACTIVE)
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            // What ./agentpost rollback returns to.
            .currentVersionOptions(
                VersionOptions.builder()
                    .removalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
                    .build())
            .build();
    Annotations.of(function)
        .acknowledgeWarning(
            "@aws-cdk/aws-lambda:snapStartRequirePublish", "The alias names a published version");
    alias =
        Alias.Builder.create(this, "Live")
            .aliasName(ResourceNames.ALIAS)
            .version(function.getCurrentVersion())
            .build();
    NagSuppressions.wildcard(
        role, "\\*", "X-Ray and EC2's network interfaces have no resources to name");
  }

  /** A deployment sends the new version a share of what it is called for first. */
  void deployBy(CanaryDeployments canary) {
    canary.move(this, name, alias, function.getCurrentVersion());
  }

  /** Rights on everything whose name begins alike; {@code why} there is no full name to give. */
  void allowAll(String why, List<String> actions, String prefix, String service) {
    allow(actions, prefix + "*");
    explain(service, "", why);
  }

  /**
   * Rights on queues, each by its name: a star after this stage's prefix would reach the queues of
   * every stage whose prefix begins with it.
   */
  void allowOnQueues(List<String> actions, List<String> queues) {
    allowOnEach(actions, "sqs", queues);
  }

  /** As {@link #allowOnQueues}, to invoke functions through their aliases. */
  void invokes(List<String> functions) {
    allowOnEach(
        List.of("lambda:InvokeFunction"),
        "lambda",
        functions.stream()
            .map(function -> "function:" + function + ":" + ResourceNames.ALIAS)
            .toList());
  }

  private void allowOnEach(List<String> actions, String service, List<String> resources) {
    Arns.inChunks(resources, service).forEach(some -> allow(actions, some.toArray(String[]::new)));
  }

  /** Why rights of this service are on a name with a star in it, and what stands after the star. */
  void explain(String service, String suffix, String why) {
    NagSuppressions.wildcard(role, "arn:.*:" + service + ":.*\\*" + suffix, why);
  }

  void allow(List<String> actions, String... resources) {
    allow(PolicyStatement.Builder.create().actions(actions).resources(List.of(resources)).build());
  }

  void allow(PolicyStatement statement) {
    role.addToPolicy(statement);
  }

  /** Lets it read what these secrets are, with the key that they are encrypted under. */
  void reads(SecretFactory vault, String... secrets) {
    allow(List.of("secretsmanager:GetSecretValue"), secrets);
    decrypts(vault);
  }

  /** As {@link #reads}, everything whose name begins alike. */
  void readsAll(SecretFactory vault, String why, String prefix) {
    allowAll(why, List.of("secretsmanager:GetSecretValue"), prefix, "secretsmanager");
    decrypts(vault);
  }

  private void decrypts(SecretFactory vault) {
    if (!decrypts) {
      allow(vault.use("kms:Decrypt"));
      decrypts = true;
    }
  }

  /**
   * For who has nobody waiting but a person, or a workflow. Lambda puts a snapshot away that was
   * not used for 14 days, and the next call fails until there is another (developer guide,
   * "Troubleshooting SnapStart errors"); a start without one takes seconds, whenever it is.
   */
  void startWithoutSnapshot() {
    ((CfnFunction) Objects.requireNonNull(function.getNode().getDefaultChild()))
        .addPropertyDeletionOverride("SnapStart");
  }

  /**
   * Of one that comes again at the next minute: Lambda would try an asynchronous invocation twice
   * more and keep it for six hours, whatever the schedule's own policy says (developer guide,
   * "Asynchronous invocation").
   */
  void invokeAtMostOnce() {
    CfnEventInvokeConfig config =
        CfnEventInvokeConfig.Builder.create(this, "Async")
            .functionName(function.getFunctionName())
            .qualifier(ResourceNames.ALIAS)
            .maximumRetryAttempts(0)
            .maximumEventAgeInSeconds(MIN_EVENT_AGE_SECONDS)
            .build();
    config.getNode().addDependency(getNode().findChild("Live"));
  }

  /** Handles so many invocations at a time, and no more. */
  void reserve(int concurrency) {
    ((CfnFunction) Objects.requireNonNull(function.getNode().getDefaultChild()))
        .setReservedConcurrentExecutions(concurrency);
  }

  /**
   * Calls out from fixed addresses. Lambda makes its network interfaces with this role; what runs
   * in the function may not.
   */
  void goOutBy(StaticEgressVpc egress) {
    CfnFunction cfn = (CfnFunction) Objects.requireNonNull(function.getNode().getDefaultChild());
    cfn.setVpcConfig(
        CfnFunction.VpcConfigProperty.builder()
            .subnetIds(egress.subnets())
            .securityGroupIds(List.of(egress.group()))
            .build());
    allow(INTERFACES, "*");
    allow(
        PolicyStatement.Builder.create()
            .effect(Effect.DENY)
            .actions(INTERFACES)
            .resources(List.of("*"))
            .conditions(Map.of("ArnEquals", Map.of("lambda:SourceFunctionArn", arnByName())))
            .build());
    function
        .getNode()
        .addDependency(egress.dependency(), role.getNode().findChild("DefaultPolicy"));
  }

  /**
   * By its name: the function waits for its role's policy, so the policy cannot refer to the
   * function.
   */
  private String arnByName() {
    return Arns.withColon(this, "lambda", "function", name);
  }

  /** What is to be called: the published version that is live. */
  String aliasArn() {
    return function.getFunctionArn() + ":" + ResourceNames.ALIAS;
  }

  String arn() {
    return function.getFunctionArn();
  }

  CfnPermission allowCallsFrom(Api api, String route) {
    return allowCallsFrom(api, "POST", route);
  }

  /**
   * Opens it to everyone at a URL of its own: whom it serves is the function's to say. Who calls
   * there needs both rights since October 2025 (Lambda developer guide, "Control access to Lambda
   * function URLs").
   */
  CfnUrl openUrl() {
    CfnUrl url =
        CfnUrl.Builder.create(this, "Url")
            .authType("NONE")
            .targetFunctionArn(function.getFunctionArn())
            .qualifier(ResourceNames.ALIAS)
            .build();
    CfnPermission byUrl =
        CfnPermission.Builder.create(this, "UrlCall")
            .action("lambda:InvokeFunctionUrl")
            .functionName(aliasArn())
            .principal("*")
            .functionUrlAuthType("NONE")
            .build();
    CfnPermission throughIt =
        CfnPermission.Builder.create(this, "UrlInvocation")
            .action("lambda:InvokeFunction")
            .functionName(aliasArn())
            .principal("*")
            .invokedViaFunctionUrl(true)
            .build();
    for (CfnResource one : List.of(byUrl, throughIt, url)) {
      one.getNode().addDependency(getNode().findChild("Live"));
    }
    // Nobody can have the URL before it is open.
    url.addResourceDependency(byUrl);
    url.addResourceDependency(throughIt);
    return url;
  }

  /** Lets one route of the API call the alias, and no other route and no other version. */
  CfnPermission allowCallsFrom(Api api, String method, String route) {
    CfnPermission permission =
        CfnPermission.Builder.create(this, "Route")
            .action("lambda:InvokeFunction")
            .functionName(aliasArn())
            .principal("apigateway.amazonaws.com")
            .sourceArn(api.routeArn(method, route))
            .build();
    permission.getNode().addDependency(getNode().findChild("Live"));
    return permission;
  }
}
