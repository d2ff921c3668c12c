package agentpost.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may come in, by the address that a connection has. All of 127.0.0.0/8 is this machine, so a
 * caller can have another address than the relay.
 */
class DoorsIT {
  private static final String LISTED = "127.0.0.7";
  private static final String STRANGER = "127.0.0.66";
  private static final List<String> LOG = new CopyOnWriteArrayList<>();

  @TempDir private static Path cdkOut;
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    AgentpostTemplate template =
        new AgentpostTemplate()
            .source(
                "crm",
                "{'scheme':'github','type':'/event','from':['127.0.0.7/32','2001:db8::/32'],'mappings':{'lead':{'event':'lead.captured','data':{'lead_id':'/id','email':'/email'}}}}")
            .source(
                "open",
                "{'scheme':'github','type':'/event','mappings':{'lead':{'event':'lead.captured','data':{'lead_id':'/id','email':'/email'}}}}")
            .policy(
                "{'Version':'2012-10-17','Statement':[{'Effect':'Allow','Principal':'*','Action':'execute-api:Invoke','Resource':['execute-api:/*']},"
                    + "{'Effect':'Deny','Principal':'*','Action':'execute-api:Invoke','Resource':['execute-api:/prod/POST/ingest/crm'],"
                    + "'Condition':{'NotIpAddress':{'aws:SourceIp':['127.0.0.7/32','2001:db8::/32']}}}]}");
    template
        .function("agentpost-ingest", "agentpost.ingest.IngestHandler", 15, "/ingest/{source}")
        .put("SOURCES", "crm,open")
        .put("SOURCE_DIRECTORY", "agentpost/directory/sources")
        .put("SOURCE_SECRET_PREFIX", "agentpost/sources/")
        .put("INGEST_URL", "https://hooks.example.com/ingest/")
        .put("CLAIMS_TABLE", "agentpost-claims")
        .put("BUS_NAME", "agentpost");
    template
        .agent("welcome-agent", "agentpost.onboarding.WelcomeHandler", "{\"source\":[\"nobody\"]}")
        .put("EMAIL_FROM", "hello@example.com")
        .put("ALLOWED_SOURCES", "127.0.0.7/32");
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.listenToLogs((function, line) -> LOG.add(function + " " + line));
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
  }

  /** What comes back to an unsigned request from that address. */
  private static String post(String from, String path, String... headers) throws IOException {
    URI api =
        URI.create(cloud.outputs().getOrDefault("agentpost", Map.of()).getOrDefault("ApiUrl", ""));
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.getPort()));
      String request =
          "POST "
              + api.getPath()
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n"
              + String.join("", headers)
              + "\r\n{}";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static String status(String answer) {
    return answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
  }

  @Test
  void thePolicyTurnsStrangersAwayBeforeAFunctionRunsAndSaysNothing() throws IOException {
    List<String> before = List.copyOf(LOG);
    String refused = post(STRANGER, "/ingest/crm");
    assertEquals("403", status(refused));
    assertThat(refused).endsWith("{\"message\":\"Forbidden\"}");
    assertThat(LOG).isEqualTo(before);
  }

  @Test
  void whoIsListedComesAsFarAsTheSignature() throws IOException {
    String refused = post(LISTED, "/ingest/crm");
    assertEquals("403", status(refused));
    assertThat(refused).contains("urn:agentpost:problem:forbidden", "X-Hub-Signature-256");
  }

  @Test
  void aPathThatIsWrittenOtherwisePassesThePolicyAndNotTheFunction() throws IOException {
    String refused = post(STRANGER, "/ingest/c%72m");
    assertEquals("403", status(refused));
    assertThat(refused)
        .contains("urn:agentpost:problem:forbidden")
        .doesNotContain("Signature", STRANGER, "address");
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("agentpost-ingest ")
                    && line.contains("\"message\":\"turned away\"")
                    && line.contains("\"source_ip\":\"" + STRANGER + "\""));
  }

  @Test
  void headersDoNotChangeWhereACallComesFrom() throws IOException {
    for (String header :
        List.of("X-Forwarded-For: " + LISTED, "Forwarded: for=" + LISTED, "X-Real-IP: " + LISTED)) {
      assertThat(post(STRANGER, "/ingest/crm", header + "\r\n"))
          .endsWith("{\"message\":\"Forbidden\"}");
      assertThat(post(STRANGER, "/webhooks/welcome-agent", header + "\r\n"))
          .contains("urn:agentpost:problem:forbidden")
          .doesNotContain("signature");
    }
  }

  @Test
  void anAgentsDoorLooksForItself() throws IOException {
    assertThat(post(LISTED, "/webhooks/welcome-agent"))
        .contains("403")
        .contains("there is no signature");
    assertEquals("403", status(post(STRANGER, "/webhooks/welcome-agent")));
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("agentpost-welcome-agent ")
                    && line.contains("\"agent\":\"welcome-agent\"")
                    && line.contains("its address is in no range that may come in here"));
  }

  @Test
  void aSourceWithoutAListIsForEveryone() throws IOException {
    assertThat(post(STRANGER, "/ingest/open")).contains("X-Hub-Signature-256");
  }
}
