package agentpost.platform;

import java.io.IOException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Connects to an address, and proves by certificate that it is the host's. */
public final class TlsNetwork implements Network {
  private final SSLSocketFactory tls;

  public TlsNetwork(SSLSocketFactory tls) {
    this.tls = tls;
  }

  @Override
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(host));
  }

  @Override
  public Socket connect(String host, InetAddress address, int port, Duration within)
      throws IOException {
    int millis = Math.toIntExact(Math.max(1, within.toMillis()));
    Socket plain = new Socket();
    try {
      plain.setSoTimeout(millis);
      plain.connect(new InetSocketAddress(address, port), millis);
      // Layered over the connected socket: the name goes into SNI and is checked against the
      // certificate, and is not looked up again.
      SSLSocket socket = (SSLSocket) tls.createSocket(plain, IDN.toASCII(host), port, true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }
}
