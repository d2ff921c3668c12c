package agentpost.deadletter;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.testing.FakeDirectory;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.MovableClock;
import com.amazonaws.services.lambda.runtime.Context;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;

/**
 * What the redrive is asked for is what it says it is: what is {@code null}, a number or blank is
 * no text and not absent either.
 */
class RedriveHandlerTest {
  private static final SqsClient NOT_ASKED =
      (SqsClient)
          Proxy.newProxyInstance(
              SqsClient.class.getClassLoader(),
              new Class<?>[] {SqsClient.class},
              (_, method, _) -> {
                throw new IllegalStateException("SQS is asked: " + method.getName());
              });

  private static final Context CONTEXT =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(), new Class<?>[] {Context.class}, (_, _, _) -> 60_000);

  private static final List<@Nullable Object> NO_TEXTS =
      Arrays.asList(null, 4711, 1.5, true, Map.of(), List.of(), List.of("a"), "", " ", "\u00a0");

  private final RedriveHandler handler =
      new RedriveHandler(
          new Platform(
              Map.of(
                  "DEAD_LETTER_QUEUE_PREFIX",
                  "agentpost-",
                  "AGENT_SECRET_PREFIX",
                  "agentpost/agents/",
                  "AGENT_DIRECTORY",
                  FakeDirectory.AGENTS),
              new MovableClock(Instant.EPOCH),
              new AwsClients() {
                @Override
                // Each builder builds the client that stands beside it.
                @SuppressWarnings("unchecked")
                public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
                    B builder) {
                  return (C)
                      switch (builder) {
                        case SecretsManagerClientBuilder _ -> new FakeSecretsManager();
                        case SqsClientBuilder _ -> NOT_ASKED;
                        default ->
                            throw new IllegalArgumentException("No fake for " + builder.getClass());
                      };
                }
              },
              new FakeHttp(
                  _ -> {
                    throw new AssertionError("nobody is to be asked");
                  }),
              new ArrayList<String>()::add));

  private void assertRefused(Map<String, @Nullable Object> input, String name) {
    assertThatThrownBy(() -> handler.handleRequest(input, CONTEXT))
        .as(input.toString())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name + " must be");
  }

  private static Map<String, @Nullable Object> with(String name, @Nullable Object value) {
    Map<String, @Nullable Object> input = new HashMap<>();
    input.put("agent", "crm-sync");
    input.put(name, value);
    return input;
  }

  @Test
  void whatIsAskedForInTheRightFormComesToTheQueue() {
    Map<String, @Nullable Object> input =
        with(
            "filters",
            Map.of(
                "reasons",
                List.of("TIMEOUT"),
                "since",
                "2026-03-31T10:30:00Z",
                "ids",
                List.of("event-1")));
    input.putAll(Map.of("rate", 10, "max", 5, "dry_run", true, "cursor", List.of("m-1")));
    assertThatThrownBy(() -> handler.handleRequest(input, CONTEXT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("SQS is asked");
  }

  @Test
  void anAgentThatIsNoTextIsNone() {
    NO_TEXTS.forEach(value -> assertRefused(with("agent", value), "agent"));
    assertRefused(new HashMap<>(), "agent");
    NO_TEXTS.forEach(
        value -> {
          Map<String, @Nullable Object> input = with("events", List.of());
          input.put("agent", value);
          assertRefused(input, "agent");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"envelope", "message_id"})
  void whatNamesAnEventOrItsLetterIsAText(String name) {
    NO_TEXTS.forEach(
        value -> {
          Map<String, @Nullable Object> event =
              new HashMap<>(Map.of("envelope", "{}", "message_id", "m-1"));
          event.put(name, value);
          assertRefused(with("events", List.of(event)), name);
        });
    assertRefused(with("events", List.of(Map.of())), "envelope");
    assertRefused(with("events", null), "events");
  }

  /** A filter that is there and is none would match everything, or nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"reasons", "event_types", "ids", "since"})
  void aFilterIsWhatItSays(String name) {
    for (Object wrong :
        Arrays.asList(null, 7, true, Map.of(), Arrays.asList("a", null), List.of(7), " ")) {
      Map<String, @Nullable Object> filters = new HashMap<>();
      filters.put(name, wrong);
      assertRefused(with("filters", filters), name);
    }
    assertRefused(with("filters", null), "filters");
    assertRefused(with("cursor", Arrays.asList("m-1", null)), "cursor");
    assertRefused(with("rate", "10"), "rate");
    assertRefused(with("max", 1.5), "max");
    assertRefused(with("dry_run", "false"), "dry_run");
  }
}
