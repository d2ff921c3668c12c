package agentpost.cli.deployment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.CloudFormationClientBuilder;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.ResourceStatus;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;

/**
 * A stack as CloudFormation has it.
 *
 * @param resources what it has: physical ids by logical ids
 */
public record DeployedStack(
    String name, String status, String reason, Map<String, String> resources) {
  static final String NESTED = "AWS::CloudFormation::Stack";

  /** There may be 300 nested stacks to ask about, and CloudFormation throttles. */
  static final int MAX_ATTEMPTS = 10;

  /** What was kept when it left the stack is the stack's no more. */
  private static final Set<ResourceStatus> GONE =
      Set.of(
          ResourceStatus.DELETE_COMPLETE,
          ResourceStatus.DELETE_SKIPPED,
          ResourceStatus.CREATE_FAILED);

  public DeployedStack {
    resources = Map.copyOf(resources);
  }

  /** For templates; a place where nobody answers would be asked for too long. */
  static CloudFormationClientBuilder patientClient() {
    return CloudFormationClient.builder()
        .overrideConfiguration(
            settings -> settings.retryStrategy(retries -> retries.maxAttempts(MAX_ATTEMPTS)));
  }

  /** Nothing if there is no such stack. */
  public static Optional<DeployedStack> find(CloudFormationClient client, String name) {
    return describe(client, name)
        .map(
            stack ->
                new DeployedStack(
                    name,
                    stack.stackStatusAsString(),
                    Optional.ofNullable(stack.stackStatusReason()).orElse(""),
                    resources(client, name)));
  }

  private static Optional<Stack> describe(CloudFormationClient client, String name) {
    try {
      return client.describeStacks(stacks -> stacks.stackName(name)).stacks().stream().findFirst();
    } catch (CloudFormationException e) {
      // A ValidationError, as many another (API reference, DescribeStacks).
      if (String.valueOf(e.getMessage()).contains("does not exist")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Map<String, String> resources(CloudFormationClient client, String name) {
    Map<String, String> resources = new HashMap<>();
    summaries(client, name)
        .forEach(
            resource -> resources.put(resource.logicalResourceId(), resource.physicalResourceId()));
    return resources;
  }

  /** The physical ids of what there is of a type, in this stack and in its nested ones. */
  static List<String> physicalIds(CloudFormationClient client, String name, String type) {
    List<String> ids = new ArrayList<>();
    for (StackResourceSummary resource : summaries(client, name).toList()) {
      if (resource.resourceType().equals(type)) {
        ids.add(resource.physicalResourceId());
      } else if (resource.resourceType().equals(NESTED)) {
        ids.addAll(physicalIds(client, resource.physicalResourceId(), type));
      }
    }
    return ids;
  }

  private static Stream<StackResourceSummary> summaries(CloudFormationClient client, String name) {
    return client
        .listStackResourcesPaginator(list -> list.stackName(name))
        .stackResourceSummaries()
        .stream()
        .filter(resource -> !GONE.contains(resource.resourceStatus()))
        .filter(resource -> resource.physicalResourceId() != null);
  }

  /**
   * The template of this stack or of a nested one.
   *
   * @param stack its name or ARN
   */
  public static JsonNode template(CloudFormationClient client, String stack) {
    String text = client.getTemplate(get -> get.stackName(stack)).templateBody();
    try {
      return new JsonMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The template of " + stack + " is not JSON", e);
    }
  }
}
