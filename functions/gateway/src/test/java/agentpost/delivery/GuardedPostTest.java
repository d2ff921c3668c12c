package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.HttpPost.Answer;
import agentpost.platform.Network;
import agentpost.platform.TlsNetwork;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Over real TLS. The names' addresses are public ones; the cable from there to here is the test's,
 * and ends at an agent on loopback.
 */
class GuardedPostTest {
  private static final byte[] BODY = "{\"correlation_id\":\"ö\"}".getBytes(UTF_8);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private TlsAgent agent;
  private final List<List<InetAddress>> lookUps =
      new ArrayList<>(List.of(List.of(InetAddress.ofLiteral("93.184.216.34"))));
  private final List<InetAddress> connected = new CopyOnWriteArrayList<>();
  private final Map<InetAddress, Integer> ports = new ConcurrentHashMap<>();
  private final List<InetAddress> unreachable = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() throws Exception {
    agent = new TlsAgent();
  }

  @AfterEach
  void close() throws IOException {
    agent.close();
  }

  private final class Cable implements Network {
    private final TlsNetwork tls = new TlsNetwork(agent.trust().getSocketFactory());

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
      if (lookUps.isEmpty()) {
        throw new UnknownHostException(host);
      }
      return lookUps.removeFirst();
    }

    @Override
    public Socket connect(String host, InetAddress address, int port, Duration within)
        throws IOException {
      connected.add(address);
      if (unreachable.contains(address)) {
        throw new ConnectException("refused");
      }
      return tls.connect(
          host,
          InetAddress.getLoopbackAddress(),
          ports.getOrDefault(address, agent.endpoint().getPort()),
          within);
    }
  }

  private Answer post(String url) {
    return post(url, TIMEOUT);
  }

  private Answer post(String url, Duration within) {
    return post(url, BODY, within);
  }

  private Answer post(String url, byte[] body, Duration within) {
    Network cable = new Cable();
    return new GuardedPost(new AddressGuard(cable, Set.of(443)), cable, Clock.systemUTC())
        .post(url, Map.of("webhook-id", "id-1"), body, within);
  }

  private static void assertAnswered(int status, Optional<Duration> retryAfter, Answer answer) {
    Answer.Answered answered = assertInstanceOf(Answer.Answered.class, answer);
    assertEquals(status, answered.status());
    assertEquals(retryAfter, answered.retryAfter());
  }

  /** Refused before anything was sent. */
  static void assertRefused(Answer answer, String message) {
    Answer.Unreachable refused = assertInstanceOf(Answer.Unreachable.class, answer, message);
    assertTrue(refused.why().startsWith("its URL may not be called"), refused.why());
  }

  @Test
  void theRequestArrivesWholeAtTheHostsNameAndPath() {
    assertAnswered(200, Optional.empty(), post("https://hooks.example.com/done/now?a=1"));
    TlsAgent.Received received = agent.received().getFirst();
    assertEquals("POST /done/now?a=1 HTTP/1.1", received.requestLine());
    assertEquals("hooks.example.com", received.headers().get("host"));
    assertEquals("id-1", received.headers().get("webhook-id"));
    assertArrayEquals(BODY, received.body());
  }

  @Test
  void theConnectionGoesToTheAddressThatWasChecked() {
    lookUps.add(List.of(InetAddress.ofLiteral("127.0.0.1")));
    assertInstanceOf(Answer.Answered.class, post("https://hooks.example.com/"));
    assertEquals(List.of(InetAddress.ofLiteral("93.184.216.34")), connected);
    assertEquals(
        1, lookUps.size(), "the name is looked up once, so a second answer cannot lead elsewhere");
    assertRefused(post("https://hooks.example.com/"), "and is checked anew for each attempt");
    assertEquals(1, connected.size());
  }

  @Test
  void aCertificateOfAnotherNameEndsIt() {
    Answer.Unreachable unreachable =
        assertInstanceOf(Answer.Unreachable.class, post("https://other.example.com/"));
    assertTrue(unreachable.why().contains("SSL"), unreachable.why());
    assertEquals(List.of(), agent.received());
  }

  @Test
  void redirectsAreNotFollowed() {
    agent.answers(TlsAgent.status("302 Found", "Location: https://hooks.example.com/elsewhere"));
    assertAnswered(302, Optional.empty(), post("https://hooks.example.com/"));
    assertEquals(1, agent.received().size());
  }

  @Test
  void retryAfterIsKeptIfItIsSecondsOrADate() {
    for (String value :
        List.of(
            " 120 ",
            "Sun, 06 Nov 1994 08:51:37 GMT",
            "Sunday, 06-Nov-94 08:51:37 GMT",
            "Sun Nov  6 08:51:37 1994")) {
      lookUps.add(List.of(InetAddress.ofLiteral("93.184.216.34")));
      agent.answers(
          TlsAgent.status(
              "503 Busy", "retry-after: " + value, "date: Sun, 06 Nov 1994 08:49:37 GMT"));
      assertAnswered(503, Optional.of(Duration.ofMinutes(2)), post("https://hooks.example.com/"));
    }
  }

  @Test
  void ofSeveralRetryAftersNoneCounts() {
    agent.answers(TlsAgent.status("503 Busy", "Retry-After: 120", "Retry-After: 60"));
    assertAnswered(503, Optional.empty(), post("https://hooks.example.com/"));
  }

  @Test
  void interimAnswersArePassedBy() {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"));
    assertAnswered(204, Optional.empty(), post("https://hooks.example.com/"));
  }

  @Test
  void whatIsNoHttpIsUnreachable() {
    for (String answer :
        List.of(
            "SSH-2.0-OpenSSH\r\n\r\n",
            "HTTP/1.1 999 No\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: " + "x".repeat(40_000))) {
      lookUps.add(List.of(InetAddress.ofLiteral("93.184.216.34")));
      agent.answers(
          socket -> {
            TlsAgent.raw(answer).to(socket);
            socket.close();
          });
      assertInstanceOf(
          Answer.Unreachable.class, post("https://hooks.example.com/"), answer.substring(0, 12));
    }
  }

  private static boolean hasHungUp(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  @Test
  void anAnswerThatDripsEndsInTime() {
    agent.answers(
        socket -> {
          // It drips until the other side hangs up, which it waits for in between.
          socket.setSoTimeout(50);
          do {
            TlsAgent.raw("HTTP/1.1 103 Early Hints\r\n\r\n").to(socket);
          } while (!hasHungUp(socket));
        });
    assertEquals(new Answer.TimedOut(), post("https://hooks.example.com/", Duration.ofMillis(700)));
  }

  @Test
  void theNextAddressIsTriedOnlyIfTheFirstDoesNotConnect() {
    InetAddress first = InetAddress.ofLiteral("93.184.216.34");
    InetAddress second = InetAddress.ofLiteral("93.184.216.35");
    lookUps.set(0, List.of(first, second));
    unreachable.add(first);
    assertInstanceOf(Answer.Answered.class, post("https://hooks.example.com/"));
    assertEquals(List.of(first, second), connected);
  }

  @Test
  void aRequestThatMayHaveBeenTakenIsNotSentAgain() {
    lookUps.set(
        0, List.of(InetAddress.ofLiteral("93.184.216.34"), InetAddress.ofLiteral("93.184.216.35")));
    agent.answers(Socket::close);
    assertInstanceOf(Answer.Unreachable.class, post("https://hooks.example.com/"));
    assertEquals(1, agent.received().size());
  }

  /**
   * Connections that nobody accepts, as many as the kernel keeps: what comes then is not answered.
   */
  private static final class BlackHole implements AutoCloseable {
    private final ServerSocket silent;
    private final List<Socket> waiting = new ArrayList<>();

    BlackHole() throws IOException {
      silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      try {
        while (true) {
          Socket socket = new Socket();
          waiting.add(socket);
          socket.connect(silent.getLocalSocketAddress(), 200);
        }
      } catch (SocketTimeoutException e) {
        return; // It is full.
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : waiting) {
        socket.close();
      }
      silent.close();
    }
  }

  private static List<InetAddress> addresses(String... literals) {
    return Stream.of(literals).map(InetAddress::ofLiteral).toList();
  }

  /** RFC 8305: 4.5 s are all there is, and a black hole took them. */
  @Test
  void addressesThatDoNotAnswerDoNotTakeTheTimeOfTheOneThatDoes() throws IOException {
    try (BlackHole hole = new BlackHole();
        ServerSocket speaksNoTls = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      List<InetAddress> all =
          addresses(
              "93.184.216.34",
              "93.184.216.35",
              "93.184.216.36",
              "93.184.216.37",
              "2606:2800:220:1::1",
              "93.184.216.38");
      lookUps.set(0, all);
      all.subList(0, 3).forEach(address -> ports.put(address, hole.silent.getLocalPort()));
      ports.put(all.get(3), speaksNoTls.getLocalPort());
      ports.put(all.get(4), hole.silent.getLocalPort());
      assertInstanceOf(
          Answer.Answered.class, post("https://hooks.example.com/", Duration.ofMillis(4_500)));
      assertEquals(
          addresses(
              "93.184.216.34",
              "2606:2800:220:1::1",
              "93.184.216.35",
              "93.184.216.36",
              "93.184.216.37",
              "93.184.216.38"),
          connected,
          "the families in turn");
      assertEquals(1, agent.received().size());
    }
  }

  @Test
  void whereNoAddressAnswersTheTimeIsOver() throws IOException {
    try (BlackHole hole = new BlackHole()) {
      List<InetAddress> all = addresses("93.184.216.34", "93.184.216.35");
      lookUps.set(0, all);
      all.forEach(address -> ports.put(address, hole.silent.getLocalPort()));
      assertEquals(
          new Answer.TimedOut(), post("https://hooks.example.com/", Duration.ofMillis(700)));
    }
  }

  /** The faster of two is posted to, and the other connection is closed without a word. */
  @Test
  void ofTwoAddressesThatAnswerOneGetsTheRequest() throws Exception {
    try (TlsAgent slow = new TlsAgent()) {
      List<InetAddress> all = addresses("93.184.216.34", "93.184.216.35");
      lookUps.set(0, all);
      try (ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
        ports.put(all.getFirst(), door.getLocalPort());
        assertInstanceOf(Answer.Answered.class, post("https://hooks.example.com/"));
        try (Socket late = door.accept()) {
          late.setSoTimeout(60_000);
          late.getInputStream().readAllBytes(); // A ClientHello, and then the end.
        }
      }
      assertEquals(1, agent.received().size() + slow.received().size());
    }
  }

  /** More than any socket's buffers, so that writing it fails or waits. */
  private static final byte[] LONG_BODY = new byte[16 * 1024 * 1024];

  /** For a machine that has much else to do. */
  private static final Duration LONG_TIMEOUT = Duration.ofSeconds(60);

  @ParameterizedTest
  @CsvSource({
    "413, false",
    "410, false",
    "401, false",
    "503, false",
    "413, true",
    "410, true",
    "401, true",
    "503, true"
  })
  void anAnswerBeforeTheBodyCounts(int status, boolean reset) {
    agent.answersBeforeTheBody(
        socket -> {
          TlsAgent.status(status + " x").to(socket);
          if (reset) {
            socket.setSoLinger(true, 0);
          }
          socket.close();
        });
    assertAnswered(
        status, Optional.empty(), post("https://hooks.example.com/", LONG_BODY, LONG_TIMEOUT));
  }

  @Test
  void anAnswerCountsAlsoIfTheBodyIsNeverRead() {
    agent.answersBeforeTheBody(
        socket -> {
          TlsAgent.status("413 Too Large").to(socket);
          new CountDownLatch(1).await();
        });
    assertAnswered(
        413, Optional.empty(), post("https://hooks.example.com/", LONG_BODY, LONG_TIMEOUT));
  }

  @Test
  void whoAgreesBeforeTheBodyGetsItAllTheSame() throws Exception {
    CompletableFuture<Integer> read = new CompletableFuture<>();
    agent.answersBeforeTheBody(
        socket -> {
          TlsAgent.status("200 OK").to(socket);
          read.complete(socket.getInputStream().readNBytes(LONG_BODY.length).length);
        });
    assertAnswered(
        200, Optional.empty(), post("https://hooks.example.com/", LONG_BODY, LONG_TIMEOUT));
    assertEquals(LONG_BODY.length, read.get());
  }

  /** For whoever reads dead letters, as much of the answer as came is kept. */
  @Test
  void ofAnAnswerThatIsCutShortTheStatusCounts() {
    agent.answersBeforeTheBody(
        socket -> {
          TlsAgent.raw("HTTP/1.1 410 Gone\r\nContent-Length: 100\r\n\r\nwe moved").to(socket);
          socket.close();
        });
    Network cable = new Cable();
    GuardedPost post =
        new GuardedPost(new AddressGuard(cable, Set.of(443)), cable, Clock.systemUTC());
    Answer.Answered answered =
        assertInstanceOf(
            Answer.Answered.class,
            post.call("https://hooks.example.com/", Map.of(), LONG_BODY, LONG_TIMEOUT));
    assertEquals(410, answered.status());
    assertEquals("we moved", new String(answered.body(), UTF_8));
  }

  @Test
  void aNameThatIsUnknownIsUnreachable() {
    lookUps.clear();
    assertInstanceOf(Answer.Unreachable.class, post("https://hooks.example.com/"));
  }
}
