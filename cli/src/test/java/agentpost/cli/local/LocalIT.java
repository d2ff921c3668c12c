package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** The local cloud as its user starts, uses and stops it. */
class LocalIT {
  /** It takes three seconds on a machine that does nothing else. */
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  private static final Path EXAMPLES =
      Launcher.HOME.resolve("events-schemas/user.signed_up/examples");

  @TempDir private Path directory;

  private Launcher ready(Path catalog, int timeScale, String... more) throws IOException {
    Launcher local =
        Launcher.startOn(
            catalog,
            directory,
            Stream.concat(
                    Stream.of(
                        "local",
                        "--port",
                        "0",
                        "--time-scale",
                        Integer.toString(timeScale),
                        "--seed",
                        "7",
                        "--strict"),
                    Stream.of(more))
                .toArray(String[]::new));
    try {
      await()
          .atMost(START_TIMEOUT)
          .untilAsserted(() -> assertThat(local.output()).contains("ArchiveName = "));
    } catch (ConditionTimeoutException e) {
      local.close();
      throw e;
    }
    return local;
  }

  /** The free one that it took. */
  private static int port(Launcher local) {
    return Integer.parseInt(
        local.output().replaceFirst("(?s).*ready: http://localhost:(\\d+).*", "$1"));
  }

