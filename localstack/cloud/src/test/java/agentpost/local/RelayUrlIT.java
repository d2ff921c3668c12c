package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** {@code deliveries: functionUrl}: from the bus to a hosted agent without a request of the API. */
class RelayUrlIT {
  private static final String AGENT = "agentpost-welcome-agent";

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> atApi = new CopyOnWriteArrayList<>();
  @TempDir private Path cdkOut;
  private LocalCloud cloud;

  @BeforeEach
  void start() throws Exception {
    AgentpostTemplate template = new AgentpostTemplate();
    template
        .agent(
            "welcome-agent",
            "agentpost.onboarding.WelcomeHandler",
            "{\"source\":[\"authentication_service\"]}")
        .put("EMAIL_FROM", "hello@example.com")
        .put("ALLOWED_SOURCES", "127.0.0.1/32");
    Templates.write(cdkOut, "agentpost", template.relayUrl().toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 60, 1));
    cloud.listenToLogs((function, line) -> log.add(function + " " + line));
    cloud.deploy(cdkOut);
    for (String path : List.of("/deliveries/welcome-agent", "/webhooks/welcome-agent")) {
      cloud.standIn(
          path,
          _ -> {
            atApi.add(path);
            return Optional.empty();
          });
    }
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private void put(String id) {
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .eventBusName("agentpost")
                      .source("authentication_service")
                      .detailType("user.signed_up")
                      .detail(
                          """
                          {"event_id":"%s","event_type":"user.signed_up","timestamp":"2026-03-31T10:30:00Z",
                           "data":{"user_id":"usr-1","email":"ada@example.com","plan":"free","signup_source":"s","location":"US-CA"},
                           "metadata":{"source_service":"authentication_service","correlation_id":"corr-1"}}
                          """
                              .formatted(id))
                      .build()));
    }
  }

  private List<String> deliveries() {
    return log.stream()
        .filter(line -> line.startsWith("agentpost-relay {\"message\":\"delivery\""))
        .toList();
  }

  @Test
  void anEventComesToTheAgentWithoutTheApi() {
    put("signup-1");
    await()
        .until(
            () ->
                deliveries().stream()
                    .anyMatch(
                        line ->
                            line.contains("\"outcome\":\"delivered\"")
                                && line.contains("\"agent_status\":200")));
    assertThat(log).anyMatch(line -> line.startsWith(AGENT + " ") && line.contains("signup-1"));
    assertThat(atApi).isEmpty();
    assertEquals(1, cloud.outbox().size());
  }

  /** The throttle is Lambda's: the event comes again, and the agent's circuit knows nothing. */
  @Test
  void anAgentWithoutRoomIsThrottledAndIsDeliveredToLater() {
    try (LambdaClient lambda = cloud.clients("test").create(LambdaClient.builder())) {
      lambda.putFunctionConcurrency(put -> put.functionName(AGENT).reservedConcurrentExecutions(0));
      put("signup-2");
      await().until(() -> !deliveries().isEmpty());
      assertThat(deliveries().getFirst())
          .contains("\"outcome\":\"throttled\"", "\"gateway_status\":429", "\"status\":503");
      lambda.deleteFunctionConcurrency(delete -> delete.functionName(AGENT));
      await().until(() -> !cloud.outbox().isEmpty());
    }
    assertThat(atApi).isEmpty();
  }
}
