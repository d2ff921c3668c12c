package agentpost.local.sqs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ElasticMQ's own port, found by whoever looks for it: a web page that re-points its name to this
 * machine, or posts to it blindly, gets nothing.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
class LoopbackGuardTest {
  private static final String LIST = "Action=ListQueues&Version=2012-11-05";
  private static ElasticMq queues;
  private static URI port;

  @BeforeAll
  static void start() {
    queues = new ElasticMq(4566);
    port = queues.address();
  }

  @AfterAll
  static void stop() {
    queues.stop();
  }

  private static String answer(String head, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.getPort())) {
      String request =
          "POST / HTTP/1.1\r\n"
              + head
              + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
              + body.length()
              + "\r\nConnection: close\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static String own() {
    return "Host: " + port.getAuthority() + "\r\n";
  }

  @Test
  void itsOwnHostIsAnswered() throws IOException {
    assertThat(answer(own(), LIST)).startsWith("HTTP/1.1 200 ").contains("ListQueuesResponse");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example.com\r\n",
        "Host: evil.example.com:PORT\r\n",
        "Host: localhost:PORT\r\n",
        "Host: 127.0.0.1\r\n",
        "Host: 127.0.0.1:1\r\n",
        "Host: 127.0.0.1.evil.example.com:PORT\r\n",
        "Host: [::1]:PORT\r\n",
        "Host: 127.0.0.1:PORT\r\nOrigin: https://evil.example.com\r\n",
        "Host: 127.0.0.1:PORT\r\nOrigin: null\r\n",
        "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site\r\n"
      })
  void anyOtherIsRefusedAndDoesNothing(String head) throws IOException {
    String given = head.replace("PORT", Integer.toString(port.getPort()));
    assertThat(answer(given, LIST)).startsWith("HTTP/1.1 403 ").doesNotContain("ListQueues");
    assertThat(answer(given, "Action=CreateQueue&QueueName=planted&Version=2012-11-05"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(queues.ask("ListQueues", JsonNodeFactory.instance.objectNode()).toString())
        .doesNotContain("planted");
  }

  @Test
  void withoutAHostNothingIsAnswered() throws IOException {
    assertThat(answer("", LIST))
        .matches("(?s)HTTP/1\\.1 40[03] .*")
        .doesNotContain("ListQueuesResponse");
  }

  /** On one connection, each request has its own answer. */
  @Test
  void whatFollowsARefusalIsAnsweredForItself() throws IOException {
    StringBuilder requests = new StringBuilder();
    for (String host : List.of("evil.example.com", port.getAuthority(), "evil.example.com")) {
      requests
          .append("POST / HTTP/1.1\r\nHost: ")
          .append(host)
          .append("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
          .append(LIST.length());
      requests.append("\r\n\r\n").append(LIST);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.getPort())) {
      socket.getOutputStream().write(requests.toString().getBytes(ISO_8859_1));
      socket.shutdownOutput();
      String answers = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answers.split("HTTP/1.1 ", -1))
          .extracting(answer -> answer.isEmpty() ? "" : answer.substring(0, 3))
          .containsExactly("", "403", "200", "403");
    }
  }
}
