package agentpost.cli.verification;

import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.deployment.DeployedStack;
import agentpost.cli.terminal.CommandFailure;
import agentpost.verification.Deliveries;
import agentpost.verification.Patience;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/** The stack beside the stage's that has the receiver and what delivers to it. */
record ReceiverStack(CloudOptions place, Patience patience) {
  /** A stage's name has no hyphen, so no stage's stack is called so. */
  String name() {
    return place.names().part("verify-deployment");
  }

  /** Whether there is one, of a run before this one or of one that is under way. */
  boolean exists() {
    return status().isPresent();
  }

  private Optional<String> status() {
    return place.withClient(
        CloudFormationClient.builder(),
        client -> DeployedStack.find(client, name()).map(DeployedStack::status));
  }

  /**
   * @return its outputs
   * @throws CommandFailure if it cannot be made, saying why
   */
  Map<String, String> create(VerifiedStage stage, String agent) {
    Map<String, String> values =
        Map.of(
            "Prefix", place.prefix(),
            "Agent", agent,
            "EventSource", Deliveries.SOURCE,
            "EventType", Deliveries.EVENT_TYPE,
            "ConnectionArn", stage.connectionArn(),
            "Deliveries", stage.deliveries(),
            "RedriveRole", stage.redriveRole());
    List<Parameter> parameters =
        values.entrySet().stream()
            .map(
                value ->
                    Parameter.builder()
                        .parameterKey(value.getKey())
                        .parameterValue(value.getValue())
                        .build())
            .toList();
    return place.withClient(
        CloudFormationClient.builder(),
        client -> {
          String id =
              client
                  .createStack(
                      create ->
                          create
                              .stackName(name())
                              .templateBody(template(stage.code()))
                              .parameters(parameters)
                              .capabilities(Capability.CAPABILITY_IAM))
                  .stackId();
          Stack made = awaitEnd(client, id);
          if (!made.stackStatusAsString().equals("CREATE_COMPLETE")) {
            throw new CommandFailure(
                name() + " is " + made.stackStatusAsString() + ": " + why(client, id));
          }
          return made.outputs().stream()
              .collect(Collectors.toMap(Output::outputKey, Output::outputValue));
        });
  }

  /** With all that is in it. */
  void delete() {
    place.withClient(
        CloudFormationClient.builder(),
        client -> {
          Optional<String> id =
              DeployedStack.find(client, name())
                  .map(
                      _ ->
                          client
                              .describeStacks(of -> of.stackName(name()))
                              .stacks()
                              .getFirst()
                              .stackId());
          id.ifPresent(
              stack -> {
                client.deleteStack(delete -> delete.stackName(name()));
                String status = awaitEnd(client, stack).stackStatusAsString();
                if (!status.equals("DELETE_COMPLETE")) {
                  throw new CommandFailure(
                      name()
                          + " is "
                          + status
                          + ": "
                          + why(client, stack)
                          + "; delete it: "
                          + place.nextOfAws("cloudformation delete-stack --stack-name " + name()));
                }
              });
          return id;
        });
  }

  private Stack awaitEnd(CloudFormationClient client, String id) {
    return patience.await(
        patience.stack(),
        () -> client.describeStacks(of -> of.stackName(id)).stacks().getFirst(),
        stack -> !stack.stackStatusAsString().endsWith("_IN_PROGRESS"));
  }

  /** What failed first. */
  private static String why(CloudFormationClient client, String id) {
    return client.describeStackEvents(of -> of.stackName(id)).stackEvents().stream()
        .filter(event -> event.resourceStatusAsString().endsWith("_FAILED"))
        .reduce((_, first) -> first)
        .map(event -> event.logicalResourceId() + ": " + event.resourceStatusReason())
        .orElse("it has not come to its end");
  }

  private static String template(JsonNode code) {
    try (InputStream file = ReceiverStack.class.getResourceAsStream("receiver.template.json")) {
      ObjectNode template =
          (ObjectNode)
              new JsonMapper().readTree(Objects.requireNonNull(file, "receiver.template.json"));
      template.withObject("/Resources/Receiver/Properties").set("Code", code);
      return template.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("receiver.template.json cannot be read", e);
    }
  }
}
