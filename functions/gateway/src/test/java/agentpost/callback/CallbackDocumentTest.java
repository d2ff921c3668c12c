package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.operations.OperationClient;
import agentpost.operations.OperationRequest;
import agentpost.operations.StartResult;
import agentpost.platform.Platform;
import agentpost.testing.FakeHttp;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The programs that {@code docs/callbacks.md} links to, on loopback against the handlers. */
class CallbackDocumentTest {
  private static final Path DOCUMENTS = Path.of("..", "..", "docs");

  private final OperationsTestBed world = new OperationsTestBed();
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer api;

  @BeforeEach
  void listen() throws IOException {
    world.clock.move(Duration.between(world.clock.instant(), Instant.now()));
    world.network.with("hooks.example.com", "93.184.216.34");
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext(
        "/process-data",
        exchange ->
            answer(
                exchange,
                request ->
                    OperationsTestBed.handled(new ProcessDataHandler(world.platform), request)));
    api.createContext(
        "/webhooks/process-complete",
        exchange ->
            answer(
                exchange,
                request ->
                    OperationsTestBed.handled(new CallbackHandler(world.platform), request)));
    api.start();
  }

  @AfterEach
  void close() {
    api.stop(0);
    http.close();
    world.close();
  }

  private String apiUrl() {
    return "http://127.0.0.1:" + api.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, FakeHttp.OtherSide handler) throws IOException {
    Map<String, List<String>> headers = new HashMap<>(exchange.getRequestHeaders());
    byte[] body = exchange.getRequestBody().readAllBytes();
    Response response =
        handler.answer(
            new Request(
                "POST", exchange.getRequestURI().getPath(), Map.of(), headers, body, "127.0.0.1"));
    exchange.sendResponseHeaders(response.status(), response.body().length);
    exchange.getResponseBody().write(response.body());
    exchange.close();
  }

  private static Path program(String name) throws IOException {
    String link = "examples/" + name;
    assertThat(Files.readString(DOCUMENTS.resolve("callbacks.md"))).contains("(" + link + ")");
    return DOCUMENTS.resolve(link);
  }

  private static String bash(Path program, Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", program.toString())
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  /**
   * The Python peer on a port of its own; its lines after the first are what it was called back
   * with.
   */
  private record Peer(Process process, BufferedReader lines, int port) implements AutoCloseable {
    URI uri(String path) {
      return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
      process.destroy();
      assertTrue(process.onExit().join().exitValue() != 0, "it serves until it is stopped");
    }
  }

  private Peer peer(String secret) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("python3", program("peer.py").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("SECRET", secret);
    builder.environment().put("PORT", "0");
    Process process = builder.start();
    BufferedReader lines = process.inputReader(UTF_8);
    return new Peer(
        process, lines, Integer.parseInt(Optional.ofNullable(lines.readLine()).orElse("-1")));
  }

  @Test
  void curlAndOpensslAskForWork() throws Exception {
    assertEquals(
        "{\"correlation_id\":\"op-4711\",\"status\":\"accepted\"}",
        bash(
            program("initiator.sh"),
            Map.of("SECRET", OperationsTestBed.SECRET, "API_URL", apiUrl())));
    assertEquals(1, world.queue.messages().size());
    String refused =
        bash(
            program("initiator.sh"),
            Map.of("SECRET", OperationsTestBed.OTHER_SECRET, "API_URL", apiUrl()));
    assertTrue(refused.contains("urn:agentpost:problem:forbidden"), refused);
  }

  @Test
  void curlAndOpensslCallBack() throws Exception {
    OperationRequest request = world.booking(1);
    assertEquals(new StartResult.Accepted(request.id()), world.start(request));
    Map<String, String> environment =
        Map.of(
            "SECRET",
            OperationsTestBed.SECRET,
            "CORRELATION_ID",
            request.id().value(),
            "CALLBACK_URL",
            apiUrl() + "/webhooks/process-complete");
    assertEquals(
        "{\"correlation_id\":\"" + request.id() + "\",\"status\":\"recorded\"}",
        bash(program("processor.sh"), environment));
    assertEquals("COMPLETED", world.status(request.id()));
    assertTrue(bash(program("processor.sh"), environment).contains("already recorded"));
  }

  @Test
  void pythonIsTheProcessorOfAnOperation() throws Exception {
    try (Peer peer = peer(OperationsTestBed.SECRET)) {
      Map<String, String> environment = new HashMap<>(OperationsTestBed.ENVIRONMENT);
      environment.put("PROCESSOR_URL", peer.uri("/process-data").toString());
      environment.put("CALLBACK_URL", apiUrl() + "/webhooks/process-complete");
      Platform platform =
          new Platform(environment, world.clock, world.platform.aws(), http, world.log::add);
      OperationRequest request = world.booking(1);
      assertEquals(
          new StartResult.Accepted(request.id()), OperationClient.from(platform).start(request));
      Awaitility.await().until(() -> world.status(request.id()).equals("COMPLETED"));
      assertTrue(world.tables.operation(request.id().value()).toString().contains("echo"));
    }
  }

  @Test
  void pythonRefusesASignatureByAnotherSecret() throws Exception {
    try (Peer peer = peer(OperationsTestBed.OTHER_SECRET)) {
      Map<String, String> environment = new HashMap<>(OperationsTestBed.ENVIRONMENT);
      environment.put("PROCESSOR_URL", peer.uri("/process-data").toString());
      Platform platform =
          new Platform(environment, world.clock, world.platform.aws(), http, world.log::add);
      StartResult.TryAgain refused =
          assertInstanceOf(
              StartResult.TryAgain.class, OperationClient.from(platform).start(world.booking(1)));
      assertEquals("the processor answered 403", refused.why());
    }
  }

  @Test
  void pythonIsCalledBackByOurWorker() throws Exception {
    try (Peer peer = peer(OperationsTestBed.SECRET)) {
      world.callbacks = Optional.of(callback -> forwarded(callback, peer.uri("/done")));
      assertTrue(
          bash(
                  program("initiator.sh"),
                  Map.of("SECRET", OperationsTestBed.SECRET, "API_URL", apiUrl()))
              .contains("accepted"));
      assertEquals(1, world.work(), world.log::toString);
      assertEquals("op-4711 completed", peer.lines().readLine());
    }
  }

  /** The rest of the way: the guard let it go to a public address, where TLS would end. */
  private Response forwarded(Request callback, URI to) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to).POST(HttpRequest.BodyPublishers.ofByteArray(callback.body()));
    callback
        .header("X-Webhook-Signature")
        .ifPresent(value -> request.header("X-Webhook-Signature", value));
    try {
      HttpResponse<byte[]> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return new Response(response.statusCode(), Map.of(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