  private static JsonNode get(int port, String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      return new JsonMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static EventBridgeClient events(int port) {
    return EventBridgeClient.builder()
        .endpointOverride(URI.create("http://localhost:" + port))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void isolatedFunctionsShowTheirColdStartsAndEndWithTheCloud() throws Exception {
    try (Launcher local = ready(Launcher.EXAMPLES, 1, "--isolated");
        HttpClient http = HttpClient.newHttpClient()) {
      URI invoke =
          URI.create(
              "http://localhost:"
                  + port(local)
                  + "/2015-03-31/functions/agentpost-timeout-handler/invocations");
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(invoke)
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      assertThat(answer.headers().firstValue("X-Amz-Function-Error")).as(local.output()).isEmpty();
      await()
          .untilAsserted(
              () ->
                  assertThat(local.output())
                      .containsPattern(
                          "agentpost-timeout-handler  INIT_START Runtime Version: java:25")
                      .containsPattern(
                          "agentpost-timeout-handler  REPORT RequestId: \\S+ Duration: .* Memory"
                              + " Size: 1024 MB .* Init Duration: [0-9.]+ ms"));
      List<ProcessHandle> processes = local.descendants();
      assertThat(processes).isNotEmpty();
      local.signal("TERM");
      assertEquals(143, local.exitCode(), local.output());
      await()
          .atMost(START_TIMEOUT)
          .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }
  }

  /** Nobody asks a process that is killed to tidy up. */
  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143", "KILL,137"})
  void leavesNothingBehindHoweverItEnds(
      String signal, int exitCode, @TempDir Path temporary, @TempDir Path workingDirectory)
      throws Exception {
    try (Launcher local =
        Launcher.start(
            directory,
            Launcher.HOME.resolve("agentpost"),
            workingDirectory,
            Launcher.temporaryFiles(temporary),
            "local",
            "--port",
            "0")) {
      await()
          .atMost(START_TIMEOUT)
          .untilAsserted(() -> assertThat(local.output()).contains("ArchiveName = "));
      local.signal(signal);
      assertEquals(exitCode, local.exitCode());
    }
    assertThat(Launcher.files(temporary)).as("left among the temporary files").isEmpty();
    assertThat(Launcher.files(workingDirectory)).as("left in the working directory").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void isReadyAnswersForItsHealthAndStopsCleanly(String signal, int exitCode)
      throws IOException, InterruptedException {
    try (Launcher local = ready(Launcher.EXAMPLES, 1)) {
      int port = port(local);
      assertThat(local.output())
          .contains(
              "time scale 1;",
              "BusName = agentpost",
              "ApiUrl = http://localhost:" + port + "/",
              "ArchiveName = agentpost");
      assertThat(local.output()).doesNotContainIgnoringCase("warning").doesNotContain("SLF4J");
      JsonNode health = get(port, "/_agentpost/health");
      assertEquals("ready", health.path("status").asText());
      assertEquals("agentpost", health.path("stacks").path(0).asText());
      assertThat(local.output())
          .containsPattern(
              "declared only, nothing here acts on it: AWS::CloudWatch::Alarm \\(\\d+, named by"
                  + " /_agentpost/health\\)");
      assertThat(local.output())
          .contains("declared only, nothing here acts on it: AWS::SNS::Topic (agentpost-alarms)");
      assertThat(health.at("/declared_only/AWS::CloudWatch::Alarm").toString())
          .contains("\"agentpost-welcome-agent-dlq-not-draining\"");
      local.signal(signal);
      assertEquals(exitCode, local.exitCode());
      assertThat(local.output()).endsWith("stopped\n").doesNotContain("was in flight", "Exception");
      assertThat(isTaken(port)).isFalse();
    }
  }

  /** A shell without a terminal has what it starts in the background ignore Ctrl-C's signal. */
  @Test
  void endsOnCtrlCsSignalAlsoInTheBackgroundOfAScript() throws IOException, InterruptedException {
    Path script =
        Files.writeString(
            directory.resolve("script.sh"),
            "\"$1\" local --port 0 & local=$!\n"
                + "read -r _\n"
                + "kill -INT $local\n"
                + "wait $local\n"
                + "echo \"ended: $?\"\n");
    Path output = directory.resolve("script.out");
    ProcessBuilder builder =
        new ProcessBuilder("bash", script.toString(), Launcher.HOME.resolve("agentpost").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Launcher.settings().forEach(builder.environment()::put);
    builder.environment().put("AGENTPOST_CATALOG", Launcher.ONBOARDING.toString());
    Process bash = builder.start();
    try {
      await()
          .atMost(START_TIMEOUT)
          .untilAsserted(() -> assertThat(output).content().contains("ArchiveName = "));
      bash.getOutputStream().write('\n');
      bash.getOutputStream().flush();
      assertThat(bash.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(output).content().endsWith("stopped\nended: 130\n");
    } finally {
      bash.descendants().forEach(ProcessHandle::destroyForcibly);
      bash.destroyForcibly();
    }
  }

  private static boolean isTaken(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void describesItsStackAndNamesTheServiceOfWhatItDoesNotSupport()
      throws IOException, InterruptedException {
    Instant before = Instant.now();
    try (Launcher local = ready(Launcher.ONBOARDING, 1);
        HttpClient http = HttpClient.newHttpClient()) {
      int port = port(local);
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"));
      HttpRequest describe =
          request
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString("Action=DescribeStacks"))
              .build();
      String stacks = http.send(describe, HttpResponse.BodyHandlers.ofString()).body();
      assertThat(stacks)
          .contains("<StackName>agentpost</StackName>", "<OutputKey>ApiUrl</OutputKey>");
      assertThat(
              Instant.parse(stacks.replaceAll("(?s).*<CreationTime>(.*?)</CreationTime>.*", "$1")))
          .isBetween(before, Instant.now());
      HttpRequest invoke =
          HttpRequest.newBuilder(
                  URI.create("http://localhost:" + port + "/2014-11-13/functions/f/invoke-async/"))
              .header(
                  "Authorization",
                  "AWS4-HMAC-SHA256 Credential=any/20260331/us-east-1/lambda/aws4_request,"
                      + " SignedHeaders=host, Signature=0")
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      assertThat(http.send(invoke, HttpResponse.BodyHandlers.ofString()).body())
          .contains(
              "The local cloud does not support lambda: POST"
                  + " /2014-11-13/functions/f/invoke-async/");
    }
  }

  @Test
  void namesThePortThatIsTakenAndTheWayOut() throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Launcher local =
            Launcher.start(directory, "local", "--port", Integer.toString(taken.getLocalPort()))) {
      assertEquals(1, local.exitCode());
      assertThat(local.output())
          .contains("agentpost: port " + taken.getLocalPort() + " is taken by another process")
          .contains("--port")
          .doesNotContain("Exception", "ready");
    }
  }

  @Test
  void saysWhatWasInFlightWhenItIsStoppedBetweenAttempts()
      throws IOException, InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    HttpServer down =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    down.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("Retry-After", "3600");
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
          attempts.incrementAndGet();
        });
    down.start();
    try (Launcher local = ready(Launcher.ONBOARDING, 1)) {
      int port = port(local);
      subscribe(port, "slow-agent", "http://127.0.0.1:" + down.getAddress().getPort() + "/");
      Run put =
          Run.of(
              "",
              "put",
              EXAMPLES.resolve("premium-trial.json").toString(),
              "--endpoint-url",
              "http://localhost:" + port);
      assertEquals(0, put.exitCode(), put.everything());
      Supplier<Integer> inFlight = () -> get(port, "/_agentpost/health").path("in_flight").asInt();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> attempts.get() == 1 && inFlight.get() == 1);
      local.signal("TERM");
      assertEquals(143, local.exitCode());
      assertThat(local.output())
          .contains("was in flight: event uuid-1234-abcd to slow-agent, 1 attempt made\nstopped\n");
    } finally {
      down.stop(0);
    }
  }

  @Test
  void answersForWhoIsNotHereAndSaysHowToReachThem() throws IOException {
    try (Launcher local = ready(Launcher.ONBOARDING, 1)) {
      int port = port(local);
      subscribe(port, "elsewhere", "https://hooks.example.com/agentpost");
      Run put =
          Run.of(
              "",
              "put",
              EXAMPLES.resolve("premium-trial.json").toString(),
              "--endpoint-url",
              "http://localhost:" + port);
      assertEquals(0, put.exitCode(), put.everything());
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(local.output()).contains("--allow-internet hooks.example.com"));
      assertThat(local.output())
          .containsPattern("stand-in for hooks.example.com  user.signed_up \\S+  answered 204\n")
          .contains("--route hooks.example.com=PORT");
      assertThat(get(port, "/_agentpost/stand-ins").at("/requests/0/path").asText())
          .isEqualTo("/agentpost");
    }
  }

  @Test
  void refusesWhatIsNoHost() {
    Run run =
        Run.of("", "local", "--allow-internet", "api.example.com", "https://other.example.com/x");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("--allow-internet", "'https://other.example.com/x' is no host");
  }

  private static void subscribe(int port, String agent, String url) {
    try (EventBridgeClient events = events(port)) {
      String connection =
          events.describeConnection(describe -> describe.name("agentpost")).connectionArn();
      String destination =
          events
              .createApiDestination(
                  create ->
                      create
                          .name("agentpost-" + agent)
                          .connectionArn(connection)
                          .httpMethod(ApiDestinationHttpMethod.POST)
                          .invocationEndpoint(url))
              .apiDestinationArn();
      events.putRule(
          rule ->
              rule.name("agentpost-" + agent)
                  .eventBusName("agentpost")
                  .eventPattern("{\"detail-type\":[\"user.signed_up\"]}"));
      Target target =
          Target.builder()
              .id("webhook")
              .arn(destination)
              .roleArn("arn:aws:iam::000000000000:role/any")
              .inputPath("$.detail")
              .build();
      events.putTargets(
          put -> put.rule("agentpost-" + agent).eventBusName("agentpost").targets(target));
    }
  }

  @Test
  void takesAnEnvelopeOrEntriesAndNothingIfOneOfThemIsInvalid() throws IOException {
    // The same event several times: attempts that find it claimed come again, here a minute in a
    // second.
    try (Launcher local = ready(Launcher.ONBOARDING, 60)) {
      int port = port(local);
      String endpoint = "http://localhost:" + port;
      Run envelope =
          Run.of(
              "",
              "put",
              EXAMPLES.resolve("premium-trial.json").toString(),
              "--endpoint-url",
              endpoint);
      assertEquals(0, envelope.exitCode(), envelope.everything());
      assertThat(envelope.out()).matches("accepted user.signed_up as [0-9a-f-]{36} on agentpost\n");

      String entry =
          Files.readString(EXAMPLES.resolve("put-events.json"))
              .strip()
              .replaceFirst("^\\[", "")
              .replaceFirst("]$", "");
      Path good =
          Files.writeString(
              directory.resolve("good.json"),
              "[" + entry + "," + entry.replace("uuid-1234-abcd", "uuid-2") + "]");
      Run entries = Run.of("", "put", good.toString(), "--endpoint-url", endpoint);
      assertEquals(0, entries.exitCode(), entries.everything());
      assertThat(
              entries.out().lines().filter(line -> line.startsWith("accepted user.signed_up as ")))
          .hasSize(2);
      await().atMost(Duration.ofSeconds(30)).until(() -> archived(port) >= 3);
      long before = received(port);

      Path bad =
          Files.writeString(
              directory.resolve("bad.json"),
              "["
                  + entry.replace("uuid-1234-abcd", "uuid-3")
                  + ","
                  + entry.replace("usr-5678", "")
                  + "]");
      Run refused = Run.of("", "put", bad.toString(), "--endpoint-url", endpoint);
      assertEquals(1, refused.exitCode());
      assertThat(refused.err()).contains("bad.json, entry 1: /data/user_id: ");
      assertThat(refused.out()).isEmpty();
      assertEquals(before, received(port));
    }
  }

  private static long archived(int port) {
    try (EventBridgeClient events = events(port)) {
      return events.describeArchive(describe -> describe.archiveName("agentpost")).eventCount();
    }
  }

  /**
   * Once nothing is on its way, and with it no agent's answer, the archive grows by what is put
   * alone.
   */
  private static long received(int port) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get(port, "/_agentpost/health").path("in_flight").asInt() == 0);
    return archived(port);
  }

  @Test
  void listensElsewhereOnlyWhenItIsToldAndSaysSo() throws Exception {
    try (Launcher wrong =
        Launcher.startOn(
            Launcher.ONBOARDING, directory, "local", "--port", "0", "--host", "203.0.113.1")) {
      assertEquals(1, wrong.exitCode(), wrong.output());
      assertThat(wrong.output()).contains("203.0.113.1 is no address of this machine");
    }
    try (Launcher local =
        Launcher.startOn(
            Launcher.ONBOARDING, directory, "local", "--port", "0", "--host", "0.0.0.0")) {
      await()
          .atMost(START_TIMEOUT)
          .untilAsserted(() -> assertThat(local.output()).contains("ready: "));
      assertThat(local.output())
          .contains(
              "listens on 0.0.0.0: whoever reaches this machine can read and do everything in it");
    }
  }
}
