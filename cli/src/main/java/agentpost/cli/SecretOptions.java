package agentpost.cli;

import agentpost.signing.Secrets;
import agentpost.signing.WebhookSecret;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The secrets of a command line, current first. */
final class SecretOptions {
  private SecretOptions() {}

  /** @throws ParameterException saying which of them has the wrong shape, never what it is */
  static Secrets parse(CommandSpec spec, List<String> texts) {
    try {
      return new Secrets(texts.stream().map(WebhookSecret::of).toList());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--secret': " + e.getMessage(), e);
    }
  }
}
