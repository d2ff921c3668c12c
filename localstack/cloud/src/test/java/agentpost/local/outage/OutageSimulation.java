package agentpost.local.outage;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.catalog.Directory;
import agentpost.deadletter.GivenRecovery;
import agentpost.delivery.AgentDirectory;
import agentpost.delivery.CircuitBreaker;
import agentpost.delivery.GivenRelay;
import agentpost.delivery.SignedDelivery;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.local.eventbridge.delivery.RetryDelays;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.publish.Publisher;
import agentpost.testing.Events;
import agentpost.testing.FakeHttp;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;

/**
 * One API destination under load while its agent is down and after. What has no turn in the rate
 * waits in line; a failed attempt comes back after EventBridge's own wait or the answer's {@code
 * Retry-After}, whichever is longer; what is too old is a letter, which the recovery sends, each
 * minute. Time is in microseconds since the outage began.
 */
public final class OutageSimulation {
  private static final Instant START = Instant.parse("2026-03-31T10:30:00Z");
  private static final AgentName AGENT = new AgentName("crm-sync");
  private static final String DIRECTORY = "agentpost/directory/agents";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final long SECOND = 1_000_000;
  private static final long MINUTE = 60 * SECOND;
  private static final int MAX_ATTEMPTS = 186;
  private static final long NEVER = Long.MAX_VALUE;

  /** As the function's time-out in the template. */
  private static final long RECOVERY_MILLIS = 50_000;

  /** One event on its way; due when it comes back. */
  private static final class Delivery {
    private final int event;
    private int attempts;
    private long due;
    private boolean expires;

    private Delivery(int event) {
      this.event = event;
    }
  }

  private final class VirtualClock extends Clock {
    @Override
    public Instant instant() {
      return START.plusNanos(now * 1000);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      InstantSource moments = this;
      return moments.withZone(zone);
    }
  }

  private long now;
  private final OutageScenario scenario;
  private final Clock clock = new VirtualClock();
  private final RetryDelays retryDelays;
  private final Letters letters = new Letters(() -> now, OutageSimulation::letter);
  private final CircuitBreaker relay;
  private final GivenRecovery recovery;
  private final long outageEnd;
  private final long slot;
  private final Deque<Delivery> line = new ArrayDeque<>();
  private final PriorityQueue<Delivery> waiting =
      new PriorityQueue<>(
          Comparator.<Delivery>comparingLong(delivery -> delivery.due)
              .thenComparingInt(delivery -> delivery.event));
  private final BitSet delivered = new BitSet();
  private final List<OutageResult.Sample> samples = new ArrayList<>();
  private long nextSlot;
  private long nextRun = MINUTE;
  private long nextSample;
  private int put;
  private int done;
  private int oldest;
  private int mostWaiting;
  private long greatestAge;
  private long runs;
  private long asked;
  private long inVain;
  private int given;
  private boolean recovering;
  private boolean relaying;

  private OutageSimulation(OutageScenario scenario, long seed) {
    this.scenario = scenario;
    this.outageEnd = micros(scenario.outage());
    this.slot = SECOND / scenario.settings().rate();
    this.retryDelays = new RetryDelays(seed);
    SplittableRandom dice = new SplittableRandom(seed);
    Platform platform =
        new Platform(
            Map.of("HEALTH_TABLE", "agentpost-health"),
            clock,
            clients(new HealthRows(), scenario),
            new FakeHttp(this::answer),
            _ -> {});
    AgentDirectory agents = GivenRelay.directory(platform, DIRECTORY);
    SignedDelivery delivery = SignedDelivery.from(platform, "agentpost/agents/", agents);
    this.relay = GivenRelay.breaker(platform, delivery, dice::nextDouble);
    this.recovery =
        new GivenRecovery(
            platform,
            agents,
            relay,
            letters,
            agent -> agent,
            _ -> new Publisher.Publication.Published(),
            time -> advance(micros(time)));
  }

  /** The same scenario and seed have the same result. */
  public static OutageResult run(OutageScenario scenario, long seed) {
    return new OutageSimulation(scenario, seed).run();
  }

  private OutageResult run() {
    long limit = micros(scenario.limit());
    long before = outageEnd * scenario.arrivals() / SECOND;
    while (now < limit && !isOver(before)) {
      step(limit);
    }
    sample();
    return new OutageResult(
        mostWaiting,
        duration(greatestAge),
        isOver(before) ? Optional.of(duration(now - outageEnd)) : Optional.empty(),
        runs,
        asked,
        inVain,
        given,
        List.copyOf(samples));
  }

  private boolean isOver(long before) {
    oldest = delivered.nextClearBit(oldest);
    return now >= outageEnd && oldest >= before && now - arrival(oldest) < MINUTE;
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1000;
  }

  private static Duration duration(long micros) {
    return Duration.ofNanos(micros * 1000);
  }

  private long arrival(int event) {
    return event * SECOND / scenario.arrivals();
  }

