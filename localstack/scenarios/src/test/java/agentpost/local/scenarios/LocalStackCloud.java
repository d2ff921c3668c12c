package agentpost.local.scenarios;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agentpost.local.HostedFunctions;
import agentpost.local.cloudformation.Deployer;
import agentpost.local.email.Outbox;
import agentpost.platform.AwsClients;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/**
 * A LocalStack, wherever it runs, and the functions in this JVM. What is made has names of this
 * run, and is taken back in the end.
 */
final class LocalStackCloud implements Cloud {
  private final URI endpoint;
  private final boolean hasDocker;
  private final boolean invokesFunctions;
  private final HostedFunctions hosted;
  private final IntFunction<String> reached;
  private final LocalStackResources resources;
  private final Deployer deployer;
  private final Path directory;
  private final String stage;
  private @Nullable App app;
  private boolean tried;

  /**
   * @param hasDocker to run functions and to have brought DynamoDB
   * @param functionsPort where it was told to invoke functions; 0 if it was not
   * @param reached how it reaches a port of this machine
   */
  LocalStackCloud(
      URI endpoint,
      boolean hasDocker,
      int functionsPort,
      IntFunction<String> reached,
      Path directory,
      String stage)
      throws Exception {
    this.endpoint = endpoint;
    this.hasDocker = hasDocker;
    this.invokesFunctions = functionsPort != 0;
    this.hosted = new HostedFunctions(functionsPort, bare());
    this.reached = reached;
    this.resources =
        new LocalStackResources(new RawAws(endpoint), hosted, reached.apply(hosted.port()));
    this.deployer = new Deployer(resources.all(), resources::secretValue);
    this.directory = directory;
    this.stage = stage;
  }

  @Override
  public Set<Gap> gaps() {
    return Arrays.stream(Gap.values())
        .filter(
            gap ->
                gap.of() == Gap.Of.LOCALSTACK
                    || (gap.of() == Gap.Of.LOCALSTACK_WITHOUT_DOCKER && !hasDocker))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Gap.class)));
  }

  @Override
  public AwsClients aws() {
    return hosted.clients();
  }

  @Override
  public AwsClients bare() {
    return new AwsClients() {
      @Override
      public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
          B builder) {
        return builder
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .region(Region.US_EAST_1)
            .endpointOverride(endpoint)
            .build();
      }
    };
  }

  @Override
  public boolean invokesFunctions() {
    return invokesFunctions;
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public String url(int port, String path) {
    return reached.apply(port) + path;
  }

  @Override
  public synchronized App app() {
    if (app == null) {
      // A second try would only find what the first has made.
      assumeTrue(!tried, "The template could not be deployed, which another scenario reports");
      tried = true;
      String prefix = "agentpost-" + stage;
      String url =
          deploy(CdkApp.synthesized(directory, stage, true))
              .getOrDefault(prefix, Map.of())
              .getOrDefault("ApiUrl", "");
      app = new App(prefix, hosted.located(url, "http://127.0.0.1:" + hosted.port()));
    }
    return app;
  }

  @Override
  public Map<String, Map<String, String>> deploy(Path cdkOut) {
    deployer.deploy(cdkOut);
    return deployer.stacks();
  }

  @Override
  public List<Outbox.Mail> outbox() {
    return hosted.outbox();
  }

  @Override
  public List<String> log() {
    return hosted.log();
  }

  @Override
  public void ahead(Duration by) {
    hosted.ahead(by);
  }

  @Override
  public void close() {
    try {
      resources.remove();
    } finally {
      hosted.close();
    }
  }
}
