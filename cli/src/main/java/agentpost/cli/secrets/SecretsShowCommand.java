package agentpost.cli.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.PlainWriter;
import agentpost.secrets.StoredSecret;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/** {@code agentpost secrets show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Prints an agent's current secret for its owner, once. A second time is refused until the"
          + " next rotation.",
      "For an agent with Ed25519 it prints the public key, any number of times."
    },
    footer = {"", "Example:", "  ./agentpost secrets show crm-sync --once"})
final class SecretsShowCommand implements Callable<Integer> {
  /** On the secret: a fingerprint of what was shown, and when. */
  private static final String SHOWN = "agentpost:shown";

  @Spec private CommandSpec spec;
  @Mixin private final SecretTargetOptions place = new SecretTargetOptions();

  @Parameters(
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name.")
  private AgentName name;

  @Option(names = "--once", description = "Prints the secret itself, after marking it as shown.")
  private boolean once;

  @Override
  public Integer call() {
    SecretTarget target = place.of(name);
    target.secrets(client -> client.describeSecret(describe -> describe.secretId(target.id())));
    String publicKey = target.step("overview").path("public_key").asText();
    if (!publicKey.isEmpty()) {
      spec.commandLine().getOut().println(publicKey);
      return 0;
    }
    if (!once) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing required option: '--once'. A secret is shown once; keep it from then on");
    }
    String secret = target.secrets(client -> takeSecret(client, target));
    PlainWriter.say(
        spec.commandLine().getErr(),
        "agentpost: this is the only time; hand it over on a channel that keeps no copy");
    spec.commandLine().getOut().println(secret);
    spec.commandLine().getOut().flush();
    return 0;
  }

  /** Marked first: who is interrupted rotates again, and nobody sees it a second time. */
  private String takeSecret(SecretsManagerClient client, SecretTarget target) {
    String id = target.id();
    String current =
        StoredSecret.read(client.getSecretValue(get -> get.secretId(id)).secretString()).current();
    String fingerprint = fingerprint(current);
    Optional<String> shown =
        client.describeSecret(describe -> describe.secretId(id)).tags().stream()
            .filter(tag -> tag.key().equals(SHOWN))
            .findFirst()
            .map(Tag::value)
            .filter(value -> value.startsWith(fingerprint));
    if (shown.isPresent()) {
      throw new CommandFailure(
          "the secret was shown already, at "
              + shown.get().substring(fingerprint.length()).strip()
              + "; "
              + target.nextOfSecret("rotate", "")
              + " makes another, which may be shown once");
    }
    client.tagResource(
        tag ->
            tag.secretId(id)
                .tags(
                    Tag.builder()
                        .key(SHOWN)
                        .value(fingerprint + " " + Instant.now().truncatedTo(ChronoUnit.SECONDS))
                        .build()));
    return current;
  }

  /** A secret has 192 random bits or more, so its hash tells nothing of it. */
  private static String fingerprint(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(("agentpost shown " + secret).getBytes(UTF_8)),
              0,
              16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
