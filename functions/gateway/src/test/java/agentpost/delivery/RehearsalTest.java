package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.http.Response;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.secrets.SecretStore;
import agentpost.testing.FakeHttp;
import agentpost.testing.LocalTables;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.crac.Core;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** Before the snapshot, and how late an invocation may begin. */
class RehearsalTest extends RelaysWithBreakers {
  private final List<String> log = new ArrayList<>();

  private Relay relayOf(CircuitBreaker breaker) {
    secrets.with("agentpost/relay", "{\"current\":\"key\"}");
    return new Relay(
        new Relay.Parts(
            new RelayKey(new SecretStore(secrets, wall), "agentpost/relay"),
            breaker,
            "agentpost",
            wall,
            wall,
            log::add));
  }

  @Test
  void aRehearsalDoesWhatADeliveryDoesAndLeavesNothingBehind() {
    List<String> posted = new ArrayList<>();
    HttpClient http =
        new FakeHttp(
            request -> {
              posted.add(request.path() + " " + request.headers().containsKey("webhook-signature"));
              return Response.json(403, "{\"message\":\"Forbidden\"}");
            });
    relayOf(relay()).rehearse(() -> http);
    assertThat(posted).containsExactly("/rehearsal true");
    assertThat(asked).as("no agent hears of it").isEmpty();
    assertThat(tables.rows(LocalTables.HEALTH)).isEmpty();
    assertThat(log).as("nothing is said or counted").isEmpty();
    assertThat(calls).as("a write that finds nothing to change").isNotEmpty();
  }

  @Test
  void theHandlerRehearsesBeforeTheCheckpoint() {
    secrets
        .with("agentpost/relay", "{\"current\":\"key\"}")
        .with("agentpost/directory/agents", "{}");
    AwsClients aws =
        new AwsClients() {
          @Override
          @SuppressWarnings("unchecked") // Each builder builds the client that stands beside it.
          public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
              B builder) {
            return (C) (builder instanceof DynamoDbClientBuilder ? tables.client() : secrets);
          }
        };
    RelayHandler handler =
        new RelayHandler(
            new Platform(
                Map.of(
                    "RELAY_KEY_SECRET", "agentpost/relay",
                    "AGENT_SECRET_PREFIX", "agentpost/agents/",
                    "AGENT_DIRECTORY", "agentpost/directory/agents",
                    "HEALTH_TABLE", LocalTables.HEALTH,
                    "BUS_NAME", "agentpost"),
                wall,
                aws,
                new FakeHttp(this::answered),
                log::add));
    assertThat(calls).isEmpty();
    handler.priming.beforeCheckpoint(Core.getGlobalContext());
    assertThat(calls).as("the table was asked").containsExactly("updateItem");
    assertThat(asked).isEmpty();
    assertThat(log).noneMatch(line -> line.contains("_aws"));
    handler.priming.afterRestore(Core.getGlobalContext());
    assertThat(log.getLast())
        .contains("\"Dimensions\":[[\"Bus\"]]")
        .endsWith("\"Bus\":\"agentpost\",\"ColdStarts\":1}");
  }

  /** In a first deployment rights may not be in force yet, and the API need not be there. */
  @Test
  void aRehearsalWithoutADirectoryOrATableIsNoFailure() {
    directory.down(true);
    tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    relayOf(relay())
        .rehearse(
            () ->
                new FakeHttp(
                    _ -> {
                      throw new AssertionError("nobody is to be asked");
                    }));
    assertThat(log).isEmpty();
  }

  /** What Lambda took before the first line is gone for EventBridge, too. */
  @Test
  void anInvocationThatBeganLateHasLessTimeAndItsLackIsNotTheAgentsFault() {
    Relay relay = relayOf(relay());
    for (int i = 0; i < 20; i++) {
      Response late =
          relay.deliver(
              RelayTestBed.delivery("crm-sync", BODY, "key"), Duration.ofMillis(10_000 - 4_500));
      assertThat(late.status()).isEqualTo(503);
    }
    assertThat(asked).isEmpty();
    assertThat(tables.health("crm-sync")).doesNotContainKeys("outcomes", "open_until");
    assertThat(
            relay
                .deliver(
                    RelayTestBed.delivery("crm-sync", BODY, "key"),
                    Duration.ofMillis(10_000 - 4_400))
                .status())
        .isEqualTo(200);
  }
}
