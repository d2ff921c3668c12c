package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.input.ErrorExcerpt;
import agentpost.local.eventbridge.registry.Registry;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One call of an API destination: five seconds of real time to be connected, and five from when the
 * request is sent to the answer's end.
 */
public final class EndpointCall {
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  /**
   * Calls of one destination at a time, where the endpoint is a function of this machine. Lambda
   * would start more instances; here they all share a few cores, and more calls at once than these
   * can serve run into the time-out together, are made again, and so on for ever.
   */
  private static final int MAX_CONCURRENT_HERE = 16;

  /** Of one destination elsewhere. */
  private static final int MAX_CONCURRENT = 64;

  /**
   * A call of a function of this machine that has no answer after this time waits for something;
   * until then it is taken to compute. One with a large body has more.
   */
  private static final long COMPUTES_MILLIS = 100;

  /** Of a body; for each so many more it is given that time once more. */
  private static final long BYTES_COMPUTED_AT_ONCE = 16 * 1024;

  private final EndpointClient http;
  private final TargetServices reach;
  private final Duration timeout;

  /**
   * Calls that compute here at a time. More would not be done sooner: they would hold memory and
   * processors together, and what answers at once, such as PutEvents, would wait behind them all.
   */
  private final Semaphore computing = new Semaphore(2 * Runtime.getRuntime().availableProcessors());

  public EndpointCall(TargetServices reach, EndpointClient http) {
    this(reach, http, TIMEOUT);
  }

  EndpointCall(TargetServices reach, EndpointClient http, Duration timeout) {
    this.reach = reach;
    this.http = http;
    this.timeout = timeout;
  }

  /** What came of it. */
  sealed interface Answer {
    /**
     * @param excerpt of the body
     */
    record Answered(int status, Map<String, List<String>> headers, String excerpt)
        implements Answer {
      Optional<String> header(String name) {
        return headers.entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase(name))
            .map(header -> header.getValue().getFirst())
            .findFirst();
      }
    }

    record TimedOut() implements Answer {}

    record NotConnected(String why) implements Answer {}
  }

  /**
   * How many calls of a destination are under way at most, as of now. One here that has not
   * answered yet gets one after the other, for what it needs is loaded by the first: a cold start
   * of the local cloud is not an agent's failure.
   */
  int maxConcurrent(Registry.Destination destination) {
    if (!isHere(destination)) {
      return MAX_CONCURRENT;
    }
    return destination.answered().get() ? MAX_CONCURRENT_HERE : 1;
  }

  Answer call(Registry.Destination destination, ApiRequest.Built request)
      throws InterruptedException {
    Outgoing outgoing = new Outgoing(request.request());
    CompletableFuture<EndpointClient.Response> answer =
        isHere(destination)
            ? sendInTurn(outgoing, request.shown().body().length())
            : send(outgoing);
    Answer came = awaitAnswer(answer, outgoing);
    if (came instanceof Answer.Answered) {
      destination.answered().set(true);
    }
    return came;
  }

  /**
   * @param sent done when the request is sent
   * @param first of the answer's body, which is read to its end, for it has to end in time, but
   *     only its beginning is looked at
   */
  private record Outgoing(
      EndpointClient.Request request, CompletableFuture<Void> sent, ByteArrayOutputStream first) {
    Outgoing(EndpointClient.Request request) {
      this(request, new CompletableFuture<>(), new ByteArrayOutputStream());
    }

    void keep(byte[] bytes) {
      first.write(bytes, 0, Math.min(bytes.length, ErrorExcerpt.MAX_BYTES - first.size()));
    }
  }

  /** When fewer than may do so compute here, and counted among them while it does. */
  private CompletableFuture<EndpointClient.Response> sendInTurn(Outgoing outgoing, int length)
      throws InterruptedException {
    computing.acquire();
    CompletableFuture<EndpointClient.Response> answer;
    try {
      answer = send(outgoing);
    } catch (RuntimeException | Error e) {
      computing.release();
      throw e;
    }
    CompletableFuture<Void> _ =
        answer
            .handle((_, _) -> true)
            .completeOnTimeout(true, computeMillis(length), TimeUnit.MILLISECONDS)
            .thenRun(computing::release);
    return answer;
  }

  /** A large body is parsed, checked and signed several times on its way. */
  static long computeMillis(int bytes) {
    return COMPUTES_MILLIS * (1 + bytes / BYTES_COMPUTED_AT_ONCE);
  }

  private boolean isHere(Registry.Destination destination) {
    return reach.isFrontDoor(URI.create(destination.endpoint()));
  }

  private CompletableFuture<EndpointClient.Response> send(Outgoing outgoing) {
    return http.send(outgoing.request(), () -> outgoing.sent().complete(null), outgoing::keep);
  }

  private Answer awaitAnswer(CompletableFuture<EndpointClient.Response> answer, Outgoing outgoing)
      throws InterruptedException {
    CompletableFuture<Void> sent = outgoing.sent();
    try {
      CompletableFuture.anyOf(sent, answer).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      EndpointClient.Response response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      String encoding = response.headers().getOrDefault("content-encoding", List.of("")).getFirst();
      return new Answer.Answered(
          response.status(),
          response.headers(),
          ErrorExcerpt.of(outgoing.first().toByteArray(), encoding));
    } catch (TimeoutException e) {
      answer.cancel(true);
      return sent.isDone()
          ? new Answer.TimedOut()
          : new Answer.NotConnected("there is no connection after 5 seconds");
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      // In virtual time, whoever passes it says when it is up.
      return e.getCause() instanceof HttpTimeoutException
          ? new Answer.TimedOut()
          : new Answer.NotConnected(String.valueOf(e.getCause()));
    }
  }
}
