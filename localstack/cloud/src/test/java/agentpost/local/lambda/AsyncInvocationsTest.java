package agentpost.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.testing.ManualTimeline;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;

/** What Lambda does with a function that nobody waits for; the timeline moves by hand. */
class AsyncInvocationsTest {
  /** Fails as often as its environment says, and logs each event. */
  public static final class Moody
      implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    private final Platform platform;

    public Moody(Platform platform) {
      this.platform = platform;
    }

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      platform.log().accept("invoked with " + event.get("id"));
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("not today");
      }
      return Map.of();
    }
  }

  private static int failures;

  private static final AwsClients NO_CLIENTS =
      new AwsClients() {
        @Override
        public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
            B builder) {
          throw new AssertionError(
              "no client is asked for here, and one was with "
                  + builder.getClass().getSimpleName());
        }
      };

  private final List<String> log = new ArrayList<>();
  private final ManualTimeline timeline = new ManualTimeline(Instant.parse("2026-03-31T10:30:00Z"));
  private final FunctionHost host =
      new FunctionHost(
          (_, environment) ->
              new Platform(
                  environment, Clock.systemUTC(), NO_CLIENTS, HttpClient.newHttpClient(), log::add),
          (_, line) -> log.add(line));
  private final AsyncInvocations invocations =
      new AsyncInvocations(host, timeline, (_, line) -> log.add(line));

  @BeforeEach
  void deploy() {
    failures = 0;
    host.deploy("f", Moody.class.getName(), Map.of(), Duration.ofSeconds(5), OptionalInt.empty());
  }

  private long invoked() {
    return log.stream().filter(line -> line.startsWith("invoked")).count();
  }

  @Test
  void whatSucceedsIsInvokedOnce() {
    assertThat(invocations.accept("f", "{\"id\":1}")).isTrue();
    timeline.pass(Duration.ofDays(1));
    assertThat(log).containsExactly("invoked with 1");
  }

  @Test
  void whatFailsIsTriedAgainAfterOneMinuteAndAfterTwo() {
    failures = 2;
    invocations.accept("f", "{\"id\":1}");
    timeline.pass(Duration.ofSeconds(59));
    assertThat(invoked()).isEqualTo(1);
    timeline.pass(Duration.ofSeconds(1));
    assertThat(invoked()).isEqualTo(2);
    timeline.pass(Duration.ofSeconds(119));
    assertThat(invoked()).isEqualTo(2);
    timeline.pass(Duration.ofSeconds(1));
    assertThat(invoked()).isEqualTo(3);
    assertThat(log).noneMatch(line -> line.contains("given up"));
  }

  @Test
  void whatFailsAThirdTimeIsGivenUpAndTheLogSaysSo() {
    failures = 9;
    invocations.accept("f", "{\"id\":1}");
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked()).isEqualTo(3);
    assertThat(log.getLast())
        .startsWith("asynchronous invocation given up after 3 attempts")
        .contains("not today");
  }

  @Test
  void whatIsThrottledWaitsUntilThereIsRoomAndHasAllItsAttemptsThen() {
    host.reserve("f", OptionalInt.of(0));
    failures = 2;
    invocations.accept("f", "{\"id\":1}");
    timeline.pass(Duration.ofHours(3));
    assertThat(invoked()).isZero();
    host.reserve("f", OptionalInt.empty());
    timeline.pass(Duration.ofMinutes(9));
    assertThat(invoked()).isEqualTo(3);
  }

  @Test
  void afterSixHoursOfThrottlingItIsGivenUp() {
    host.reserve("f", OptionalInt.of(0));
    invocations.accept("f", "{\"id\":1}");
    timeline.pass(Duration.ofHours(7));
    assertThat(log).containsExactly("asynchronous invocation given up: throttled for 21600 s");
  }

  @Test
  void whatMayNotBeTriedAgainIsInvokedOnce() {
    invocations.configure("f:live", new EventInvokeConfig(0, Duration.ofSeconds(60)));
    failures = 9;
    invocations.accept("f:live", "{\"id\":1}");
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked()).isEqualTo(1);
    assertThat(log.getLast()).startsWith("asynchronous invocation given up after 1 attempt: ");
  }

  @Test
  void whatIsThrottledIsGivenUpAtTheAgeThatItsAliasSays() {
    invocations.configure("f:live", new EventInvokeConfig(0, Duration.ofSeconds(60)));
    host.reserve("f", OptionalInt.of(0));
    invocations.accept("arn:aws:lambda:us-east-1:000000000000:function:f:live", "{}");
    invocations.accept("f", "{\"id\":2}");
    timeline.pass(Duration.ofSeconds(61));
    assertThat(log).containsExactly("asynchronous invocation given up: throttled for 60 s");
    host.reserve("f", OptionalInt.empty());
    timeline.pass(Duration.ofMinutes(5));
    assertThat(log.getLast()).as("the one without the alias").isEqualTo("invoked with 2");
  }

  @ParameterizedTest
  @CsvSource({"-1,60", "3,60", "0,59", "0,21601"})
  void whatLambdaWouldRefuseIsRefused(int retries, int seconds) {
    assertThatThrownBy(() -> new EventInvokeConfig(retries, Duration.ofSeconds(seconds)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be from");
  }

  @Test
  void aFunctionThatIsNotThereTakesNothing() {
    assertThat(invocations.accept("g", "{}")).isFalse();
  }

  /** What waits here waits in memory; who may keep it elsewhere is told to. */
  @Test
  void itIsFullWhenTenThousandWaitAndNotWhenTheyAreOver() {
    host.reserve("f", OptionalInt.of(0));
    for (int i = 0; i < 10_000; i++) {
      assertThat(invocations.isFull()).isFalse();
      invocations.accept("f", "{}");
    }
    assertThat(invocations.isFull()).isTrue();
    timeline.pass(Duration.ofHours(7));
    assertThat(invocations.isFull()).isFalse();
  }

  @Test
  void itIsFullOfFewLongEvents() {
    host.reserve("f", OptionalInt.of(0));
    invocations.accept("f", " ".repeat(16_000_000));
    assertThat(invocations.isFull()).isTrue();
    host.remove("f");
    timeline.pass(Duration.ofMinutes(1));
    assertThat(invocations.isFull()).isFalse();
  }
}
