package agentpost.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.cli.Launcher;
import agentpost.local.LocalCloud;
import agentpost.local.LocalCloudOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestination;

/**
 * The relay at its own URL and the agents that it invokes, each in a process of its own: what a
 * function URL sends goes through Lambda's runtime interface client.
 */
@EnabledOnOs(OS.LINUX)
class RelayUrlRuntimeIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  @TempDir private static Path directory;

  @Test
  void aSignUpReachesTheAgentsWithoutTheApi() throws Exception {
    Path catalog = directory.resolve("agents.yaml");
    Files.writeString(
        catalog, Files.readString(Launcher.ONBOARDING) + "\ndeliveries: functionUrl\n");
    List<String> log = new CopyOnWriteArrayList<>();
    try (LocalCloud cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1).withIsolated(true))) {
      cloud.listenToLogs((function, line) -> log.add(function + " " + line));
      cloud.deploy(Launcher.synthesized(directory, catalog));
      DemoEvent event =
          DemoEvent.read(
              Launcher.HOME.resolve("events-schemas/user.signed_up/examples/put-events.json"),
              Instant.now());
      try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder());
          DynamoDbClient tables = cloud.clients("test").create(DynamoDbClient.builder())) {
        assertThat(events.listApiDestinations(_ -> {}).apiDestinations())
            .extracting(ApiDestination::invocationEndpoint)
            .allMatch(endpoint -> endpoint.contains(".lambda-url."));
        assertThat(events.putEvents(put -> put.entries(event.entry())).failedEntryCount()).isZero();
        for (String agent : List.of("welcome-agent", "trial-monitor")) {
          Map<String, AttributeValue> key =
              Map.of(
                  "agent",
                  AttributeValue.fromS(agent),
                  "event_id",
                  AttributeValue.fromS("uuid-1234-abcd"));
          await()
              .atMost(TIMEOUT)
              .untilAsserted(
                  () ->
                      assertThat(
                              tables
                                  .getItem(get -> get.tableName("agentpost-claims").key(key))
                                  .item())
                          .as(() -> String.join("\n", log))
                          .containsEntry("status", AttributeValue.fromS("DONE")));
          assertThat(log).anyMatch(line -> line.startsWith("agentpost-" + agent + " INIT_START"));
        }
      }
    }
  }
}
