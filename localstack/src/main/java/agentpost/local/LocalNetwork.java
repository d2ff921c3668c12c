package agentpost.local;

import agentpost.platform.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * The network as functions see it. The API's own name is a public address, as on AWS, so that what looks at names, ports and addresses runs
 * unchanged; a connection to it ends at this cloud's front door, without TLS. So it is with the names of others that were given a port of this
 * machine. All else goes where it says.
 */
final class LocalNetwork implements Network {
  private static final int HTTPS = 443;

  /** One of Amazon's in us-east-1; nothing is ever sent to it. */
  private static final byte[] PUBLIC = {3, 80, 0, 1};

  private final Network internet = Network.internet();
  private final IntSupplier port;
  private final Map<String, Integer> hosts;

  LocalNetwork(IntSupplier port) {
    this(port, Map.of());
  }

  /** @param hosts ports of this machine by the names that lead there, without TLS */
  LocalNetwork(IntSupplier port, Map<String, Integer> hosts) {
    this.port = port;
    this.hosts = Map.copyOf(hosts);
  }

  private boolean isHere(String host) {
    return LocalReach.apiOf(host).isPresent() || hosts.containsKey(host);
  }

  @Override
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    return isHere(host) ? List.of(InetAddress.getByAddress(host, PUBLIC)) : internet.resolve(host);
  }

  @Override
  public Socket connect(String host, InetAddress address, int toPort, Duration within) throws IOException {
    if (!isHere(host) || toPort != HTTPS) {
      return internet.connect(host, address, toPort, within);
    }
    Socket socket = new Socket();
    try {
      int millis = Math.toIntExact(Math.max(1, within.toMillis()));
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), hosts.getOrDefault(host, port.getAsInt())), millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
