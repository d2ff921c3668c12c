package agentpost.cli.signing;

import agentpost.signing.Scheme;
import agentpost.signing.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code agentpost sign}: header lines for the raw body on standard input. */
@Command(
    name = "sign",
    mixinStandardHelpOptions = true,
    customSynopsis =
        "agentpost sign --scheme=SCHEME (--secret-file=FILE | --secret-env=NAME |"
            + " --secret=SECRET)... [--id=ID] [--timestamp=EPOCH]",
    description = "Prints the header lines that sign the raw body on standard input.",
    footer = {
      "",
      "Example:",
      "  export SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "  printf '%%s' '{\"test\": 2432232314}' | \\",
      "  ./agentpost sign --scheme standard --secret-env SECRET \\",
      "  --id msg_p5jXN8AQM9LWM0D4loKWxJek --timestamp 1614265330"
    })
public final class SignCommand implements Callable<Integer> {
  private final InputStream in;

  @Spec private CommandSpec spec;

  @Option(
      names = "--scheme",
      paramLabel = "SCHEME",
      description = "One of ${COMPLETION-CANDIDATES}.",
      completionCandidates = SchemeConverter.Candidates.class,
      converter = SchemeConverter.class)
  private Optional<Scheme> scheme = Optional.empty();

  @Mixin private SecretValueOptions secrets = new SecretValueOptions();

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "The webhook-id, which is the event's id; the standard scheme needs it.")
  private Optional<String> id;

  @Option(
      names = "--timestamp",
      paramLabel = "EPOCH",
      description = "This attempt's time, in seconds since 1970 (default: now).",
      converter = EpochSecondsConverter.class)
  private Optional<Instant> timestamp;

  public SignCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    Scheme wanted = secrets.require(scheme);
    Signer signer = new Signer(secrets.toSign(wanted));
    byte[] body = in.readAllBytes();
    spec.commandLine().getOut().print(lines(wanted, signer, body));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private String lines(Scheme wanted, Signer signer, byte[] body) {
    Map<String, String> headers =
        switch (wanted) {
          case STANDARD -> {
            if (id.isEmpty()) {
              throw new ParameterException(
                  spec.commandLine(), "Missing required option for --scheme standard: '--id=ID'");
            }
            yield standard(signer, body);
          }
          case X_WEBHOOK_SIGNATURE -> signer.signPlain(body);
        };
    StringBuilder lines = new StringBuilder();
    headers.forEach((name, value) -> lines.append(name).append(": ").append(value).append('\n'));
    return lines.toString();
  }

  private Map<String, String> standard(Signer signer, byte[] body) {
    try {
      return signer.standard(id.orElseThrow(), timestamp.orElseGet(Instant::now), body);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "Invalid value for option '--id': " + e.getMessage(), e);
    }
  }
}
