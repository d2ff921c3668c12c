package agentpost.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.deadletter.Report.Ending;
import agentpost.delivery.SignedDelivery;
import agentpost.event.AgentName;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.signing.Secrets;
import agentpost.signing.Verification;
import agentpost.signing.Verifier;
import agentpost.signing.WebhookSecret;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.MovableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.SsmClientBuilder;
import software.amazon.awssdk.services.ssm.model.GetParameterRequest;
import software.amazon.awssdk.services.ssm.model.GetParameterResponse;

class RedriveTest {
  private static final AgentName AGENT = new AgentName("crm-sync");
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  private final Steps steps = new Steps();
  private final Letters letters = new Letters(clock, steps);
  private final List<Request> asked = new CopyOnWriteArrayList<>();
  private final FakeSecretsManager secrets = new FakeSecretsManager().with("agentpost/agents/crm-sync", SECRET);
  private FakeHttp.OtherSide agent = _ -> Response.json(200, "{}");

  private static final class Directory implements SsmClient {
    @Override
    public GetParameterResponse getParameter(GetParameterRequest request) {
      return GetParameterResponse.builder().parameter(parameter -> parameter.value("{\"endpoint\":\"https://crm.example.com/hooks\"}")).build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Clients implements AwsClients {
    @Override
    @SuppressWarnings("unchecked") // Each builder builds the client that stands beside it.
    public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
      return (C)
          switch (builder) {
            case SecretsManagerClientBuilder _ -> secrets;
            case SsmClientBuilder _ -> new Directory();
            default -> throw new IllegalArgumentException("No fake for " + builder.getClass());
          };
    }
  }

  private Response answered(Request request) throws IOException {
    steps.step();
    asked.add(request);
    return agent.answer(request);
  }

  private Redrive redrive() {
    Platform platform = new Platform(Map.of(), clock, new Clients(), new FakeHttp(this::answered), _ -> {});
    return new Redrive(
        _ -> new DeadLetterQueue(letters, "https://sqs/agentpost-crm-sync-dlq"), SignedDelivery.on(platform, "agentpost/agents/", "/agentpost/agents/"), clock, clock::move);
  }

  private static Redrive.Order order(Filters filters) {
    return new Redrive.Order(AGENT, filters, 300, 1000, false, Set.of());
  }

  private Report run(Redrive.Order order) throws InterruptedException {
    return redrive().run(order, _ -> true);
  }

  private List<String> askedFor() {
    return asked.stream().map(request -> request.header("webhook-id").orElse("")).toList();
  }

  @Test
  void aLetterIsDeliveredAsTheRelayDeliversAndIsGone() throws InterruptedException {
    letters.add("event-1");
    Report report = run(order(Filters.ALL));
    assertThat(report.outcomes()).singleElement().isInstanceOf(Report.Outcome.Delivered.class);
    assertThat(report.ending()).isEqualTo(Ending.DONE);
    assertThat(letters.all()).isEmpty();
    Request request = asked.getFirst();
    assertThat(new String(request.body(), UTF_8)).isEqualTo("{\"event_id\":\"event-1\",\"data\":{\"price\":1.10}}");
    assertThat(new Verifier(Secrets.of(WebhookSecret.of(SECRET)), clock, Duration.ZERO).verify(request.headers(), request.body())).isInstanceOf(Verification.Accepted.class);
  }

  @Test
  void whileTheAgentIsAskedTheLetterIsStillThere() throws InterruptedException {
    letters.add("event-1");
    List<String> there = new ArrayList<>();
    agent =
        _ -> {
          there.addAll(letters.all());
          return Response.json(200, "{}");
        };
    run(order(Filters.ALL));
    assertThat(there).containsExactly("event-1");
  }

