package agentpost.cli.deployment;

import agentpost.catalog.CloudAssembly;
import agentpost.catalog.CloudAssembly.Resource;
import agentpost.catalog.ResourceNames;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;

/**
 * What is deployed and what would be, without what cannot be read of the first.
 *
 * @param unread one for each stack, nested or not, that cannot be read
 */
record DeployedTemplates(
    List<NamedResource> before, List<NamedResource> after, List<Finding> unread) {
  private static final String RIGHTS =
      "cloudformation:DescribeStacks, cloudformation:ListStackResources and"
          + " cloudformation:GetTemplate";

  /** CloudFormation throttles who asks for more. */
  private static final int MAX_PARALLEL = 8;

  static DeployedTemplates read(CloudOptions place, CloudAssembly assembly) {
    return place.withClient(
        CloudFormationClient.builder(),
        client -> {
          try {
            return DeployedStack.find(client, place.prefix())
                .map(
                    stack ->
                        place.ask(
                            DeployedStack.patientClient(),
                            patient -> of(patient, stack, place, assembly)))
                .orElseGet(
                    () ->
                        new DeployedTemplates(
                            List.of(), wanted(assembly, Set.of(), place.names()), List.of()));
          } catch (AwsServiceException e) {
            return unreadable(e);
          }
        });
  }

  /** Then nothing can be said. */
  private static DeployedTemplates unreadable(AwsServiceException failure) {
    return new DeployedTemplates(
        List.of(),
        List.of(),
        List.of(
            Finding.stop(
                StackChecks.STACK, "could not read it: " + AccountCheck.why(failure, RIGHTS))));
  }

  private static DeployedTemplates of(
      CloudFormationClient client,
      DeployedStack stack,
      CloudOptions place,
      CloudAssembly assembly) {
    ResourceNames names = place.names();
    List<Resource> root = resources(DeployedStack.template(client, stack.name())).toList();
    List<NamedResource> before = new ArrayList<>(NamedResource.of(root.stream(), names));
    List<Finding> unread = new ArrayList<>();
    Set<String> unreadIds = new HashSet<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(MAX_PARALLEL, Thread.ofVirtual().factory())) {
      Map<String, Future<JsonNode>> nested = new TreeMap<>();
      for (Resource one : root) {
        String arn = stack.resources().get(one.logicalId());
        if (one.isOf(DeployedStack.NESTED) && arn != null) {
          nested.put(one.logicalId(), threads.submit(() -> DeployedStack.template(client, arn)));
        }
      }
      for (Map.Entry<String, Future<JsonNode>> one : nested.entrySet()) {
        try {
          before.addAll(NamedResource.of(resources(one.getValue().get()), names));
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof SdkException failure)) {
            throw new IllegalStateException("A template cannot be read", e.getCause());
          }
          unreadIds.add(one.getKey());
          unread.add(
              Finding.stop(
                  "nested stack " + one.getKey(),
                  "could not read it: " + AccountCheck.why(failure, "cloudformation:GetTemplate")));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new CommandFailure("interrupted");
        }
      }
    }
    return new DeployedTemplates(before, wanted(assembly, unreadIds, names), unread);
  }

  private static Stream<Resource> resources(JsonNode template) {
    return new CloudAssembly.Template("", 0, template).resources();
  }

  private static List<NamedResource> wanted(
      CloudAssembly assembly, Set<String> unread, ResourceNames names) {
    List<NamedResource> all = new ArrayList<>(NamedResource.of(assembly.root().resources(), names));
    assembly
        .root()
        .resources()
        .filter(resource -> !unread.contains(resource.logicalId()))
        .flatMap(resource -> assembly.nested(resource).stream())
        .forEach(template -> all.addAll(NamedResource.of(template.resources(), names)));
    return all;
  }
}
