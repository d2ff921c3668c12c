package agentpost.cli.deployment;

import agentpost.cli.cloud.CloudOptions;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;

/**
 * The stack before a deployment. Apart from the command, whose methods' types are loaded whichever
 * command runs.
 *
 * @param deployed nothing if it is not there, or cannot be read
 */
record StackLook(boolean isRead, Optional<DeployedStack> deployed, List<Finding> findings) {
  private static final String RIGHTS =
      "cloudformation:DescribeStacks and cloudformation:ListStackResources";

  static StackLook at(CloudOptions place) {
    return place.withClient(CloudFormationClient.builder(), client -> look(place, client));
  }

  private static StackLook look(CloudOptions place, CloudFormationClient client) {
    try {
      Optional<DeployedStack> deployed = DeployedStack.find(client, place.prefix());
      Finding finding =
          deployed
              .map(stack -> StackChecks.status(place, stack))
              .orElseGet(
                  () -> Finding.ok(StackChecks.STACK, place.prefix() + " is not deployed yet"));
      return new StackLook(true, deployed, List.of(finding));
    } catch (AwsServiceException e) {
      Finding unread = new AccountCheck(StackChecks.STACK, RIGHTS, List::of).unread(place, e);
      return new StackLook(
          false,
          Optional.empty(),
          unread.level() == Finding.Level.OK
              ? List.of(unread)
              : List.of(
                  unread, Finding.stop("names", "cannot tell which are taken without the stack")));
    }
  }
}
