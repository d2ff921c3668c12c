package agentpost.cli;

import agentpost.local.LocalCloud;
import agentpost.local.cloudformation.UnsupportedTemplateException;
import java.nio.file.Path;

/** The synthesized template, where the launcher put it. */
final class CdkOut {
  private CdkOut() {}

  static Path directory() {
    String directory = System.getProperty("agentpost.cdk.out");
    if (directory == null) {
      throw new CommandFailure("start it with ./agentpost, which synthesizes the template first");
    }
    return Path.of(directory);
  }

  static void deployTo(LocalCloud cloud) {
    try {
      cloud.deploy(directory());
    } catch (UnsupportedTemplateException e) {
      throw new CommandFailure("the template cannot be deployed: " + e.getMessage());
    }
  }
}
