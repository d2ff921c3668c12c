package agentpost.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import agentpost.http.HttpPost.Answer;
import agentpost.platform.Network;
import agentpost.platform.TlsNetwork;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A DNS server that says one thing to who checks and another to who connects. The public address
 * leads to an agent on loopback; nothing else leads anywhere, and is noted.
 */
class RebindingTest {
  private static final String PUBLIC = "93.184.216.34";
  private static final String INSIDE = "127.0.0.1";

  private final List<InetAddress> inside = new CopyOnWriteArrayList<>();
  private RebindingDns dns;
  private TlsAgent agent;

  @BeforeEach
  void start() throws Exception {
    dns = new RebindingDns();
    agent = new TlsAgent();
  }

  @AfterEach
  void stop() throws IOException {
    agent.close();
    dns.close();
  }

  private final class Internet implements Network {
    private final TlsNetwork tls = new TlsNetwork(agent.trust().getSocketFactory());

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
      return dns.resolve(host);
    }

    @Override
    public Socket connect(String host, InetAddress address, int port, Duration within)
        throws IOException {
      if (!address.equals(InetAddress.ofLiteral(PUBLIC))) {
        inside.add(address);
        throw new ConnectException("That would have been inside");
      }
      return tls.connect(
          host, InetAddress.getLoopbackAddress(), agent.endpoint().getPort(), within);
    }
  }

  private Answer post() {
    Network internet = new Internet();
    return new GuardedPost(new AddressGuard(internet, Set.of(443)), internet, Clock.systemUTC())
        .post("https://hooks.example.com/", Map.of(), new byte[0], Duration.ofSeconds(5));
  }

  @Test
  void anAddressThatChangesAfterTheCheckIsNotConnectedTo() {
    dns.then(PUBLIC).then(INSIDE);
    assertInstanceOf(Answer.Answered.class, post());
    assertEquals(
        1, dns.questions(), "one question an attempt, so there is nothing for a second answer");
    GuardedPostTest.assertRefused(post(), "inside");
    assertEquals(List.of(), inside);
    assertEquals(1, agent.received().size());
  }

  @Test
  void oneThatComesAndGoesNeverGetsThrough() {
    for (int i = 0; i < 20; i++) {
      dns.then(PUBLIC).then(INSIDE);
    }
    for (int i = 0; i < 20; i++) {
      assertInstanceOf(Answer.Answered.class, post());
      GuardedPostTest.assertRefused(post(), "inside");
    }
    assertEquals(List.of(), inside);
  }

  @Test
  void oneThatSaysBothAtOnceIsRefused() {
    dns.then(PUBLIC, INSIDE);
    GuardedPostTest.assertRefused(post(), "inside");
    assertEquals(List.of(), inside);
    assertEquals(List.of(), agent.received());
  }
}
