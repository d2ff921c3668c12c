package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The local cloud as it ends: cleanly, and with nothing left behind. */
@Order(7)
class LocalEndsIT extends LocalTestBed {
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
}
