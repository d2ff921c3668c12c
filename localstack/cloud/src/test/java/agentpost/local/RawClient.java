package agentpost.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A client that sends what it likes, on a plain socket. */
public final class RawClient implements AutoCloseable {
  private final Socket socket;

  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
  }

  /** One request, and all that comes until the server hangs up. */
  public static String exchange(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      // A server that refuses hangs up before it has read all; what it answered counts
      // nevertheless.
      client.takes(request);
      return client.answer();
    }
  }

  public RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** Whether the server still takes a byte, or has hung up. */
  public boolean takes(String text) {
    try {
      send(text);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What comes until the server hangs up; a reset ends it too. */
  public String answer() throws IOException {
    StringBuilder answer = new StringBuilder();
    try {
      for (int next = socket.getInputStream().read();
          next >= 0;
          next = socket.getInputStream().read()) {
        answer.append((char) next);
      }
    } catch (SocketException e) {
      return answer.toString();
    }
    return answer.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
