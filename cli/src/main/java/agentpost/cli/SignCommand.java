package agentpost.cli;

import agentpost.signing.Ed25519Key;
import agentpost.signing.Scheme;
import agentpost.signing.Secrets;
import agentpost.signing.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost sign}: header lines for the raw body on standard input. */
@Command(
    name = "sign",
    mixinStandardHelpOptions = true,
    description = "Prints the header lines that sign the raw body on standard input.",
    footer = {
      "",
      "Example:",
      "  printf '%%s' '{\"test\": 2432232314}' | \\",
      "  ./agentpost sign --scheme standard \\",
      "  --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw \\",
      "  --id msg_p5jXN8AQM9LWM0D4loKWxJek --timestamp 1614265330"
    })
final class SignCommand implements Callable<Integer> {
  private final InputStream in;

  @Spec private CommandSpec spec;

  @Option(
      names = "--scheme",
      required = true,
      paramLabel = "SCHEME",
      description = "One of ${COMPLETION-CANDIDATES}.",
      completionCandidates = SchemeName.Candidates.class,
      converter = SchemeName.class)
  private Scheme scheme;

  @Option(
      names = "--secret",
      required = true,
      paramLabel = "SECRET",
      description = "whsec_ and base64 of 24 to 64 bytes; whsk_, for Ed25519 (v1a); for x-webhook-signature any text. Repeat it for the previous one during a rotation.")
  private List<String> secrets;

  @Option(names = "--id", paramLabel = "ID", description = "The webhook-id, which is the event's id; the standard scheme needs it.")
  private Optional<String> id;

  @Option(
      names = "--timestamp",
      paramLabel = "EPOCH",
      description = "Seconds since 1970 of this attempt; now, unless given.",
      converter = EpochSeconds.class)
  private Optional<Instant> timestamp;

  SignCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    Secrets keys = SecretOptions.parse(spec, scheme, secrets);
    if (keys.live().stream().anyMatch(key -> key instanceof Ed25519Key ed25519 && !ed25519.canSign())) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--secret': a whpk_ is a public key; what signs is whsk_");
    }
    Signer signer = new Signer(keys);
    byte[] body = in.readAllBytes();
    spec.commandLine().getOut().print(lines(signer, body));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private String lines(Signer signer, byte[] body) {
    Map<String, String> headers =
        switch (scheme) {
          case STANDARD -> {
            if (id.isEmpty()) {
              throw new ParameterException(spec.commandLine(), "Missing required option for --scheme standard: '--id=ID'");
            }
            yield standard(signer, body);
          }
          case X_WEBHOOK_SIGNATURE -> signer.plain(body);
        };
    StringBuilder lines = new StringBuilder();
    headers.forEach((name, value) -> lines.append(name).append(": ").append(value).append('\n'));
    return lines.toString();
  }

  private Map<String, String> standard(Signer signer, byte[] body) {
    try {
      return signer.standard(id.orElseThrow(), timestamp.orElseGet(Instant::now), body);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "Invalid value for option '--id': " + e.getMessage(), e);
    }
  }
}
