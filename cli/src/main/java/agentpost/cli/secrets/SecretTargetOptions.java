package agentpost.cli.secrets;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.CloudOptions;
import picocli.CommandLine.Option;

/** Where secrets are, and what a name is of. */
final class SecretTargetOptions extends CloudOptions {
  @Option(names = "--processor", description = "AGENT names a processor.")
  private boolean processor;

  boolean isProcessor() {
    return processor;
  }

  SecretTarget of(AgentName name) {
    return new SecretTarget(this, name, processor);
  }
}
