package agentpost.cli.deployment;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import java.util.List;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.lambda.LambdaClient;

/**
 * A stage's functions, and the deployments that their versions came with.
 *
 * @param deployments the last ones, newest first
 */
record StageFunctions(List<LiveFunction> functions, List<Deployment> deployments) {
  private static final String ALIAS = "AWS::Lambda::Alias";

  StageFunctions {
    functions = List.copyOf(functions);
    deployments = List.copyOf(deployments);
  }

  /** What CloudFormation knows; aliases by their ARNs. */
  private record Stack(List<String> aliases, List<Deployment> deployments) {}

  /**
   * @throws CommandFailure if there is no such stack, or it is being deployed
   */
  static StageFunctions read(CloudOptions place) {
    Stack stack =
        place.withClient(
            DeployedStack.patientClient(),
            client -> {
              try {
                return read(place, client);
              } catch (CloudFormationException e) {
                if (AccountCheck.isNotServed(place, e)) {
                  throw new CommandFailure(
                      "a local cloud has one version of each function; rollback is for a stack on"
                          + " AWS");
                }
                throw e;
              }
            });
    return place.withClient(
        LambdaClient.builder()
            .overrideConfiguration(
                settings ->
                    settings.retryStrategy(
                        retries -> retries.maxAttempts(DeployedStack.MAX_ATTEMPTS))),
        client ->
            new StageFunctions(
                stack.aliases().stream().map(alias -> LiveFunction.read(client, alias)).toList(),
                stack.deployments()));
  }

  private static Stack read(CloudOptions place, CloudFormationClient client) {
    DeployedStack stack =
        DeployedStack.find(client, place.prefix())
            .orElseThrow(() -> place.missingResource("stack " + place.prefix()));
    if (stack.status().endsWith("_IN_PROGRESS")) {
      throw new CommandFailure(
          stack.name()
              + " is "
              + stack.status()
              + "; run this when that has ended"
              + (stack.status().equals("UPDATE_IN_PROGRESS")
                  ? ", or end it: aws cloudformation cancel-update-stack --stack-name "
                      + stack.name()
                  : ""));
    }
    return new Stack(
        DeployedStack.physicalIds(client, stack.name(), ALIAS).stream().sorted().toList(),
        Deployment.findLast(client, stack.name()));
  }
}
