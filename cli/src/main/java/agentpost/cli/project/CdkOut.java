package agentpost.cli.project;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.terminal.CommandFailure;
import agentpost.local.LocalCloud;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/** The synthesized template, where the launcher put it. */
public final class CdkOut {
  private static final String EXAMPLES = "infra-cdk/src/test/resources/catalogs/examples.yaml";

  private CdkOut() {}

  public static Path directory() {
    String directory = System.getProperty("agentpost.cdk.out");
    if (directory == null) {
      throw new CommandFailure("start it with ./agentpost, which synthesizes the template first");
    }
    return Path.of(directory);
  }

  public static CloudAssembly assembly() {
    return read(directory());
  }

  public static CloudAssembly read(Path folder) {
    try {
      return CloudAssembly.read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("The template cannot be read", e);
    }
  }

  /**
   * For a demo.
   *
   * @param told what its story is about, each as its secret is named
   */
  public static void deployTo(LocalCloud cloud, List<String> told) {
    deployTo(cloud);
    try (SecretsManagerClient secrets =
        cloud.clients("demo").create(SecretsManagerClient.builder())) {
      Set<String> there =
          secrets.listSecretsPaginator().stream()
              .flatMap(page -> page.secretList().stream())
              .map(SecretListEntry::name)
              .collect(Collectors.toSet());
      String lacking =
          told.stream()
              .filter(one -> !there.contains("agentpost/" + one))
              .collect(Collectors.joining(", "));
      if (!lacking.isEmpty()) {
        throw new CommandFailure(
            "this demo is about example agents, and the catalog lacks "
                + lacking
                + "; with all of them: AGENTPOST_CATALOG="
                + EXAMPLES
                + " ./agentpost demo");
      }
    }
  }

  public static void deployTo(LocalCloud cloud) {
    try {
      cloud.deploy(directory());
    } catch (UnsupportedTemplateException e) {
      throw new CommandFailure("the template cannot be deployed: " + e.getMessage());
    }
  }
}
