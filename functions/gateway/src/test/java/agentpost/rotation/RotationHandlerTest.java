package agentpost.rotation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.MovableClock;
import com.amazonaws.services.lambda.runtime.Context;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClientBuilder;

class RotationHandlerTest {
  private static final Context UNUSED =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (_, method, _) -> {
                throw new AssertionError(
                    "the handler is to need no context, and asked for " + method.getName());
              });

  private final RotationHandler handler =
      new RotationHandler(
          new Platform(
              Map.of("RELAY_KEY_SECRET", "agentpost/relay", "CONNECTION_NAME", "agentpost"),
              new MovableClock(Instant.EPOCH),
              new AwsClients() {
                @Override
                @SuppressWarnings("unchecked") // Each builder builds the client beside it.
                public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
                    B builder) {
                  return (C)
                      (builder instanceof EventBridgeClientBuilder
                          ? new NoEventBridge()
                          : new FakeSecretsManager());
                }
              },
              HttpClient.newHttpClient(),
              new ArrayList<String>()::add));

  /** No step of these tests gets as far. */
  private static final class NoEventBridge implements EventBridgeClient {
    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  @Test
  void whatNamesNoSecretAndNoVersionIsRefusedByName() {
    for (String step :
        Arrays.asList(
            "createSecret",
            "setSecret",
            "testSecret",
            "finishSecret",
            "retire",
            "rotate",
            "rotateRelay",
            "updateConnection",
            "overview")) {
      for (@Nullable String wrong : Arrays.asList(null, "", " ")) {
        assertRefused(step, "SecretId", wrong);
        assertRefused(step, "ClientRequestToken", wrong);
      }
      assertThatThrownBy(() -> handler.handleRequest(Map.of("Step", step), UNUSED))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("SecretId must be");
    }
  }

  /** The connection must not get an agent's secret for its key. */
  @Test
  void theRelaysStepsAreForTheRelaysKeyAlone() {
    for (String step : Arrays.asList("rotateRelay", "updateConnection")) {
      assertThatThrownBy(
              () ->
                  handler.handleRequest(
                      Map.of("Step", step, "SecretId", "agentpost/agents/crm-sync"), UNUSED))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("SecretId must be agentpost/relay");
    }
  }

  private void assertRefused(String step, String name, @Nullable String wrong) {
    Map<String, @Nullable String> event =
        new HashMap<>(
            Map.of(
                "Step",
                step,
                "SecretId",
                "agentpost/agents/crm-sync",
                "ClientRequestToken",
                "v-1"));
    event.put(name, wrong);
    assertThatThrownBy(() -> handler.handleRequest(event, UNUSED))
        .as(step + " " + wrong)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name + " must be");
  }
}