  /** Whatever comes next, but not after that time. */
  private void step(long until) {
    long arrival = arrival(put);
    long comesBack = waiting.isEmpty() ? NEVER : waiting.element().due;
    long turn = line.isEmpty() ? NEVER : Math.max(nextSlot, now);
    long run = recovering ? NEVER : nextRun;
    long next =
        Stream.of(arrival, comesBack, turn, run, nextSample).min(Comparator.naturalOrder()).get();
    if (next > until) {
      now = until;
      return;
    }
    now = Math.max(now, next);
    if (next == nextSample) {
      nextSample += MINUTE;
      sample();
    } else if (next == comesBack) {
      Delivery back = waiting.remove();
      if (back.expires) {
        giveUp(back);
      } else {
        enqueue(back);
      }
    } else if (next == arrival) {
      enqueue(new Delivery(put++));
      mostWaiting = Math.max(mostWaiting, put - done);
    } else if (next == turn) {
      attempt(line.remove());
    } else {
      recover();
    }
  }

  private void advance(long time) {
    long until = now + time;
    while (now < until) {
      step(until);
    }
  }

  private void sample() {
    oldest = delivered.nextClearBit(oldest);
    long age = oldest < put ? now - arrival(oldest) : 0;
    samples.add(new OutageResult.Sample(duration(now), put - done, duration(age)));
  }

  private long left(Delivery delivery) {
    return arrival(delivery.event) + micros(scenario.settings().maxAge()) - now;
  }

  /** What the rate leaves no room for in time is given up when it is too old. */
  private void enqueue(Delivery delivery) {
    if (line.size() * slot > left(delivery)) {
      delivery.expires = true;
      delivery.due = now + Math.max(0, left(delivery));
      waiting.add(delivery);
    } else {
      line.add(delivery);
    }
  }

  private void giveUp(Delivery delivery) {
    given++;
    letters.add(delivery.event);
  }

  private void attempt(Delivery delivery) {
    nextSlot = now + slot;
    runs++;
    delivery.attempts++;
    relaying = true;
    Response answer = relay.deliver(AGENT, body(delivery.event).getBytes(UTF_8)).response();
    relaying = false;
    if (answer.status() / 100 == 2) {
      return;
    }
    Duration own = retryDelays.delayAfter(delivery.attempts, "event-" + delivery.event);
    long asksFor = Long.parseLong(answer.headers().getOrDefault("Retry-After", "0")) * SECOND;
    long wait = Math.max(micros(own), asksFor);
    if (delivery.attempts == MAX_ATTEMPTS || wait > left(delivery)) {
      giveUp(delivery);
    } else {
      delivery.due = now + wait;
      waiting.add(delivery);
    }
  }

  private void recover() {
    nextRun += MINUTE;
    if (letters.size() == 0) {
      return;
    }
    recovering = true;
    long end = now + RECOVERY_MILLIS * 1000;
    try {
      recovery.run(() -> (end - now) / 1000);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts here", e);
    } finally {
      recovering = false;
    }
  }

  /** The agent; to the recovery, which sends one after the other, its time is lost. */
  private Response answer(Request request) throws IOException {
    asked++;
    if (!relaying) {
      advance(micros(scenario.letterTime()));
    }
    if (now < outageEnd) {
      inVain++;
      throw new ConnectException("connection refused");
    }
    String id = request.header("webhook-id").orElseThrow();
    int event = Integer.parseInt(id.substring("event-".length()));
    if (!delivered.get(event)) {
      delivered.set(event);
      done++;
      greatestAge = Math.max(greatestAge, now - arrival(event));
    }
    return Response.json(200, "{}");
  }

  private static final String[] BODY =
      new String(Events.body("event-0000"), UTF_8).split("0000", -1);

  private static String body(int event) {
    return BODY[0] + event + BODY[1];
  }

  private static String letter(int event) {
    return "{\"detail-type\":\"user.signed_up\",\"detail\":" + body(event) + "}";
  }

  private static AwsClients clients(HealthRows rows, OutageScenario scenario) {
    ObjectNode entry =
        scenario.settings().toJson().put("endpoint", "https://crm.example.com/hooks");
    String directory = Directory.ofSources(Map.of(AGENT.value(), entry));
    SecretsManagerClient secrets =
        new SecretsManagerClient() {
          @Override
          public GetSecretValueResponse getSecretValue(GetSecretValueRequest request) {
            return GetSecretValueResponse.builder()
                .secretString(request.secretId().equals(DIRECTORY) ? directory : SECRET)
                .build();
          }

          @Override
          public String serviceName() {
            return SERVICE_NAME;
          }

          @Override
          public void close() {}
        };
    return new AwsClients() {
      @Override
      @SuppressWarnings("unchecked") // Each builder builds the client that stands beside it.
      public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
          B builder) {
        return (C)
            switch (builder) {
              case SecretsManagerClientBuilder _ -> secrets;
              case DynamoDbClientBuilder _ -> rows;
              default -> throw new IllegalArgumentException("None for " + builder.getClass());
            };
      }
    };
  }
}
