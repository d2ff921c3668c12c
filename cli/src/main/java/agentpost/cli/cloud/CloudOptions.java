package agentpost.cli.cloud;

import agentpost.catalog.ResourceNames;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.Progress;
import agentpost.cli.terminal.ShellWord;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBus;
import software.amazon.awssdk.services.eventbridge.model.ListEventBusesRequest;
import software.amazon.awssdk.services.eventbridge.model.ListEventBusesResponse;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Where a command looks: in a local cloud, or on AWS as soon as a profile or a region is named; and
 * at which stage's stack.
 */
public class CloudOptions {
  /** Of the CDK's command, as the documents have it. */
  private static final String CDK_VERSION = "2.1148.1";

  private static final String LOCAL = "http://localhost:4566";

  /** What aws and cdk go by too. */
  private static final String ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL";

  /** Only this machine goes without saying; another is named by an option. */
  private static final Pattern LOOPBACK =
      Pattern.compile("https?://(?:localhost|127(?:\\.[0-9]{1,3}){3}+|\\[::1])(?::[0-9]{1,5})?+/?");

  private final URI defaultEndpoint;
  private final Optional<agentpost.platform.AwsClients> inProcess;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--endpoint-url",
      paramLabel = "URL",
      description =
          "A local cloud (default: "
              + ENDPOINT_VARIABLE
              + " if it is on this machine, or "
              + LOCAL
              + ").")
  private @Nullable URI endpoint;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "AWS, with this profile's credentials.")
  private @Nullable String profile;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "AWS, in this region (default: the profile's).")
  private @Nullable String region;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description = "The stage's stack, agentpost-STAGE (default: agentpost).")
  private @Nullable String stage;

  public CloudOptions() {
    this(System.getenv());
  }

  CloudOptions(Map<String, String> environment) {
    String url = environment.getOrDefault(ENDPOINT_VARIABLE, LOCAL);
    this.defaultEndpoint = URI.create(LOOPBACK.matcher(url).matches() ? url : LOCAL);
    this.inProcess = Optional.empty();
  }

  /**
   * A local cloud in this JVM, rather than what a command line says.
   *
   * @param clients of it
   */
  protected CloudOptions(URI endpoint, agentpost.platform.AwsClients clients) {
    this.defaultEndpoint = endpoint;
    this.inProcess = Optional.of(clients);
  }

  /** A local cloud in this JVM. */
  public static CloudOptions inProcess(URI endpoint, agentpost.platform.AwsClients clients) {
    return new CloudOptions(endpoint, clients);
  }

  public boolean isAws() {
    return profile != null || region != null;
  }

  /** Whether the command line says where, rather than that a local cloud is looked for. */
  public final boolean isNamed() {
    return endpoint != null || isAws();
  }

  /** Rather than AWS, or another endpoint such as LocalStack's. */
  public final boolean isLocalCloud() {
    return ofLocalCloud("/_agentpost/health").isPresent();
  }

  /**
   * @param port of this machine
   */
  public static boolean isLocalCloud(int port) {
    return LocalCloudPages.read(URI.create("http://localhost:" + port + "/_agentpost/health"))
        .isPresent();
  }

  /** Nothing for the stack without one. */
  public final Optional<String> stage() {
    return Optional.ofNullable(stage);
  }

  /** What the names of all that the stack has begin with; its own name, and its bus's. */
  public final String prefix() {
    return names().prefix();
  }

  /** Of what the stack has. */
  public final ResourceNames names() {
    if (stage == null) {
      return ResourceNames.DEFAULT;
    }
    if (!ResourceNames.isStage(stage)) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--stage': it must be a lower-case letter and up to 11 letters"
              + " or digits, as in --stage try for what begins with agentpost-try");
    }
    return ResourceNames.ofStage(stage);
  }

  /** A command to type next, for the same place. */
  public final String nextCommand(String command) {
    StringBuilder next = new StringBuilder("./agentpost ").append(command);
    option(next, "--endpoint-url", endpoint == null ? null : endpoint.toString());
    whereOnAws(next);
    option(next, "--stage", stage);
    return next.toString();
  }

  /** The same of AWS's own command. */
  public final String nextOfAws(String command) {
    StringBuilder next = new StringBuilder("aws ").append(command);
    option(next, "--endpoint-url", isAws() ? null : localEndpoint().toString());
    whereOnAws(next);
    return next.toString();
  }

  /** The same of the CDK's, which takes its region from the environment. */
  public final String nextOfCdk(String command) {
    StringBuilder next = new StringBuilder();
    if (region != null) {
      next.append("AWS_REGION=").append(ShellWord.quote(region)).append(' ');
    }
    next.append("npx --yes aws-cdk@").append(CDK_VERSION).append(' ').append(command);
    option(next, "--profile", profile);
    return next.toString();
  }

  private void whereOnAws(StringBuilder next) {
    option(next, "--profile", profile);
    option(next, "--region", region);
  }

  private static void option(StringBuilder next, String name, @Nullable String value) {
    if (value != null) {
      next.append(' ').append(name).append(' ').append(ShellWord.quote(value));
    }
  }

  /**
   * Something of the stack is not where it should be.
   *
   * @throws CommandFailure if there is no such stack at all
   */
  public final CommandFailure missingResource(String what) {
    return missingResource(what, "--stage names another stage's stack");
  }

  /**
   * The same, where something else than the stage may be wrong.
   *
   * @param hint what would be right
   */
  public final CommandFailure missingResource(String what, String hint) {
    requireStack(stacks());
    return new CommandFailure("there is no " + what + " at " + label() + "; " + hint);
  }

  /**
   * Nothing of the stack is called so.
   *
   * @param kind of what has names, such as {@code agent}
   * @throws CommandFailure if there is no such stack at all
   */
  public final CommandFailure unknownName(String kind, String name, Collection<String> known) {
    requireStack(stacks());
    return new CommandFailure(
        "no "
            + kind
            + " of that name: there is no "
            + name
            + " at "
            + label()
            + "; "
            + (known.isEmpty()
                ? "there are none; " + nextCommand("doctor") + " looks at the stack"
                : "there are: " + String.join(", ", known)));
  }

  /** The stacks that there are, of all stages: each has a bus of its name. */
  public final List<String> stacks() {
    return withClient(
        EventBridgeClient.builder(),
        client -> {
          List<String> stacks = new ArrayList<>();
          String token = null;
          do {
            ListEventBusesResponse page =
                client.listEventBuses(
                    ListEventBusesRequest.builder()
                        .namePrefix(ResourceNames.PRODUCT)
                        .nextToken(token)
                        .build());
            page.eventBuses().stream()
                .map(EventBus::name)
                .filter(ResourceNames::isStack)
                .forEach(stacks::add);
            token = page.nextToken();
          } while (token != null);
          return stacks;
        });
  }

  /**
   * @throws CommandFailure if there is no such stack
   */
  public final void requireStack(List<String> stacks) {
    if (!stacks.contains(prefix())) {
      String others =
          stacks.isEmpty()
              ? "there is none"
              : "there is " + String.join(", ", stacks) + " (--stage names a stage's)";
      throw new CommandFailure(
          "no stack of that name: there is no " + prefix() + " at " + label() + "; " + others);
    }
  }

  private URI localEndpoint() {
    return endpoint == null ? defaultEndpoint : endpoint;
  }

  /** How messages call it. */
  public String label() {
    return isAws() ? "AWS" : localEndpoint().toString();
  }

  /**
   * What there is to know, from a client of that kind; failures as a person at a terminal can use
   * them.
   */
  public final <
          T,
          C extends SdkAutoCloseable,
          B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>>
      T withClient(B builder, Function<C, T> question) {
    try {
      return ask(builder, question);
    } catch (SdkServiceException e) {
      throw new CommandFailure(
          label()
              + " gave an unexpected answer: "
              + e.getMessage()
              + "; next: "
              + nextCommand("doctor"));
    } catch (SdkException e) {
      throw new CommandFailure(
          isAws()
              ? "AWS could not be called: "
                  + e.getMessage()
                  + "; next: "
                  + nextOfAws("sts get-caller-identity")
              : "nothing answers at "
                  + label()
                  + "; start ./agentpost local, or say where to look with --endpoint-url, --profile"
                  + " or --region");
    }
  }

  /** As {@link #withClient}, with failures as they are. */
  public final <
          T,
          C extends SdkAutoCloseable,
          B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>>
      T ask(B builder, Function<C, T> question) {
    requireOnePlace();
    try (C client = clients().build(builder)) {
      return question.apply(client);
    }
  }

  /** The same, of services that are called without a client of their own. */
  public final <T> T askApi(Function<AwsApi, T> question) {
    requireOnePlace();
    try (SdkHttpClient http = UrlConnectionHttpClient.create()) {
      return question.apply(clients().api(http));
    }
  }

  private AwsClients clients() {
    if (inProcess.isPresent()) {
      return new AwsClients.InProcess(localEndpoint(), inProcess.get());
    }
    return isAws()
        ? new AwsClients.OnAws(Optional.ofNullable(profile), Optional.ofNullable(region))
        : new AwsClients.Local(localEndpoint());
  }

  /**
   * @throws ParameterException if the options name none, or two
   */
  public final void requireOnePlace() {
    if (endpoint != null && isAws()) {
      throw new ParameterException(
          spec.commandLine(),
          "--endpoint-url is for a local cloud, --profile and --region are for AWS");
    }
    if (!isAws()
        && (localEndpoint().getHost() == null
            || !("http".equals(localEndpoint().getScheme())
                || "https".equals(localEndpoint().getScheme())))) {
      throw new ParameterException(
          spec.commandLine(),
          "Invalid value for option '--endpoint-url': it must be like "
              + LOCAL
              + ", with a host of letters, digits, hyphens and dots");
    }
  }

  /** A local cloud's time may run ahead of the wall's; what is in its table goes by it. */
  public Instant now() {
    return ofLocalCloud("/_agentpost/health")
        .map(health -> health.path("now").asText(""))
        .filter(now -> !now.isEmpty())
        .map(Instant::parse)
        .orElseGet(Instant::now);
  }

  /**
   * What the local cloud tells at a path of its own; nothing of AWS, or of another endpoint such as
   * LocalStack's.
   */
  public final Optional<JsonNode> ofLocalCloud(String path) {
    if (isAws()) {
      return Optional.empty();
    }
    return LocalCloudPages.read(localEndpoint().resolve(path));
  }

  /** What it waits for is said on standard error. */
  public FunctionCaller caller(LambdaClient client) {
    PrintWriter err =
        inProcess.isPresent() ? new PrintWriter(Writer.nullWriter()) : spec.commandLine().getErr();
    return new FunctionCaller(client, FunctionCaller.PAUSE, Progress.of(err));
  }
}
