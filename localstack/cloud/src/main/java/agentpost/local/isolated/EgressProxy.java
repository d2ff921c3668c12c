package agentpost.local.isolated;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agentpost.local.egress.Egress;
import agentpost.local.egress.Egress.Destination;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;

/**
 * The way out of functions' processes: a proxy by the JVM's own settings, SOCKS 5 (RFC 1928) for
 * sockets and CONNECT (RFC 9110) for HTTP clients, so that the functions' code is what it is on
 * AWS. What is meant for the API's https name ends here, in TLS with a certificate for it, and goes
 * on to the local cloud. Of all else, what is on this machine or may be called goes where it says,
 * and the rest nowhere.
 */
final class EgressProxy implements AutoCloseable {
  private static final int HTTPS = 443;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int MAX_LINE_LENGTH = 8 * 1024;
  private static final int SOCKS = 5;
  private static final int SOCKS_CONNECT = 1;

  /**
   * The API's name, or the address that {@link agentpost.local.isolated.child.ApiNames} gives it.
   */
  private static final Pattern API =
      Pattern.compile("[a-z0-9]+\\.execute-api\\.us-east-1\\.amazonaws\\.com|3\\.80\\.0\\.1");

  private static final Pattern CONNECT =
      Pattern.compile("CONNECT \\[?([^ \\]]+)]?:(\\d{1,5}) HTTP/1\\.[01]");

  private record Target(String host, int port) {
    boolean isApi() {
      return port == HTTPS && API.matcher(host).matches();
    }
  }

  private final SSLSocketFactory tls;
  private final IntSupplier cloud;
  private final Egress egress;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param cloud the local cloud's port
   */
  EgressProxy(SSLSocketFactory tls, IntSupplier cloud, Egress egress) throws IOException {
    this.egress = egress;
    this.tls = tls;
    this.cloud = cloud;
    this.server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("isolated-front-door").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  Egress egress() {
    return egress;
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // A caller that is gone already is nobody's loss.
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      boolean socks = in.readUnsignedByte() == SOCKS;
      Target target = socks ? socks(in, socket) : connect(in);
      try (Socket onward = new Socket()) {
        if (connectTo(onward, target)) {
          socket
              .getOutputStream()
              .write(
                  socks
                      ? new byte[] {SOCKS, 0, 0, 1, 0, 0, 0, 0, 0, 0}
                      : "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(ISO_8859_1));
          join(socket, onward, target.isApi());
        } else {
          socket
              .getOutputStream()
              .write(
                  socks
                      ? new byte[] {SOCKS, SOCKS_CONNECT, 0, 1, 0, 0, 0, 0, 0, 0}
                      : "HTTP/1.1 502 Bad Gateway\r\n\r\n".getBytes(ISO_8859_1));
        }
      }
    } catch (IOException e) {
      // Who called has hung up, or does not speak as a proxy's client does; it sees its connection
      // end.
      return;
    }
  }

  private static Target socks(DataInputStream in, Socket socket) throws IOException {
    in.readNBytes(in.readUnsignedByte());
    socket.getOutputStream().write(new byte[] {SOCKS, 0});
    if (in.readUnsignedByte() != SOCKS || in.readUnsignedByte() != SOCKS_CONNECT) {
      throw new IOException("not a SOCKS 5 CONNECT");
    }
    in.readUnsignedByte();
    String host =
        switch (in.readUnsignedByte()) {
          case 1 -> InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
          case 3 -> new String(in.readNBytes(in.readUnsignedByte()), ISO_8859_1);
          case 4 -> InetAddress.getByAddress(in.readNBytes(16)).getHostAddress();
          default -> throw new IOException("not an address of SOCKS 5");
        };
    return new Target(host, in.readUnsignedShort());
  }

  /**
   * @param in after the first character
   */
  private static Target connect(DataInputStream in) throws IOException {
    Matcher request = CONNECT.matcher("C" + line(in));
    if (!request.matches()) {
      throw new IOException("not a CONNECT");
    }
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      // None matters.
    }
    return new Target(request.group(1), Integer.parseInt(request.group(2)));
  }

  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      if (line.length() == MAX_LINE_LENGTH) {
        throw new IOException("a line that does not end");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  /** A socket's SOCKS client has looked the name up, and names the address. */
  private boolean mayBeCalled(String host) throws UnknownHostException {
    if (!(egress.to(host) instanceof Destination.StandIn)) {
      return true;
    }
    for (String name : egress.allowedHosts()) {
      if (Arrays.stream(InetAddress.getAllByName(name))
          .anyMatch(address -> address.getHostAddress().equals(host))) {
        return true;
      }
    }
    return false;
  }

  private boolean connectTo(Socket onward, Target target) {
    try {
      if (!target.isApi() && !mayBeCalled(target.host())) {
        return false;
      }
      onward.connect(
          target.isApi()
              ? new InetSocketAddress(InetAddress.getLoopbackAddress(), cloud.getAsInt())
              : new InetSocketAddress(target.host(), target.port()),
          CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void join(Socket caller, Socket called, boolean tlsEndsHere) throws IOException {
    if (tlsEndsHere) {
      try (Socket secured = tls.createSocket(caller, null, true)) {
        pipe(secured, called);
      }
    } else {
      pipe(caller, called);
    }
  }

  /** Until what is called has said all it has to say. */
  private void pipe(Socket caller, Socket called) throws IOException {
    threads.execute(
        () -> {
          try {
            caller.getInputStream().transferTo(called.getOutputStream());
            called.shutdownOutput();
          } catch (IOException e) {
            // The other direction sees the end of it.
            return;
          }
        });
    called.getInputStream().transferTo(caller.getOutputStream());
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException("The functions' way out did not close", e);
    }
    threads.shutdownNow();
  }
}
