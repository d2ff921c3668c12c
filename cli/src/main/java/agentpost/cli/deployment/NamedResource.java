package agentpost.cli.deployment;

import agentpost.catalog.CloudAssembly;
import agentpost.catalog.ResourceNames;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A resource that people know by its name.
 *
 * @param agent whose it is; empty if it is shared
 * @param kind what people call it, such as {@code queue}
 */
record NamedResource(String agent, String kind, String name, CloudAssembly.Resource resource) {
  /** What is made again as it was when it comes back; all others have something in them. */
  private static final Set<String> EMPTY =
      Set.of("function", "rule", "schedule", "schedule group", "state machine");

  private static final String SECRET = "AWS::SecretsManager::Secret";

  /** Of one template. */
  static List<NamedResource> of(Stream<CloudAssembly.Resource> resources, ResourceNames names) {
    List<CloudAssembly.Resource> all = resources.toList();
    String agent =
        all.stream()
            .filter(resource -> resource.isOf(SECRET))
            .map(resource -> TemplateNames.of(SECRET, resource.properties()))
            .filter(name -> name.startsWith(names.agentSecrets()))
            .map(name -> name.substring(names.agentSecrets().length()))
            .findFirst()
            .orElse("");
    return all.stream()
        .filter(resource -> !TemplateNames.of(resource.type(), resource.properties()).isEmpty())
        .map(
            resource ->
                new NamedResource(
                    agent,
                    TemplateNames.kind(resource.type()),
                    TemplateNames.of(resource.type(), resource.properties()),
                    resource))
        .toList();
  }

  /** Two of one name are the same. */
  String key() {
    return kind + " " + name;
  }

  boolean isQueue() {
    return kind.equals("queue");
  }

  /** Whether something is gone for good when it leaves the stack. */
  boolean isLostWithIt() {
    // What stands in the template, as the directory does, is made again from it.
    return !EMPTY.contains(kind)
        && !resource.isRetained()
        && !resource.properties().has("SecretString");
  }
}
