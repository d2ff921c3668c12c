package agentpost.local.lambda;

import agentpost.local.egress.ApiHost;
import agentpost.local.egress.Egress;
import agentpost.local.egress.Egress.Destination;
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
 * The network as functions see it. The API's own name is a public address, as on AWS, so that what
 * looks at names, ports and addresses runs unchanged; a connection to it ends at this cloud's front
 * door, without TLS. So it is with the names of others that were given a port of this machine, and
 * with all those that nobody allowed to be called: there a stand-in answers, and no name is looked
 * up.
 */
public final class LocalNetwork implements Network {
  private static final int HTTPS = 443;

  /** One of Amazon's in us-east-1; nothing is ever sent to it. */
  private static final byte[] PUBLIC = {3, 80, 0, 1};

  private final Network internet;
  private final Egress egress;
  private final IntSupplier port;
  private final IntSupplier standIns;

  /** With nothing beside the API. */
  public LocalNetwork(IntSupplier port) {
    this(port, Egress.closed(), () -> 0);
  }

  /**
   * @param standIns the port of whoever answers for hosts that may not be called
   */
  public LocalNetwork(IntSupplier port, Egress egress, IntSupplier standIns) {
    this(port, egress, standIns, Network.internet());
  }

  public LocalNetwork(IntSupplier port, Egress egress, IntSupplier standIns, Network internet) {
    this.port = port;
    this.egress = egress;
    this.standIns = standIns;
    this.internet = internet;
  }

  @Override
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    if (ApiHost.isOne(host)) {
      return List.of(InetAddress.getByAddress(host, PUBLIC));
    }
    return switch (egress.to(host)) {
      case Destination.Routed _, Destination.StandIn _ ->
          List.of(InetAddress.getByAddress(host, PUBLIC));
      case Destination.Machine _, Destination.Allowed _ -> internet.resolve(host);
    };
  }

  @Override
  public Socket connect(String host, InetAddress address, int toPort, Duration within)
      throws IOException {
    if (ApiHost.isOne(host) && toPort == HTTPS) {
      return connectLocally(port.getAsInt(), within);
    }
    return switch (egress.to(host)) {
      case Destination.Routed(int routed) -> connectLocally(routed, within);
      case Destination.StandIn _ -> connectLocally(standIns.getAsInt(), within);
      case Destination.Machine _, Destination.Allowed _ ->
          internet.connect(host, address, toPort, within);
    };
  }

  private static Socket connectLocally(int port, Duration within) throws IOException {
    Socket socket = new Socket();
    try {
      int millis = Math.toIntExact(Math.max(1, within.toMillis()));
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
