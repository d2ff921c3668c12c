package agentpost.cli.signing;

import agentpost.cli.terminal.FileErrors;
import agentpost.signing.KeySet;
import agentpost.signing.Scheme;
import agentpost.signing.SecretText;
import agentpost.signing.SigningKey;
import agentpost.signing.WebhookSecret;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The secrets of a command line, current first. White space around one is no part of it: a file
 * ends with a line end.
 */
final class SecretValueOptions {
  /** One of them, in one of three ways. */
  static final class SecretSource {
    @Option(
        names = "--secret-file",
        paramLabel = "FILE",
        description =
            "A file with the secret's text: whsec_ and base64 of 24 to 64 bytes; whsk_ for Ed25519"
                + " (whpk_ suffices to verify); for other schemes the provider's text (Twilio's"
                + " auth token). Repeat it for the previous secret during a rotation.")
    private @Nullable Path file;

    @Option(
        names = "--secret-env",
        paramLabel = "NAME",
        description = "The environment variable that has the secret's text.")
    private @Nullable String variable;

    @Option(
        names = "--secret",
        paramLabel = "SECRET",
        description =
            "The secret's text. Every user of this machine can see it (ps), and the shell keeps it"
                + " in its history: only for test secrets.")
    private @Nullable String text;

    /** Its option, for messages. */
    private String option() {
      return file != null ? "--secret-file" : variable != null ? "--secret-env" : "--secret";
    }

    /**
     * @throws IllegalArgumentException saying why there is none; neither a name nor a text is in
     *     it, for people mix them up
     */
    private String read() {
      if (file != null) {
        return read(file);
      }
      String given =
          variable != null
              ? variable(variable)
              : Objects.requireNonNull(text, "picocli gives a group one of its options");
      if (given.indexOf('\ufffd') >= 0) {
        // What the JVM makes of bytes that are none of its encoding's. Signed with that, everything
        // is wrong.
        throw new IllegalArgumentException(
            "it is not in the encoding of this locale, "
                + System.getProperty("native.encoding")
                + "; set LC_ALL to a UTF-8 one, or use --secret-file");
      }
      return given.strip();
    }

    private static String variable(String name) {
      String value = System.getenv(name);
      if (value == null) {
        throw new IllegalArgumentException(
            "there is no such environment variable; export it first");
      }
      return value;
    }

    private static String read(Path file) {
      try {
        return Files.readString(file).strip();
      } catch (CharacterCodingException e) {
        throw new IllegalArgumentException("the file is not UTF-8", e);
      } catch (IOException e) {
        throw new IllegalArgumentException("the file cannot be read: " + FileErrors.explain(e), e);
      }
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @ArgGroup(multiplicity = "0..*")
  private List<SecretSource> given = new ArrayList<>();

  /**
   * What is missing beside them is said with them.
   *
   * @throws ParameterException if there is none of them, or no scheme
   */
  <T> T require(Optional<T> scheme) {
    List<String> missing = new ArrayList<>();
    if (scheme.isEmpty()) {
      missing.add("'--scheme=SCHEME'");
    }
    if (given.isEmpty()) {
      missing.add("'--secret-file=FILE', '--secret-env=NAME' or '--secret=SECRET'");
    }
    if (!missing.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing required option"
              + (missing.size() > 1 ? "s: " : ": ")
              + String.join(", and ", missing));
    }
    return scheme.orElseThrow();
  }

  /**
   * The plain scheme's key is the text, whoever made it up.
   *
   * @throws ParameterException saying which of them has the wrong shape, never what it is
   */
  KeySet toVerify(Scheme scheme) {
    return new KeySet(read(text -> key(scheme, text)));
  }

  /**
   * @throws ParameterException for what {@link #toVerify} refuses, and for a public key
   */
  KeySet toSign(Scheme scheme) {
    return new KeySet(read(text -> signing(key(scheme, text))));
  }

  private static SigningKey key(Scheme scheme, String text) {
    return switch (scheme) {
      case STANDARD -> SigningKey.of(text);
      case X_WEBHOOK_SIGNATURE -> WebhookSecret.ofAnyText(text);
    };
  }

  private static SigningKey signing(SigningKey key) {
    if (!key.canSign()) {
      throw new IllegalArgumentException("a whpk_ is a public key; what signs is whsk_");
    }
    return key;
  }

  /**
   * Secrets that a third party made up.
   *
   * @throws ParameterException if one of them is empty
   */
  List<String> ofThirdParty() {
    return read(SecretValueOptions::requireNonEmpty);
  }

  private static String requireNonEmpty(String text) {
    if (SecretText.strip(text).isEmpty()) {
      throw new IllegalArgumentException("A source's secret must not be empty");
    }
    return text;
  }

  private <T> List<T> read(Function<String, T> as) {
    List<T> all = new ArrayList<>();
    for (SecretSource one : given) {
      try {
        all.add(as.apply(one.read()));
      } catch (IllegalArgumentException e) {
        throw badSecret(one, e);
      }
    }
    return all;
  }

  private ParameterException badSecret(SecretSource one, IllegalArgumentException why) {
    return new ParameterException(
        spec.commandLine(),
        "Invalid value for option '" + one.option() + "': " + why.getMessage(),
        why);
  }
}
