package agentpost.signing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.hostile.Forgeries;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The documents' programs that take their secret from the environment: none starts, or signs, with
 * what is no secret.
 */
class ReceiverSnippetsTest {
  private static final Path DOCUMENTS = Path.of("..", "..", "docs");
  private static final Path EXAMPLES = DOCUMENTS.resolve("examples");
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final byte[] BODY =
      "{\"type\":\"verification\",\"challenge\":\"c\",\"correlation_id\":\"op-1\",\"status\":\"completed\"}"
          .getBytes(UTF_8);
  private static final Pattern BLOCK =
      Pattern.compile("(?:<!-- snippet: (\\S+) -->\n)?```\\w*\n(.*?)```\n", Pattern.DOTALL);

  /**
   * A program that computes an HMAC and is new has to be tried here, or in {@link
   * SecurityDocumentTest}.
   */
  @Test
  void everyProgramThatSignsOrVerifiesIsTried() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (Path example : files(EXAMPLES)) {
      if (computesHmac(Files.readString(example))) {
        names.add(example.getFileName().toString());
      }
    }
    for (Path document : files(DOCUMENTS)) {
      BLOCK
          .matcher(Files.readString(document))
          .results()
          .filter(block -> computesHmac(block.group(2)) && !block.group().startsWith("```yaml"))
          .map(
              block ->
                  Optional.ofNullable(block.group(1)).orElse("without a name: " + block.group()))
          .forEach(names::add);
    }
    // crm.sh signs as a third party does, with a text that it has itself; IngestDocumentIT runs it.
    assertThat(names)
        .containsExactly(
            "Verify.java",
            "crm.sh",
            "initiator.sh",
            "peer.py",
            "processor.sh",
            "receiver.py",
            "verify.go",
            "verify.mjs",
            "verify.py");
  }

  private static boolean computesHmac(String program) {
    return program.toLowerCase(Locale.ROOT).contains("hmac");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process started(String name, int port, String secret) throws IOException {
    String interpreter = name.endsWith(".py") ? "python3" : "bash";
    ProcessBuilder builder =
        new ProcessBuilder(interpreter, EXAMPLES.resolve(name).toString())
            .redirectErrorStream(true);
    builder.environment().remove("SECRET");
    String url = "http://127.0.0.1:" + port;
    builder
        .environment()
        .putAll(
            Map.of(
                "PORT",
                Integer.toString(port),
                "API_URL",
                url,
                "CALLBACK_URL",
                url,
                "CORRELATION_ID",
                "op-1"));
    if (!secret.equals("unset")) {
      builder.environment().put("SECRET", secret);
    }
    return builder.start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"peer.py", "receiver.py", "initiator.sh", "processor.sh"})
  void endsWithAnErrorInsteadOfTakingWhatIsNoSecret(String name) throws Exception {
    List<String> unusable = new ArrayList<>(Forgeries.UNUSABLE);
    unusable.add("unset");
    // Whoever is asked for something is told by an exit code that nothing was sent: this port is
    // held, and hears of it otherwise.
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      socket.setSoTimeout(1);
      int port = name.endsWith(".py") ? freePort() : socket.getLocalPort();
      for (String secret : unusable) {
        Process process = started(name, port, secret);
        try {
          assertTrue(
              process.waitFor(30, TimeUnit.SECONDS), "it serves with the secret <" + secret + ">");
          String output = new String(process.getInputStream().readAllBytes(), UTF_8);
          assertThat(process.exitValue()).as("secret <%s>: %s", secret, output).isNotZero();
          assertThat(output)
              .as("secret <%s>", secret)
              .containsAnyOf(
                  "SECRET must be whsec_ and base64 of 24 to 64 bytes", "binascii.Error");
          String bare = secret.strip().replaceFirst("^whsec_", "");
          if (!bare.isEmpty() && !secret.equals("unset")) {
            assertThat(output).doesNotContain(bare);
          }
        } finally {
          process.destroyForcibly();
        }
      }
      if (name.endsWith(".sh")) {
        assertThat(catchThrowable(socket::accept))
            .as("a request")
            .isInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"peer.py", "receiver.py"})
  void takesWhatItsSecretSignedAndNothingElse(String name) throws Exception {
    int port = freePort();
    Process process = started(name, port, " " + SECRET + "\n");
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      if (name.equals("peer.py")) {
        assertNotNull(lines.readLine(), "the line that says that it listens");
      }
      Instant now = Instant.now();
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> answer(port, Map.of()) != 0);
      assertEquals(200, answer(port, by(SECRET).sign("msg-1", now, BODY)));
      assertEquals(403, answer(port, by(OTHER).sign("msg-1", now, BODY)));
      assertEquals(403, answer(port, Map.of()));
      assertEquals(
          403,
          answer(
              port,
              Map.of(
                  "webhook-id",
                  "m",
                  "webhook-timestamp",
                  "\u00b2",
                  "webhook-signature",
                  "\u00e9",
                  "X-Webhook-Signature",
                  "\u00e9")));
      for (String bad : Forgeries.UNUSABLE) {
        for (Map<String, String> headers : Forgeries.of(bad, now, BODY)) {
          assertEquals(403, answer(port, headers), () -> "forged by <" + bad + ">");
        }
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static Signer by(String secret) {
    return new Signer(KeySet.of(WebhookSecret.of(secret)));
  }

  /**
   * The status; 0 if it does not listen yet. By a connection of its own: these servers close each,
   * which a client that keeps them may see too late.
   */
  private static int answer(int port, Map<String, String> headers) throws IOException {
    StringBuilder head =
        new StringBuilder("POST /done HTTP/1.0\r\nContent-Length: " + BODY.length + "\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write((head + "\r\n" + new String(BODY, ISO_8859_1)).getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertThat(answer).matches("(?s)HTTP/1\\.[01] [0-9]{3} .*");
      return Integer.parseInt(answer.substring(9, 12));
    } catch (ConnectException e) {
      return 0;
    }
  }
}
