package agentpost.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.platform.Network;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Names as a test has them, and connections on which one other side answers, whatever address they
 * go to.
 */
public final class FakeNetwork implements Network {
  private final Map<String, List<InetAddress>> names = new ConcurrentHashMap<>();
  private final List<InetAddress> connected = new CopyOnWriteArrayList<>();
  private final FakeHttp.OtherSide otherSide;

  public FakeNetwork(FakeHttp.OtherSide otherSide) {
    this.otherSide = otherSide;
  }

  public FakeNetwork with(String host, String... addresses) {
    names.put(host, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
    return this;
  }

  /** Where connections went, in their order. */
  public List<InetAddress> connected() {
    return List.copyOf(connected);
  }

  @Override
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    List<InetAddress> addresses = names.get(host);
    if (addresses == null) {
      throw new UnknownHostException(host);
    }
    return addresses;
  }

  @Override
  public Socket connect(String host, InetAddress address, int port, Duration within) {
    connected.add(address);
    return new Connection();
  }

  private final class Connection extends Socket {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    @Override
    public OutputStream getOutputStream() {
      return sent;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      Response response = otherSide.answer(request(sent.toByteArray()));
      StringBuilder head = new StringBuilder("HTTP/1.1 " + response.status() + " Answered\r\n");
      response
          .headers()
          .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      return new ByteArrayInputStream(
          (head + "\r\n" + new String(response.body(), UTF_8)).getBytes(UTF_8));
    }
  }

  private static Request request(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    List<String> lines = text.substring(0, end).lines().toList();
    Map<String, List<String>> headers = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(": ");
      headers.put(line.substring(0, colon), List.of(line.substring(colon + 2)));
    }
    String path = List.of(lines.getFirst().split(" ")).get(1);
    return new Request(
        "POST",
        path,
        Map.of(),
        headers,
        Arrays.copyOfRange(bytes, end + 4, bytes.length),
        "127.0.0.1");
  }
}
