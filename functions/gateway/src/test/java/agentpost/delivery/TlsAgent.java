package agentpost.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * An agent on a real TLS socket that answers whatever bytes it is told to, with a certificate made
 * for this run.
 */
final class TlsAgent implements AutoCloseable {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** What comes back on a connection after a request was read. */
  @FunctionalInterface
  interface Answer {
    void to(Socket socket) throws IOException, InterruptedException;
  }

  record Received(String requestLine, Map<String, String> headers, byte[] body) {}

  /**
   * Made once: the JDK makes certificates with a program of its own only, and that takes most of a
   * second.
   */
  private static final class Certificate {
    static final KeyStore KEYS = made();

    private static KeyStore made() {
      try {
        Path directory = Files.createTempDirectory("agentpost-tls");
        Path store = directory.resolve("agent.p12");
        Process keytool =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "agent",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "san=dns:localhost,dns:hooks.example.com",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    new String(PASSWORD))
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
          throw new IOException("keytool made no certificate");
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
          keys.load(in, PASSWORD);
        }
        Files.delete(store);
        Files.delete(directory);
        return keys;
      } catch (IOException | GeneralSecurityException e) {
        throw new IllegalStateException("There is no certificate to test with", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while a certificate was made", e);
      }
    }
  }

  private final SSLServerSocket server;
  private final SSLContext tls;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile Answer answer = status("200 OK");
  private volatile boolean early;

  TlsAgent() throws GeneralSecurityException, IOException {
    KeyStore keys = Certificate.KEYS;
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    server =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Trusts this agent's certificate and no other. */
  SSLContext trust() {
    return tls;
  }

  URI endpoint() {
    return URI.create("https://localhost:" + server.getLocalPort() + "/hooks/agent");
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  void answers(Answer next) {
    answer = next;
  }

  /** As soon as the request's head is there, of which the body is left to the answer. */
  void answersBeforeTheBody(Answer next) {
    early = true;
    answer = next;
  }

  /**
   * With a word that the connection ends with it, or the next request might be sent on it before
   * the end is noticed.
   */
  static Answer status(String statusLine, String... headers) {
    return raw(
        "HTTP/1.1 "
            + statusLine
            + "\r\n"
            + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
            + "Connection: close\r\nContent-Length: 2\r\n\r\nok");
  }

  static Answer raw(String bytes) {
    return socket -> {
      socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    };
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      received.add(request(socket.getInputStream(), !early));
      answer.to(socket);
    } catch (IOException e) {
      // The other side hung up, as several tests have it do.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Received request(InputStream in, boolean whole) throws IOException {
    List<String> lines = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (lines.isEmpty() || !lines.getLast().isEmpty()) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      if (next == '\n') {
        lines.add(line.toString(ISO_8859_1).strip());
        line.reset();
      } else {
        line.write(next);
      }
    }
    Map<String, String> headers = new TreeMap<>();
    for (String header : lines.subList(1, lines.size() - 1)) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    return new Received(
        lines.getFirst(),
        headers,
        whole
            ? in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")))
            : new byte[0]);
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
