package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** Starts the local cloud in a process of its own, and asks it. */
abstract class LocalTestBed {
  /** It takes three seconds on a machine that does nothing else. */
  static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  static final Path EXAMPLES = Launcher.HOME.resolve("events-schemas/user.signed_up/examples");

  @TempDir Path directory;

  Launcher ready(Path catalog, int timeScale, String... more) throws IOException {
    Launcher local =
        Launcher.startOn(
            catalog,
            directory,
            Stream.concat(
                    Stream.of(
                        "local",
                        "--port",
                        "0",
                        "--time-scale",
                        Integer.toString(timeScale),
                        "--seed",
                        "7",
                        "--strict"),
                    Stream.of(more))
                .toArray(String[]::new));
    try {
      await()
          .atMost(START_TIMEOUT)
          .untilAsserted(() -> assertThat(local.output()).contains("ArchiveName = "));
    } catch (ConditionTimeoutException e) {
      local.close();
      throw e;
    }
    return local;
  }

  /** The free one that it took. */
  static int port(Launcher local) {
    return Integer.parseInt(
        local.output().replaceFirst("(?s).*ready: http://localhost:(\\d+).*", "$1"));
  }

  static JsonNode get(int port, String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      return new JsonMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static EventBridgeClient events(int port) {
    return EventBridgeClient.builder()
        .endpointOverride(URI.create("http://localhost:" + port))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  static void subscribe(int port, String agent, String url) {
    try (EventBridgeClient events = events(port)) {
      String connection =
          events.describeConnection(describe -> describe.name("agentpost")).connectionArn();
      String destination =
          events
              .createApiDestination(
                  create ->
                      create
                          .name("agentpost-" + agent)
                          .connectionArn(connection)
                          .httpMethod(ApiDestinationHttpMethod.POST)
                          .invocationEndpoint(url))
              .apiDestinationArn();
      events.putRule(
          rule ->
              rule.name("agentpost-" + agent)
                  .eventBusName("agentpost")
                  .eventPattern("{\"detail-type\":[\"user.signed_up\"]}"));
      Target target =
          Target.builder()
              .id("webhook")
              .arn(destination)
              .roleArn("arn:aws:iam::000000000000:role/any")
              .inputPath("$.detail")
              .build();
      events.putTargets(
          put -> put.rule("agentpost-" + agent).eventBusName("agentpost").targets(target));
    }
  }
}
