package agentpost.local.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A webhook's address on plain sockets, so that what is sent is seen as it is. Answers what it is
 * told, in turn; the last goes on.
 */
public final class Endpoint implements AutoCloseable {
  /**
   * One request as it came.
   *
   * @param headers by lower-case name; repeated ones joined by a comma
   */
  public record Received(String line, Map<String, String> headers, byte[] body) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    public String text() {
      return new String(body, UTF_8);
    }

    @Override
    public String toString() {
      return line;
    }
  }

  /**
   * @param within after how much of the answer there is a pause
   */
  private record Answer(byte[] bytes, Duration before, int within, Duration pause) {
    Answer(byte[] bytes, Duration before) {
      this(bytes, before, bytes.length, Duration.ZERO);
    }
  }

  private final ServerSocket server;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private volatile Answer last = new Answer(http(200, new byte[0]), Duration.ZERO);

  public Endpoint() throws IOException {
    server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("endpoint-" + server.getLocalPort()).start(this::accept);
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  public int port() {
    return server.getLocalPort();
  }

  public Endpoint answers(int status, String... headers) {
    // These two have no body.
    return raw(
        http(
            status,
            (status == 204 || status == 304 ? "" : "answer " + status).getBytes(UTF_8),
            headers));
  }

  public Endpoint answersBody(int status, byte[] body, String... headers) {
    return raw(http(status, body, headers));
  }

  /** These bytes, and the connection is closed; none is a connection closed without an answer. */
  public Endpoint raw(byte[] bytes) {
    answers.add(new Answer(bytes, Duration.ZERO));
    return this;
  }

  public Endpoint answersLate(Duration before, int status) {
    answers.add(new Answer(http(status, new byte[0]), before));
    return this;
  }

  /** Its head and first byte at once, and the rest after a pause. */
  public Endpoint answersHalting(int status, Duration pause) {
    byte[] bytes = http(status, "answer".getBytes(UTF_8));
    answers.add(new Answer(bytes, Duration.ZERO, bytes.length - 5, pause));
    return this;
  }

  public List<Received> received() {
    return List.copyOf(received);
  }

  private static byte[] http(int status, byte[] body, String... headers) {
    StringBuilder head =
        new StringBuilder(
            "HTTP/1.1 "
                + status
                + " Answer\r\nConnection: close\r\nContent-Length: "
                + body.length
                + "\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.append("\r\n").toString().getBytes(ISO_8859_1));
    out.writeBytes(body);
    return out.toByteArray();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          faults.add(e);
        }
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String first = line(in);
      if (first.isEmpty()) {
        return;
      }
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        int colon = line.indexOf(':');
        headers.merge(
            line.substring(0, colon).toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip(),
            (a, b) -> a + "," + b);
      }
      byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
      Answer answer;
      synchronized (this) {
        Answer next = answers.poll();
        last = next == null ? last : next;
        answer = last;
        received.add(new Received(first, headers, body));
      }
      Thread.sleep(answer.before());
      socket.getOutputStream().write(answer.bytes(), 0, answer.within());
      socket.getOutputStream().flush();
      Thread.sleep(answer.pause());
      socket
          .getOutputStream()
          .write(answer.bytes(), answer.within(), answer.bytes().length - answer.within());
    } catch (IOException e) {
      // The caller may hang up; tests that care look at what it made of the answer.
      faults.add(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String line(InputStream in) throws IOException {
    List<Byte> bytes = new ArrayList<>();
    for (int c = in.read(); c != '\n' && c != -1; c = in.read()) {
      if (c != '\r') {
        bytes.add((byte) c);
      }
    }
    byte[] line = new byte[bytes.size()];
    for (int i = 0; i < line.length; i++) {
      line[i] = bytes.get(i);
    }
    return new String(line, ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
