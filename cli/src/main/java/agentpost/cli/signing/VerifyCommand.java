package agentpost.cli.signing;

import agentpost.ingest.Provider;
import agentpost.ingest.SignedRequest;
import agentpost.ingest.SourceVerifier;
import agentpost.ingest.StandardVerifier;
import agentpost.ingest.TimestampPolicy;
import agentpost.signing.Scheme;
import agentpost.signing.Verifier;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code agentpost verify}: whether the raw body on standard input is signed. Exit 0 accepted, 1
 * rejected, 2 usage.
 */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    customSynopsis =
        "agentpost verify --scheme=SCHEME (--secret-file=FILE | --secret-env=NAME |"
            + " --secret=SECRET)... [--header='NAME: VALUE']... [OPTIONS]",
    description =
        "Verifies the raw body on standard input. Exit code 0: accepted; 1: rejected, with the"
            + " reason; 2: usage.",
    footer = {
      "",
      "Example:",
      "  export SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "  printf '%%s' '{\"test\": 2432232314}' | \\",
      "  ./agentpost verify --scheme standard --secret-env SECRET --at 1614265330 \\",
      "  --header 'webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek' \\",
      "  --header 'webhook-timestamp: 1614265330' \\",
      "  --header 'webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='"
    })
public final class VerifyCommand implements Callable<Integer> {
  private final InputStream in;

  @Spec private CommandSpec spec;

  @Option(
      names = "--scheme",
      paramLabel = "SCHEME",
      description = "One of ${COMPLETION-CANDIDATES}.",
      completionCandidates = VerifySchemeConverter.Candidates.class,
      converter = VerifySchemeConverter.class)
  private Optional<VerifyScheme> scheme = Optional.empty();

  @Mixin private SecretValueOptions secrets = new SecretValueOptions();

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'",
      description = "A header line of the request; repeatable.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The URL as the sender called it, with its query; the twilio scheme needs it.")
  private Optional<String> url;

  @Option(
      names = "--at",
      paramLabel = "EPOCH",
      description = "Verifies as of this time, in seconds since 1970 (default: now).",
      converter = EpochSecondsConverter.class)
  private Optional<Instant> at;

  @Option(
      names = "--tolerance",
      paramLabel = "SECONDS",
      description = "How far off the timestamp may be, either way (default: ${DEFAULT-VALUE}).",
      defaultValue = "300",
      converter = DurationConverter.class)
  private Duration tolerance;

  public VerifyCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    Clock clock =
        at.map(instant -> Clock.fixed(instant, ZoneOffset.UTC)).orElseGet(Clock::systemUTC);
    Optional<String> rejection =
        switch (secrets.require(scheme)) {
          case VerifyScheme.Ours(var ours) -> verifyOurs(ours, clock);
          case VerifyScheme.Theirs(var provider) ->
              verifyTheirs(provider, new TimestampPolicy(clock, tolerance));
        };
    spec.commandLine()
        .getOut()
        .println(rejection.map(why -> "rejected: " + why).orElse("accepted"));
    return rejection.isEmpty() ? 0 : 1;
  }

  private Optional<String> verifyOurs(Scheme ours, Clock clock) throws IOException {
    Verifier verifier = new Verifier(secrets.toVerify(ours), clock, tolerance);
    return VerificationMessage.of(verifier.verify(ofScheme(ours, lines()), in.readAllBytes()));
  }

  private Optional<String> verifyTheirs(Provider provider, TimestampPolicy freshness)
      throws IOException {
    if (provider.signsUrl() && url.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing required option for --scheme " + provider.name() + ": '--url=URL'");
    }
    SourceVerifier verifier = provider.verifier(secrets.ofThirdParty(), freshness);
    return VerificationMessage.of(
        verifier.verify(new SignedRequest(url.orElse(""), lines(), in.readAllBytes())));
  }

  /**
   * Only the asked-for scheme's headers count here, Svix's names for them too: which of two schemes
   * decides is the inbox's rule.
   */
  private static Map<String, List<String>> ofScheme(Scheme scheme, Map<String, List<String>> all) {
    return switch (scheme) {
      case STANDARD -> StandardVerifier.headers(new SignedRequest("", all, new byte[0]));
      case X_WEBHOOK_SIGNATURE ->
          all.entrySet().stream()
              .filter(header -> !header.getKey().toLowerCase(Locale.ROOT).startsWith("webhook-"))
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    };
  }

  private Map<String, List<String>> lines() {
    Map<String, List<String>> byName = new LinkedHashMap<>();
    for (String line : headers) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new ParameterException(
            spec.commandLine(), "Invalid value for option '--header': expected 'NAME: VALUE'");
      }
      byName
          .computeIfAbsent(line.substring(0, colon).strip(), _ -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return byName;
  }
}
