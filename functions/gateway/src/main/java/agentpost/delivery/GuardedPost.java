package agentpost.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agentpost.http.HttpPost;
import agentpost.http.HttpPost.Answer;
import agentpost.http.RetryAfter;
import agentpost.platform.Network;
import agentpost.platform.Platform;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One POST to a URL that someone else chose: checked by the {@link AddressGuard} at this moment, on
 * a connection to an address that was checked. HTTP/1.1, one request a connection, no redirects, no
 * proxy. ADR 9 says why it is not {@code java.net.http}, which resolves names itself.
 */
public final class GuardedPost {
  /** So long the other side may take to read a request before its answer is looked for. */
  private static final Duration SEND_RESERVE = Duration.ofMillis(100);

  /**
   * @param keep bytes of the answer's body
   */
  private record Message(Map<String, String> headers, byte[] body, int keep) {}

  private final AddressGuard guard;
  private final Network network;
  private final Clock clock;

  public GuardedPost(AddressGuard guard, Network network, Clock clock) {
    this.guard = guard;
    this.network = network;
    this.clock = clock;
  }

  public static GuardedPost from(Platform platform) {
    return new GuardedPost(AddressGuard.from(platform), platform.network(), platform.clock());
  }

  /**
   * Of the answer, only its head is read.
   *
   * @param within from the look-up of the name to the end of the answer's head
   */
  public Answer post(String url, Map<String, String> headers, byte[] body, Duration within) {
    return post(url, new Message(headers, body, 0), within);
  }

  /** As {@link HttpPost#post}, which is for URLs that are our own: with the answer's body. */
  Answer call(String url, Map<String, String> headers, byte[] body, Duration within) {
    return post(url, new Message(headers, body, HttpPost.MAX_KEPT_BYTES), within);
  }

  private Answer answer(HttpReply reply) {
    Optional<Duration> retryAfter =
        reply
            .header("retry-after")
            .flatMap(value -> RetryAfter.parse(value, reply.header("date"), clock.instant()));
    return new Answer.Answered(
        reply.status(), reply.header("content-type"), retryAfter, reply.body());
  }

  private Answer post(String url, Message message, Duration within) {
    if (!within.isPositive()) {
      return new Answer.TimedOut();
    }
    FutureTask<Answer> exchange = new FutureTask<>(() -> checkAndSend(url, message, within));
    // On a thread of its own, since only an interrupt ends a look-up or a handshake that drips; it
    // closes a virtual thread's socket.
    Thread.ofVirtual().name("guarded-post").start(exchange);
    try {
      return exchange.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      return new Answer.TimedOut();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A request that could not be sent", e.getCause());
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      return new Answer.Unreachable("interrupted");
    }
  }

  private Answer checkAndSend(String url, Message message, Duration within)
      throws InterruptedException {
    return switch (guard.check(url)) {
      case AddressGuard.Verdict.Allowed allowed -> send(allowed, message, within);
      case AddressGuard.Verdict.Refused(var why) ->
          new Answer.Unreachable("its URL may not be called: " + why);
      case AddressGuard.Verdict.Unresolved(var why) -> new Answer.Unreachable(why);
    };
  }

  private Answer send(AddressGuard.Verdict.Allowed allowed, Message message, Duration within)
      throws InterruptedException {
    byte[] head = head(allowed, message).getBytes(ISO_8859_1);
    Socket socket;
    try {
      socket =
          new HappyEyeballs(network)
              .connect(allowed.host(), allowed.addresses(), allowed.port(), within);
    } catch (IOException e) {
      return failureOf(e);
    }
    return exchange(socket, head, message, within);
  }

  /**
   * What fails from here on is not tried at the next address: the request may have been taken. The
   * answer counts also if the request cannot be written to its end, or not yet: a server may answer
   * before it has the body, and hang up (RFC 9112, 9.5).
   */
  private Answer exchange(Socket socket, byte[] head, Message message, Duration within)
      throws InterruptedException {
    FutureTask<Void> sending =
        new FutureTask<>(
            () -> {
              socket.getOutputStream().write(head);
              socket.getOutputStream().write(message.body());
              socket.getOutputStream().flush();
              return null;
            });
    Thread sender = Thread.ofVirtual().name("guarded-post-body").start(sending);
    try (socket) {
      try {
        awaitSent(sending, SEND_RESERVE);
        HttpReply reply =
            HttpReply.read(new BufferedInputStream(socket.getInputStream()), message.keep());
        if (reply.status() / 100 == 2) {
          // Who says yes to the head may still be reading the body.
          awaitSent(sending, within);
        }
        return answer(reply);
      } finally {
        // Before the socket is closed, which waits for who writes to it; an interrupt closes the
        // connection below.
        sender.interrupt();
      }
    } catch (IOException e) {
      return failureOf(e);
    }
  }

  private static void awaitSent(FutureTask<Void> sending, Duration within)
      throws InterruptedException {
    try {
      sending.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return; // The answer says why, if there is one.
    }
  }

  private static Answer failureOf(IOException e) {
    return switch (e) {
      case SocketTimeoutException _ -> new Answer.TimedOut();
      case ProtocolException _ -> new Answer.Unreachable(String.valueOf(e.getMessage()));
      default -> new Answer.Unreachable(e.getClass().getSimpleName());
    };
  }

  private static String head(AddressGuard.Verdict.Allowed allowed, Message message) {
    String path = allowed.url().getRawPath().isEmpty() ? "/" : allowed.url().getRawPath();
    String query = allowed.url().getRawQuery() == null ? "" : "?" + allowed.url().getRawQuery();
    String host = allowed.host().indexOf(':') >= 0 ? "[" + allowed.host() + "]" : allowed.host();
    StringBuilder head = new StringBuilder("POST " + path + query + " HTTP/1.1\r\n");
    head.append("Host: ")
        .append(host)
        .append(allowed.port() == 443 ? "" : ":" + allowed.port())
        .append("\r\n");
    head.append("Connection: close\r\nContent-Length: ")
        .append(message.body().length)
        .append("\r\n");
    message
        .headers()
        .forEach(
            (name, value) -> {
              if (!(name + value).chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("Header " + name + " must be printable ASCII");
              }
              head.append(name).append(": ").append(value).append("\r\n");
            });
    return head.append("\r\n").toString();
  }
}
