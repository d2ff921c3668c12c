package agentpost.cli;

import agentpost.ingest.SourceSecrets;
import agentpost.signing.Scheme;
import agentpost.signing.Secrets;
import agentpost.signing.SigningKey;
import agentpost.signing.WebhookSecret;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The secrets of a command line, current first. */
final class SecretOptions {
  private SecretOptions() {}

  /**
   * The plain scheme's key is the text, whoever made it up.
   *
   * @throws ParameterException saying which of them has the wrong shape, never what it is
   */
  static Secrets parse(CommandSpec spec, Scheme scheme, List<String> texts) {
    Function<String, SigningKey> read =
        switch (scheme) {
          case STANDARD -> SigningKey::of;
          case X_WEBHOOK_SIGNATURE -> WebhookSecret::ofAnyText;
        };
    try {
      return new Secrets(texts.stream().map(read).toList());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--secret': " + e.getMessage(), e);
    }
  }

  /**
   * Secrets that a third party made up.
   *
   * @throws ParameterException if one of them is empty
   */
  static SourceSecrets parse(CommandSpec spec, List<String> texts) {
    try {
      return new SourceSecrets(texts);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--secret': " + e.getMessage(), e);
    }
  }
}
