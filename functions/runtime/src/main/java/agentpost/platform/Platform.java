package agentpost.platform;

import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.regions.Region;

/**
 * What a function gets from where it runs. Every handler class has two public constructors: one
 * without arguments, for Lambda, which calls the other with {@link #lambda()}; and one that takes a
 * {@code Platform}, so that the same class runs in-process elsewhere.
 *
 * @param environment the function's environment variables
 * @param clock wall clock, UTC; signatures, leases and ages are measured with it
 * @param deadlines the clock that deadlines and plans are set and held by; the wall's on AWS, the
 *     local cloud's own, which may run faster
 * @param aws builds AWS clients
 * @param http for calls to agents; follows no redirect
 * @param network for calls to URLs that others chose
 * @param log takes one line of JSON for each thing worth one
 */
public record Platform(
    Map<String, String> environment,
    Clock clock,
    Clock deadlines,
    AwsClients aws,
    HttpClient http,
    Network network,
    Consumer<String> log) {
  /**
   * An agent that has not accepted a connection by now will not have answered within EventBridge's
   * five seconds either.
   */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  public Platform {
    environment = Map.copyOf(environment);
    Consumer<String> lines = log;
    log = line -> lines.accept(LogLine.toPlain(line));
  }

  /** With one clock for everything. */
  public Platform(
      Map<String, String> environment,
      Clock clock,
      AwsClients aws,
      HttpClient http,
      Network network,
      Consumer<String> log) {
    this(environment, clock, clock, aws, http, network, log);
  }

  /** With one clock for everything, and with the internet as its network. */
  public Platform(
      Map<String, String> environment,
      Clock clock,
      AwsClients aws,
      HttpClient http,
      Consumer<String> log) {
    this(environment, clock, clock, aws, http, Network.internet(), log);
  }

  /** An environment has keys in it. */
  @Override
  public String toString() {
    return "Platform(" + environment.size() + " environment variables)";
  }

  /**
   * The platform of a Lambda function: its process environment, its role, standard output as its
   * log.
   */
  public static Platform lambda() {
    Map<String, String> environment = System.getenv();
    String region = environment.get("AWS_REGION");
    if (region == null) {
      throw new IllegalStateException(
          "AWS_REGION is not set; Lambda always sets it, elsewhere construct the handler with a"
              + " Platform");
    }
    return new Platform(
        environment,
        Clock.systemUTC(),
        new LambdaAwsClients(Region.of(region)),
        newHttpClient(),
        System.out::println);
  }

  /** The trace that the invocation under way belongs to, where Lambda's runtime puts it. */
  public static Optional<String> traceHeader() {
    return Optional.ofNullable(System.getProperty("com.amazonaws.xray.traceHeader"));
  }

  /** Whose process this is; nobody's but on Lambda. */
  public static Optional<FunctionVersion> functionVersion() {
    return FunctionVersion.of(System.getenv());
  }

  /** As a Lambda function's {@link #http}. */
  public static HttpClient newHttpClient() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT_TIMEOUT)
        .build();
  }
}
