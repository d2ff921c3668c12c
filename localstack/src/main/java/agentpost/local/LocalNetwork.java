package agentpost.local;

import agentpost.platform.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * The network as functions see it. The API's own name is a public address, as on AWS, so that what looks at names, ports and addresses runs
 * unchanged; a connection to it ends at this cloud's front door, without TLS. All else goes where it says.
 */
final class LocalNetwork implements Network {
  private static final int HTTPS = 443;

  /** One of Amazon's in us-east-1; nothing is ever sent to it. */
  private static final byte[] PUBLIC = {3, 80, 0, 1};

  private final Network internet = Network.internet();
  private final IntSupplier port;

  LocalNetwork(IntSupplier port) {
    this.port = port;
  }

  @Override
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    return LocalReach.apiOf(host).isPresent() ? List.of(InetAddress.getByAddress(host, PUBLIC)) : internet.resolve(host);
  }

  @Override
  public Socket connect(String host, InetAddress address, int toPort, Duration within) throws IOException {
    if (LocalReach.apiOf(host).isEmpty() || toPort != HTTPS) {
      return internet.connect(host, address, toPort, within);
    }
    Socket socket = new Socket();
    try {
      int millis = Math.toIntExact(Math.max(1, within.toMillis()));
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.getAsInt()), millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
