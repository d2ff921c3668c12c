package agentpost.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One POST to a URL that the catalog or the environment names, bounded in time from the call to the
 * end of the answer, and in what is kept of the answer.
 */
public final class HttpPost {
  /** Enough for a problem's text; what an agent says beyond it is read and dropped. */
  public static final int MAX_KEPT_BYTES = 64 * 1024;

  /** What came of it. */
  public sealed interface Answer {
    /**
     * @param retryAfter how long the answer asks to wait, if it does so as {@link RetryAfter} has
     *     it
     */
    record Answered(
        int status, Optional<String> contentType, Optional<Duration> retryAfter, byte[] body)
        implements Answer {}

    record TimedOut() implements Answer {}

    /**
     * @param why the kind of failure, without addresses
     */
    record Unreachable(String why) implements Answer {}
  }

  private final HttpClient client;
  private final Clock clock;

  public HttpPost(HttpClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  public Answer post(URI endpoint, Map<String, String> headers, byte[] body, Duration within) {
    if (!within.isPositive()) {
      return new Answer.TimedOut();
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .timeout(within)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request.build(), _ -> BoundedBodySubscriber.subscriber(MAX_KEPT_BYTES));
    try {
      // The request's own time-out ends with the answer's headers; this one with its body.
      HttpResponse<byte[]> response = answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
      HttpHeaders fields = response.headers();
      Optional<Duration> wait =
          Optional.of(String.join(", ", fields.allValues("retry-after")))
              .flatMap(
                  value -> RetryAfter.parse(value, fields.firstValue("date"), clock.instant()));
      return new Answer.Answered(
          response.statusCode(), fields.firstValue("content-type"), wait, response.body());
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Answer.TimedOut();
    } catch (ExecutionException e) {
      return failure(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return new Answer.Unreachable("interrupted");
    }
  }

  private static Answer failure(Throwable cause) {
    return switch (cause) {
      case HttpConnectTimeoutException _ -> new Answer.Unreachable("no connection in time");
      case HttpTimeoutException _ -> new Answer.TimedOut();
      case ConnectException _ -> new Answer.Unreachable("connection refused or name unknown");
      case IOException e -> new Answer.Unreachable(e.getClass().getSimpleName());
      default -> throw new IllegalStateException("A request that could not be sent", cause);
    };
  }
}
