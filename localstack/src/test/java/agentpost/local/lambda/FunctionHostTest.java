package agentpost.local.lambda;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.lambda.FunctionHost.Result;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
  /** Answers with which instance it is, and waits until as many as are to be at work at once are. */
  public static final class Numbered implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
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
    public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
      together.countDown();
      try {
        assertThat(together.await(10, SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      context.getLogger().log("invoked " + context.getFunctionName());
      return new APIGatewayProxyResponseEvent().withStatusCode(200).withBody(number + " " + (context.getRemainingTimeInMillis() > 1_000));
    }
  }

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final FunctionHost host =
      new FunctionHost(
          _ ->
              new AwsClients() {
                @Override
                public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
                  throw new UnsupportedOperationException("these functions need no client");
                }
              },
          HttpClient.newHttpClient(),
          (function, line) -> log.add(function + ": " + line));

  @BeforeEach
  void deploy() {
    Numbered.INSTANCES.clear();
    Numbered.together = new CountDownLatch(0);
    Numbered.failing = false;
    host.deploy("f", Numbered.class.getName(), Map.of(), Duration.ofSeconds(5));
  }

  private String answer() throws InterruptedException {
    return switch (host.invoke("f", new APIGatewayProxyRequestEvent())) {
      case Result.Answered(var response) -> response.getBody();
      case Result.Failed(var why) -> why;
      case Result.NoSuchFunction _ -> "none";
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
          Stream.generate(
                  () ->
                      CompletableFuture.supplyAsync(
                          () -> {
                            try {
                              return answer();
                            } catch (InterruptedException e) {
                              throw new IllegalStateException(e);
                            }
                          },
                          threads))
              .limit(3)
              .toList();
      assertThat(answers.stream().map(CompletableFuture::join)).doesNotHaveDuplicates();
    }
    assertThat(Numbered.INSTANCES).hasSize(3);
  }

  @Test
  void aFailureAtInitIsSaidAndTheNextInvocationInitsAnew() throws InterruptedException {
    Numbered.failing = true;
    assertThat(answer()).isEqualTo("failed at init: java.lang.LinkageError: no such library");
    assertThat(log).contains("f: failed at init: java.lang.LinkageError: no such library");
    Numbered.failing = false;
    assertThat(answer()).isEqualTo("1 true");
  }

  @Test
  void aHandlerThatCannotRunHereIsRefusedByName() {
    assertThatThrownBy(() -> host.deploy("g", "no.such.Handler", Map.of(), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no.such.Handler");
  }

  @Test
  void aFunctionThatIsNotThereIsToldFromOneThatFails() throws InterruptedException {
    assertThat(host.invoke("none", new APIGatewayProxyRequestEvent())).isInstanceOf(Result.NoSuchFunction.class);
  }
}
