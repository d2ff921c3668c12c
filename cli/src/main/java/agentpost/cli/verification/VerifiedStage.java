package agentpost.cli.verification;

import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.DeployedStack;
import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestination;
import software.amazon.awssdk.services.lambda.LambdaClient;

/**
 * A stage as it is deployed, as far as a receiver beside it needs to know.
 *
 * @param deliveries where the relay takes deliveries, before an agent's name
 * @param redriveRole the ARN of the redrive's role
 * @param code where the functions' zip is, as a template says it
 */
record VerifiedStage(
    CloudOptions place,
    String account,
    String region,
    String apiUrl,
    String connectionArn,
    String deliveries,
    String redriveRole,
    JsonNode code) {
  private static final String RELAY = "agentpost.delivery.RelayHandler";

  static VerifiedStage read(CloudOptions place) {
    // What is no stage's name is said before anything is asked.
    ResourceNames names = place.names();
    place.requireStack(place.stacks());
    Stack stack =
        place.withClient(
            CloudFormationClient.builder(),
            client ->
                client.describeStacks(of -> of.stackName(place.prefix())).stacks().getFirst());
    if (!stack.stackStatusAsString().matches("(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE")) {
      throw new CommandFailure(
          stack.stackName() + " is " + stack.stackStatusAsString() + "; deploy it first");
    }
    // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
    String[] arn = stack.stackId().split(":");
    Map<String, String> outputs =
        stack.outputs().stream().collect(Collectors.toMap(Output::outputKey, Output::outputValue));
    String connectionArn =
        place.withClient(
            EventBridgeClient.builder(),
            client -> client.describeConnection(of -> of.name(names.prefix())).connectionArn());
    return new VerifiedStage(
        place,
        arn[4],
        arn[3],
        outputs.getOrDefault("ApiUrl", ""),
        connectionArn,
        deliveries(place, connectionArn),
        place.withClient(
            LambdaClient.builder(),
            client ->
                client.getFunctionConfiguration(of -> of.functionName(names.redrive())).role()),
        place.withClient(CloudFormationClient.builder(), client -> code(client, place.prefix())));
  }

  /** Any agent's API destination says it, before the agent's name. */
  private static String deliveries(CloudOptions place, String connectionArn) {
    Optional<String> endpoint =
        place.withClient(
            EventBridgeClient.builder(),
            client ->
                client
                    .listApiDestinations(list -> list.connectionArn(connectionArn))
                    .apiDestinations()
                    .stream()
                    .map(ApiDestination::invocationEndpoint)
                    .findFirst());
    return endpoint
        .map(url -> url.substring(0, url.lastIndexOf('/') + 1))
        .orElseThrow(
            () -> new CommandFailure(place.prefix() + " has no agent, so nothing is delivered"));
  }

  private static JsonNode code(CloudFormationClient client, String stack) {
    for (JsonNode resource : DeployedStack.template(client, stack).path("Resources")) {
      if (resource.at("/Properties/Handler").asText().equals(RELAY)) {
        return resource.at("/Properties/Code");
      }
    }
    throw new CommandFailure("the template of " + stack + " has no relay; deploy it again");
  }
}