  @Test
  void aRefusalIsReportedInTheAgentsWordsAndTheLetterIsGivenBackAtOnce() throws InterruptedException {
    letters.add("event-1");
    agent = _ -> Response.json(422, "{\"detail\":\"no such\n customer\"}");
    Report report = run(order(Filters.ALL));
    assertThat(report.outcomes())
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome).isInstanceOf(Report.Outcome.Refused.class);
              assertThat(outcome.toString()).contains("status=422", "{\"detail\":\"no such customer\"}");
            });
    assertThat(letters.visible()).containsExactly("event-1");
    assertThat(asked).as("tried once in one run").hasSize(1);
  }

  @Test
  void onlyWhatIsMeantIsDelivered() throws InterruptedException {
    letters.add(Letters.body("early", "user.signed_up"), "TIMEOUT");
    clock.move(Duration.ofHours(1));
    Instant since = clock.instant();
    letters.add(Letters.body("wrong-reason", "user.signed_up"), "THROTTLING");
    letters.add(Letters.body("wrong-type", "email.sent"), "TIMEOUT");
    letters.add(Letters.body("wrong-id", "user.signed_up"), "TIMEOUT");
    letters.add(Letters.body("right", "user.signed_up"), "TIMEOUT");
    run(order(new Filters(Set.of("TIMEOUT"), Set.of("user.signed_up"), Optional.of(since), Set.of("right", "early", "wrong-type", "wrong-reason"))));
    assertThat(askedFor()).containsExactly("right");
    assertThat(letters.visible()).containsExactly("early", "wrong-reason", "wrong-type", "wrong-id");
  }

  @Test
  void aDryRunSaysWhatItWouldDoAndTouchesNothing() throws InterruptedException {
    letters.add("event-1");
    Report report = run(new Redrive.Order(AGENT, Filters.ALL, 10, 1000, true, Set.of()));
    assertThat(report.outcomes()).singleElement().isInstanceOf(Report.Outcome.Would.class);
    assertThat(asked).isEmpty();
    assertThat(letters.visible()).containsExactly("event-1");
  }

  @Test
  void noMoreThanTheMostAreTried() throws InterruptedException {
    for (int i = 0; i < 12; i++) {
      letters.add("event-" + i);
    }
    Report report = run(new Redrive.Order(AGENT, Filters.ALL, 10, 3, false, Set.of()));
    assertThat(report.ending()).isEqualTo(Ending.MAX);
    assertThat(asked).hasSize(3);
    assertThat(letters.visible()).hasSize(9);
  }

  @Test
  void theRateIsKept() throws InterruptedException {
    for (int i = 0; i < 11; i++) {
      letters.add("event-" + i);
    }
    Instant start = clock.instant();
    run(new Redrive.Order(AGENT, Filters.ALL, 5, 1000, false, Set.of()));
    assertThat(Duration.between(start, clock.instant())).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void anAgentThatIsDownIsNotAskedOnAndOn() throws InterruptedException {
    for (int i = 0; i < 30; i++) {
      letters.add("event-" + i);
    }
    agent =
        _ -> {
          throw new IOException("connection refused");
        };
    assertThat(run(order(Filters.ALL)).ending()).isEqualTo(Ending.AGENT_FAILS);
    assertThat(asked).hasSize(5);
    assertThat(letters.visible()).hasSize(30);
  }

  @Test
  void whatHasNoTimeLeftIsDoneByTheNextRunAndNothingIsTriedTwice() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      letters.add("event-" + i);
    }
    agent = request -> Response.json(request.header("webhook-id").orElse("").equals("event-0") ? 422 : 200, "{}");
    Report first = redrive().run(order(Filters.ALL), _ -> asked.size() < 2);
    assertThat(first.ending()).isEqualTo(Ending.TIME);
    assertThat(first.hasMore()).isTrue();
    Report second = run(new Redrive.Order(AGENT, Filters.ALL, 10, 1000, false, Set.of("message-1")));
    assertThat(second.delivered()).isEqualTo(2);
    assertThat(askedFor()).containsExactly("event-0", "event-1", "event-2", "event-3");
    assertThat(letters.visible()).containsExactly("event-0");
  }

  @Test
  void aLetterThatIsNoEventIsLeftAndSaidSo() throws InterruptedException {
    letters.add("not json", "INVALID_JSON");
    Report report = run(order(Filters.ALL));
    assertThat(report.outcomes()).singleElement().asString().contains("Left[", "its body is no event of EventBridge's");
    assertThat(letters.visible()).hasSize(1);
  }

  @Test
  void whileSecretsCannotBeReadNothingIsDeliveredAndNothingLost() throws InterruptedException {
    letters.add("event-1");
    secrets.down(true);
    assertThat(run(order(Filters.ALL)).outcomes()).singleElement().isInstanceOf(Report.Outcome.Left.class);
    assertThat(asked).isEmpty();
    assertThat(letters.visible()).containsExactly("event-1");
  }

  /**
   * The process dies before each of its steps in turn, which are a receive, three times the agent and a delete, and a receive of nothing: every event
   * is at the agent or in the queue, and the next redrive ends it.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
  void aCrashBetweenAnyTwoStepsLosesNothing(int stepsDone) throws InterruptedException {
    List<String> ids = List.of("event-0", "event-1", "event-2");
    ids.forEach(letters::add);
    steps.only(stepsDone);
    if (stepsDone < 8) {
      assertThatThrownBy(() -> run(order(Filters.ALL))).isInstanceOf(Steps.Crash.class);
    } else {
      run(order(Filters.ALL));
    }
    assertThat(ids).allMatch(id -> askedFor().contains(id) || letters.all().contains(id));
    steps.startAnew();
    clock.move(Duration.ofMinutes(2));
    run(order(Filters.ALL));
    assertThat(letters.all()).isEmpty();
    assertThat(askedFor()).containsAll(ids);
    assertThat(asked).as("the one in hand is delivered once more, no other is").hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void anOrderThatCannotBeKeptIsRefused() {
    assertThatThrownBy(() -> new Redrive.Order(AGENT, Filters.ALL, 0, 1, false, Set.of())).hasMessageContaining("rate must be 1 to 300");
    assertThatThrownBy(() -> new Redrive.Order(AGENT, Filters.ALL, 1, 0, false, Set.of())).hasMessageContaining("max must be 1 or more");
  }
}
