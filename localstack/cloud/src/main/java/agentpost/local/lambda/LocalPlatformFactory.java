package agentpost.local.lambda;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.platform.AwsClients;
import agentpost.platform.Network;
import agentpost.platform.Platform;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What functions in this JVM get: the cloud's clock for deadlines, its clients, and its network.
 */
public final class LocalPlatformFactory
    implements BiFunction<String, Map<String, String>, Platform> {
  private final Clock deadlines;
  private final Function<String, AwsClients> clients;
  private final HttpClient http;
  private final Network network;
  private final BiConsumer<String, String> log;

  public LocalPlatformFactory(
      Clock deadlines,
      Function<String, AwsClients> clients,
      TargetServices reach,
      Network network,
      BiConsumer<String, String> log) {
    this.deadlines = deadlines;
    this.clients = clients;
    HttpClient plain =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    this.http = new FrontDoorClient(plain, reach);
    this.network = network;
    this.log = log;
  }

  @Override
  public Platform apply(String name, Map<String, String> environment) {
    return new Platform(
        environment,
        Clock.systemUTC(),
        deadlines,
        clients.apply(name),
        http,
        network,
        line -> log.accept(name, line));
  }
}
