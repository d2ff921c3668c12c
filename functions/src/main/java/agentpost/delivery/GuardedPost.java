package agentpost.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agentpost.platform.Network;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One POST to a URL that someone else chose: checked by the {@link AddressGuard} at this moment, on a connection to an address that was
 * checked. HTTP/1.1, one request a connection, no redirects, no proxy; of the answer only its head is read. ADR 9 says why it is not
 * {@code java.net.http}, which resolves names itself.
 */
public final class GuardedPost {
  private static final int LONGEST_HEAD = 32 * 1024;

  /** A host with many addresses gets no more attempts than this. */
  private static final int MOST_ADDRESSES = 3;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  /** What came of it. */
  public sealed interface Sent {
    record Answered(int status, Optional<Duration> retryAfter) implements Sent {}

    /** The URL may not be called; nothing was sent. */
    record Refused(String why) implements Sent {}

    record TimedOut() implements Sent {}

    /** @param why the kind of failure, without addresses */
    record Unreachable(String why) implements Sent {}
  }

  private final AddressGuard guard;
  private final Network network;

  public GuardedPost(AddressGuard guard, Network network) {
    this.guard = guard;
    this.network = network;
  }

  /** @param within from the look-up of the name to the end of the answer's head */
  public Sent post(String url, Map<String, String> headers, byte[] body, Duration within) {
    if (!within.isPositive()) {
      return new Sent.TimedOut();
    }
    FutureTask<Sent> exchange = new FutureTask<>(() -> checked(url, headers, body, within));
    // On a thread of its own, since only an interrupt ends a look-up or a handshake that drips; it closes a virtual thread's socket.
    Thread.ofVirtual().name("guarded-post").start(exchange);
    try {
      return exchange.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      return new Sent.TimedOut();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A request that could not be sent", e.getCause());
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      return new Sent.Unreachable("interrupted");
    }
  }

  private Sent checked(String url, Map<String, String> headers, byte[] body, Duration within) {
    return switch (guard.check(url)) {
      case AddressGuard.Verdict.Allowed allowed -> sent(allowed, headers, body, within);
      case AddressGuard.Verdict.Refused(var why) -> new Sent.Refused(why);
      case AddressGuard.Verdict.Unresolved(var why) -> new Sent.Unreachable(why);
    };
  }

  private Sent sent(AddressGuard.Verdict.Allowed allowed, Map<String, String> headers, byte[] body, Duration within) {
    byte[] head = head(allowed, headers, body.length).getBytes(ISO_8859_1);
    Sent failure = new Sent.Unreachable("no address");
    for (InetAddress address : allowed.addresses().stream().limit(MOST_ADDRESSES).toList()) {
      Socket socket;
      try {
        socket = network.connect(allowed.host(), address, allowed.port(), within);
      } catch (SocketTimeoutException e) {
        failure = new Sent.TimedOut();
        continue;
      } catch (IOException e) {
        failure = new Sent.Unreachable(e.getClass().getSimpleName());
        continue;
      }
      return exchanged(socket, head, body);
    }
    return failure;
  }

  /** What fails from here on is not tried at the next address: the request may have been taken. */
  private static Sent exchanged(Socket socket, byte[] head, byte[] body) {
    try (socket) {
      socket.getOutputStream().write(head);
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      return answer(new BufferedInputStream(socket.getInputStream()));
    } catch (SocketTimeoutException e) {
      return new Sent.TimedOut();
    } catch (IOException e) {
      return new Sent.Unreachable(e.getClass().getSimpleName());
    }
  }

  private static String head(AddressGuard.Verdict.Allowed allowed, Map<String, String> headers, int length) {
    String path = allowed.url().getRawPath().isEmpty() ? "/" : allowed.url().getRawPath();
    String query = allowed.url().getRawQuery() == null ? "" : "?" + allowed.url().getRawQuery();
    String host = allowed.host().indexOf(':') >= 0 ? "[" + allowed.host() + "]" : allowed.host();
    StringBuilder head = new StringBuilder("POST " + path + query + " HTTP/1.1\r\n");
    head.append("Host: ").append(host).append(allowed.port() == 443 ? "" : ":" + allowed.port()).append("\r\n");
    head.append("Connection: close\r\nContent-Length: ").append(length).append("\r\n");
    headers.forEach(
        (name, value) -> {
          if (!(name + value).chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("Header " + name + " must be printable ASCII");
          }
          head.append(name).append(": ").append(value).append("\r\n");
        });
    return head.append("\r\n").toString();
  }

  private static Sent answer(InputStream in) throws IOException {
    int[] left = {LONGEST_HEAD};
    while (true) {
      Matcher status = STATUS.matcher(line(in, left));
      if (!status.matches()) {
        return new Sent.Unreachable("its answer is not HTTP/1.1");
      }
      Optional<Duration> retryAfter = Optional.empty();
      for (String header = line(in, left); !header.isEmpty(); header = line(in, left)) {
        List<String> parts = List.of(header.split(":", 2));
        if (parts.getFirst().toLowerCase(Locale.ROOT).equals("retry-after") && SECONDS.matcher(parts.getLast().strip()).matches()) {
          retryAfter = Optional.of(Duration.ofSeconds(Long.parseLong(parts.getLast().strip())));
        }
      }
      int code = Integer.parseInt(status.group(1));
      if (code >= 200) {
        return new Sent.Answered(code, retryAfter);
      }
    }
  }

  private static String line(InputStream in, int[] left) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || left[0]-- <= 0) {
        throw new IOException("The answer's head ends early, or is longer than " + LONGEST_HEAD + " bytes");
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).strip();
  }
}
