package agentpost.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;

/**
 * Names and connections, for calls to URLs that others chose. They are two steps, so that the
 * address that was checked is the one that is connected to. The local cloud supplies one that knows
 * the API's own name and leads it to the front door; every check stays in force.
 */
public interface Network {
  /** Every address of a host name, never empty. */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /**
   * A connection on which HTTP/1.1 can be spoken: over TLS to exactly this address, with a
   * certificate for this host.
   *
   * @param within for connecting and for the handshake each, and then for each read
   */
  Socket connect(String host, InetAddress address, int port, Duration within) throws IOException;

  /** DNS and TLS as the JVM has them. */
  static Network internet() {
    return new TlsNetwork((SSLSocketFactory) SSLSocketFactory.getDefault());
  }
}
