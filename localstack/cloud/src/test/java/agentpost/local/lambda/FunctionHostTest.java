package agentpost.local.lambda;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.lambda.FunctionHost.Result;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;

class FunctionHostTest {
  /**
   * Answers with which instance it is, and waits until as many as are to be at work at once are.
   */
  public static final class Numbered
      implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
    static final List<Numbered> INSTANCES = new CopyOnWriteArrayList<>();
    static volatile CountDownLatch together = new CountDownLatch(0);
    static volatile boolean failing;
    private int number;

    public Numbered(Platform platform) {
      platform.log().accept("init");
      if (failing) {
        throw new LinkageError("no such library");
      }
      INSTANCES.add(this);
      number = INSTANCES.size();
    }

    @Override
    public APIGatewayProxyResponseEvent handleRequest(
        APIGatewayProxyRequestEvent event, Context context) {
      together.countDown();
      try {
        assertThat(together.await(10, SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      context.getLogger().log("invoked " + context.getFunctionName());
      return new APIGatewayProxyResponseEvent()
          .withStatusCode(200)
          .withBody(number + " " + (context.getRemainingTimeInMillis() > 1_000));
    }
  }

  private static final AwsClients NO_CLIENTS =
      new AwsClients() {
        @Override
        public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
            B builder) {
          throw new AssertionError(
              "these functions are to ask for no client, and one asked with "
                  + builder.getClass().getSimpleName());
        }
      };

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final FunctionHost host =
      new FunctionHost(
          (function, environment) ->
              new Platform(
                  environment,
                  Clock.systemUTC(),
                  NO_CLIENTS,
                  HttpClient.newHttpClient(),
                  line -> log.add(function + ": " + line)),
          (function, line) -> log.add(function + ": " + line));

  @BeforeEach
  void deploy() {
    Numbered.INSTANCES.clear();
    Numbered.together = new CountDownLatch(0);
    Numbered.failing = false;
    host.deploy(
        "f", Numbered.class.getName(), Map.of(), Duration.ofSeconds(5), OptionalInt.empty());
  }

  private String answer() throws InterruptedException {
    return switch (host.invoke("f", new APIGatewayProxyRequestEvent())) {
      case Result.Answered<APIGatewayProxyResponseEvent>(var response) -> response.getBody();
      case Result.Failed<APIGatewayProxyResponseEvent>(var why) -> why;
      case Result.Throttled<APIGatewayProxyResponseEvent> _ -> "throttled";
      case Result.NoSuchFunction<APIGatewayProxyResponseEvent> _ -> "none";
    };
  }

  @Test
  void oneInvocationAfterTheOtherIsServedByOneInstance() throws InterruptedException {
    assertThat(answer()).isEqualTo("1 true");
    assertThat(answer()).isEqualTo("1 true");
    assertThat(log).containsExactly("f: init", "f: invoked f", "f: invoked f");
  }

  @Test
  void invocationsAtTheSameTimeHaveAnInstanceEach() {
    Numbered.together = new CountDownLatch(3);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<String>> answers =
          Stream.generate(() -> CompletableFuture.supplyAsync(this::answered, threads))
              .limit(3)
              .toList();
      assertThat(answers.stream().map(CompletableFuture::join)).doesNotHaveDuplicates();
    }
    assertThat(Numbered.INSTANCES).hasSize(3);
  }

  @Test
  void whatIsBeyondTheReservedConcurrencyIsThrottledAndServedOnceThereIsRoomAgain()
      throws Exception {
    host.deploy("f", Numbered.class.getName(), Map.of(), Duration.ofSeconds(5), OptionalInt.of(1));
    Numbered.together = new CountDownLatch(2);
    CompletableFuture<String> first = CompletableFuture.supplyAsync(this::answered);
    await().until(() -> Numbered.together.getCount() == 1);
    assertThat(answer()).isEqualTo("throttled");
    Numbered.together.countDown();
    assertThat(first.get(10, SECONDS)).isEqualTo("1 true");
    assertThat(answer()).isEqualTo("1 true");
  }

  private String answered() {
    try {
      return answer();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fails the messages that say so. */
  public static final class Picky implements RequestHandler<SQSEvent, SQSBatchResponse> {
    public Picky(Platform platform) {
      platform.log().accept("init");
    }

    @Override
    public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
      return new SQSBatchResponse(
          event.getRecords().stream()
              .filter(
                  message ->
                      message.getBody().equals("fail")
                          && message.getAttributes().containsKey("ApproximateReceiveCount"))
              .map(message -> new SQSBatchResponse.BatchItemFailure(message.getMessageId()))
              .toList());
    }
  }

  /** Counts what it is given. */
  public static final class Counting
      implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    public Counting(Platform platform) {
      platform.log().accept("init");
    }

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      return Map.of("entries", event.size());
    }
  }

  private String json(String function, String event) throws InterruptedException {
    return switch (host.invoke(function, event)) {
      case Result.Answered<String>(var response) -> response;
      case Result.Failed<String>(var why) -> why;
      case Result.Throttled<String> _ -> "throttled";
      case Result.NoSuchFunction<String> _ -> "none";
    };
  }

  @Test
  void anEventOfAQueueBecomesWhatTheHandlerDeclaresAndItsAnswerBecomesJson() throws Exception {
    host.deploy(
        "worker", Picky.class.getName(), Map.of(), Duration.ofSeconds(5), OptionalInt.empty());
    String message =
        "{\"messageId\":\"%s\",\"body\":\"%s\",\"attributes\":{\"ApproximateReceiveCount\":\"1\"},\"eventSourceARN\":\"arn:aws:sqs:us-east-1:0:q\"}";
    assertThat(
            json(
                "worker",
                "{\"Records\":["
                    + message.formatted("a", "pass")
                    + ","
                    + message.formatted("b", "fail")
                    + "]}"))
        .isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"b\"}]}");
  }

  @Test
  void anyObjectCanBeAMap() throws Exception {
    host.deploy(
        "counting", Counting.class.getName(), Map.of(), Duration.ofSeconds(5), OptionalInt.empty());
    assertThat(json("counting", "{}")).isEqualTo("{\"entries\":0}");
    assertThat(json("counting", "{\"a\":{\"b\":1},\"c\":[2]}")).isEqualTo("{\"entries\":2}");
  }

  @Test
  void anEventThatIsNotJsonFailsTheInvocation() throws Exception {
    host.deploy(
        "counting", Counting.class.getName(), Map.of(), Duration.ofSeconds(5), OptionalInt.empty());
    assertThat(json("counting", "{")).startsWith("failed: ");
  }

  @Test
  void aFailureAtInitIsSaidAndTheNextInvocationInitsAnew() throws InterruptedException {
    Numbered.failing = true;
    assertThat(answer()).isEqualTo("failed at init: java.lang.LinkageError: no such library");
    assertThat(log)
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "f: failed at init: java.lang.LinkageError: no such library\n"
                            + "\tat agentpost.local.lambda.FunctionHostTest"));
    Numbered.failing = false;
    assertThat(answer()).isEqualTo("1 true");
  }

  @Test
  void aHandlerThatCannotRunHereIsRefusedByName() {
    assertThatThrownBy(
            () ->
                host.deploy(
                    "g", "no.such.Handler", Map.of(), Duration.ofSeconds(1), OptionalInt.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no.such.Handler");
  }

  @Test
  void aFunctionThatIsNotThereIsToldFromOneThatFails() throws InterruptedException {
    assertThat(host.invoke("none", new APIGatewayProxyRequestEvent()))
        .isInstanceOf(Result.NoSuchFunction.class);
  }
}
