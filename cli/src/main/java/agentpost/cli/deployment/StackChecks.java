package agentpost.cli.deployment;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.cloud.AwsApi;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.project.Project;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;

/** What a deployment needs before it: a stack that can be changed, and an account that is ready. */
public final class StackChecks {
  static final String STACK = "stack";
  private static final String BOOTSTRAP = "bootstrap";
  private static final String VERSION = "/cdk-bootstrap/hnb659fds/version";
  private static final String LOG_ROLE = "API Gateway's log role";

  private final CloudOptions place;
  private final CloudAssembly assembly;

  StackChecks(CloudOptions place, CloudAssembly assembly) {
    this.place = place;
    this.assembly = assembly;
  }

  List<AccountCheck> all() {
    return List.of(
        new AccountCheck(BOOTSTRAP, "ssm:GetParameter on " + VERSION, this::bootstrap),
        new AccountCheck(LOG_ROLE, "apigateway:GET on /account", this::logRole));
  }

  /** Whether CloudFormation would change it (user guide, "Stack status codes"). */
  static Finding status(CloudOptions place, DeployedStack deployed) {
    String stack = deployed.name();
    String is =
        stack
            + " is "
            + deployed.status()
            + (deployed.reason().isEmpty() ? "" : " (" + deployed.reason() + ")");
    String delete = place.nextOfAws("cloudformation delete-stack --stack-name " + stack);
    String events = place.nextOfAws("cloudformation describe-stack-events --stack-name " + stack);
    return switch (deployed.status()) {
      case "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED" ->
          Finding.stop(
              STACK, is + ": its first deployment failed, and it can only be deleted", delete);
      case "DELETE_FAILED" ->
          Finding.stop(STACK, is + ": fix that and delete it again", events, delete);
      case "UPDATE_ROLLBACK_FAILED" ->
          Finding.stop(
              STACK,
              is + ": fix what its events name, then continue the rollback",
              events,
              place.nextOfAws("cloudformation continue-update-rollback --stack-name " + stack));
      case "REVIEW_IN_PROGRESS" ->
          Finding.ok(STACK, stack + " has a change set and no resources yet");
      case String status when status.endsWith("_IN_PROGRESS") ->
          Finding.stop(STACK, is + ": wait until that ends", events);
      case String status when status.endsWith("_FAILED") -> Finding.stop(STACK, is, events);
      default -> Finding.ok(STACK, is);
    };
  }

  private List<Finding> bootstrap() {
    int needed = assembly.bootstrapVersion();
    String bootstrap = place.nextOfCdk("bootstrap");
    try {
      int version =
          Integer.parseInt(
              place.ask(
                  SsmClient.builder(),
                  client -> client.getParameter(get -> get.name(VERSION)).parameter().value()));
      return List.of(
          version < needed
              ? Finding.stop(
                  BOOTSTRAP, "version " + version + ", and " + needed + " is needed", bootstrap)
              : Finding.ok(BOOTSTRAP, "version " + version));
    } catch (ParameterNotFoundException e) {
      return List.of(
          Finding.stop(BOOTSTRAP, "the region is not bootstrapped for the CDK", bootstrap));
    }
  }

  private List<Finding> logRole() {
    JsonNode account = place.askApi(api -> api.get(AwsApi.Service.API_GATEWAY, "/account"));
    String role = account.path("cloudwatchRoleArn").asText("");
    return List.of(
        role.isEmpty()
            ? Finding.stop(
                LOG_ROLE,
                "there is none, and deploying fails with \"CloudWatch Logs role ARN must be set in"
                    + " account settings\"",
                inApp(place.nextOfCdk("deploy -c account=true")))
            : Finding.ok(LOG_ROLE, role));
  }

  /** Where cdk.json is. */
  public static String inApp(String command) {
    boolean isOwn = Project.in(Path.of(System.getProperty("agentpost.home", ""))).isOwn();
    return isOwn ? command : "(cd infra-cdk && " + command + ")";
  }
}
