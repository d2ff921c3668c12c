package agentpost.local.nothinglost;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.http.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Calls from one process to another, over a line that loses requests and answers, is late, or
 * brings a request twice.
 */
final class UnreliableLink {
  private static final Response CRASHED =
      new Response(
          502,
          Map.of("Content-Type", "application/json"),
          "{\"message\":\"Internal server error\"}".getBytes(UTF_8));
  private static final Duration LATEST_COPY = Duration.ofMinutes(8);
  private static final Duration LATEST = Duration.ofSeconds(7);

  /**
   * What is called: it runs in a process of its own.
   *
   * @param forged whoever calls has no secret
   */
  record Callee(ProcessKind kind, String name, boolean forged, Supplier<Response> work) {}

  /** What came back; nothing if the connection broke. */
  private record Reply(Optional<Response> response) {}

  /** Where the caller finds the reply when it wakes. */
  private static final class Arrival {
    private Optional<Reply> reply = Optional.empty();
  }

  private final Simulation simulation;

  UnreliableLink(Simulation simulation) {
    this.simulation = simulation;
  }

  /**
   * @throws IOException a {@link HttpTimeoutException} if there was no answer within that time,
   *     another one if the connection broke
   */
  Response call(Callee callee, Duration within) throws IOException {
    Program caller = simulation.running().orElseThrow();
    Instant deadline = simulation.now().plus(within);
    caller.moment("before", "the call");
    Duration delay = Duration.ZERO;
    boolean isAnswerLost = false;
    if (simulation.strikes(simulation.rates().wire())) {
      switch (simulation.dice().nextInt(3)) {
        case 0 -> {
          fault("request lost", callee);
          throw new ConnectException("connection refused");
        }
        case 1 -> {
          fault("request late", callee);
          delay = upTo(LATEST);
        }
        default -> {
          fault("answer lost", callee);
          isAnswerLost = true;
        }
      }
    }
    if (simulation.strikes(simulation.rates().copies())) {
      simulation.journal().count("wire: request brought twice: " + callee.kind());
      simulation.at(upTo(LATEST_COPY), () -> begin(callee, _ -> {}));
    }
    Arrival arrival = new Arrival();
    long wait = caller.beginWaiting();
    boolean lost = isAnswerLost;
    simulation.at(
        delay,
        () ->
            begin(
                callee,
                reply -> {
                  arrival.reply = Optional.of(lost ? new Reply(Optional.empty()) : reply);
                  caller.wake(wait);
                }));
    simulation.at(Duration.between(simulation.now(), deadline), () -> caller.wake(wait));
    caller.waitForTurn();
    Optional<Reply> reply = arrival.reply;
    caller.moment("after", "the call");
    if (reply.isEmpty()) {
      simulation.journal().count("wire: no answer in time: " + callee.kind());
      throw new HttpTimeoutException("no answer within " + within);
    }
    return reply.get().response().orElseThrow(() -> new IOException("the connection broke"));
  }

  private void fault(String what, Callee callee) {
    simulation.journal().count("wire: " + what + ": " + callee.kind());
    simulation.tell(() -> what + " on the way to or from " + callee.name());
  }

  private Duration upTo(Duration most) {
    return Duration.ofMillis(simulation.dice().nextLong(1, most.toMillis()));
  }

  /**
   * @param answered when the answer has come back, outside of any process
   */
  private void begin(Callee callee, Consumer<Reply> answered) {
    Reply[] result = {new Reply(Optional.empty())};
    Program process =
        simulation.start(
            callee.kind(),
            callee.name(),
            () -> {
              Response response = callee.work().get();
              simulation.tell(
                  () -> "answers " + response.status() + " " + new String(response.body(), UTF_8));
              result[0] = new Reply(Optional.of(response));
            });
    if (callee.forged()) {
      process.forge();
    }
    process.atEnd(
        () -> {
          // A function that dies is API Gateway's 502, or a connection that ends.
          Reply reply =
              process.isDead()
                  ? new Reply(
                      simulation.dice().nextBoolean() ? Optional.of(CRASHED) : Optional.empty())
                  : result[0];
          simulation.at(simulation.latency(), () -> answered.accept(reply));
        });
  }
}
