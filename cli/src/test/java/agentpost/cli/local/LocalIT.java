package agentpost.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Launcher;
import agentpost.cli.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;

/** The local cloud as its user starts and uses it. */
class LocalIT extends LocalTestBed {
  @Test
  void describesItsStackAndNamesTheServiceOfWhatItDoesNotSupport()
      throws IOException, InterruptedException {
    Instant before = Instant.now();
    try (Launcher local = ready(Launcher.ONBOARDING, 1);
        HttpClient http = HttpClient.newHttpClient()) {
      int port = port(local);
      String console = "http://localhost:" + port + "/_agentpost/";
      assertThat(local.output()).contains("console: " + console + "\n");
      assertThat(
              http.send(
                      HttpRequest.newBuilder(URI.create(console)).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body())
          .contains("<h1 dir=\"auto\">Timeline</h1>");
      assertThat(
              http.send(
                      HttpRequest.newBuilder(URI.create(console + "post")).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body())
          .as("an example of an event of the project's own")
          .contains("<option selected>alert.grouped</option>", "&quot;fingerprint&quot;");
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
  void answersForWhoIsNotHereAndSaysHowToReachThem() throws IOException {
    try (Launcher local = ready(Launcher.ONBOARDING, 1)) {
      int port = port(local);
      subscribe(port, "elsewhere", "https://hooks.example.com/agentpost");
      Launcher tail =
          Launcher.start(
              directory,
              "events",
              "tail",
              "--last",
              "5m",
              "--endpoint-url",
              "http://localhost:" + port);
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
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(local.output())
                      .containsPattern(
                          "(?m)^delivered    welcome-agent  user\\.signed_up, \\d+ ms$"));
      try (tail) {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () ->
                    assertThat(tail.output())
                        .containsPattern(
                            "(?m)^delivered    \\S+  welcome-agent  user\\.signed_up: 200, "));
      }
      assertThat(get(port, "/_agentpost/stand-ins").at("/requests/0/path").asText())
          .isEqualTo("/agentpost");
    }
  }

  @Test
  void refusesWhatIsNoHost() {
    Run run =
        Run.of("", "local", "--allow-internet", "api.example.com", "https://other.example.com/x");
    assertEquals(2, run.exitCode());
    assertThat(run.err())
        .contains("--allow-internet", "'https://other.example.com/x' is not a host");
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
      assertEquals(
          "accepted user.signed_up, event_id uuid-1234-abcd, on agentpost\n", envelope.out());

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
      assertThat(entries.out().lines())
          .contains(
              "accepted user.signed_up, event_id uuid-1234-abcd, on agentpost",
              "accepted user.signed_up, event_id uuid-2, on agentpost");
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
      assertThat(wrong.output()).contains("203.0.113.1 is not an address of this machine");
    }
    try (Launcher local =
        Launcher.startOn(
            Launcher.ONBOARDING, directory, "local", "--port", "0", "--host", "0.0.0.0")) {
      await()
          .atMost(START_TIMEOUT)
          .untilAsserted(() -> assertThat(local.output()).contains("ready: "));
      assertThat(local.output())
          .contains(
              "listens on 0.0.0.0: anyone who reaches this machine can read and do everything in"
                  + " it");
    }
  }
}
