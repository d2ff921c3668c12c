package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.local.egress.Egress;
import agentpost.local.egress.ExternalStandIns.Received;
import agentpost.local.lambda.LocalNetwork;
import agentpost.local.testing.AgentpostTemplate;
import agentpost.local.testing.Templates;
import agentpost.local.testing.Webhook;
import agentpost.platform.Network;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.ApiDestinationHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.ConnectionOAuthHttpMethod;
import software.amazon.awssdk.services.eventbridge.model.DescribeConnectionResponse;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;

/**
 * Every way out of the cloud, to hosts that are not here: nothing is looked up (LoopbackNames would
 * fail it), and a stand-in answers.
 */
class NothingLeavesIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final List<Received> HEARD = new CopyOnWriteArrayList<>();

  @TempDir private static Path cdkOut;
  private static Webhook routed;
  private static LocalCloud cloud;

  @BeforeAll
  static void start() throws Exception {
    routed = new Webhook();
    AgentpostTemplate template = new AgentpostTemplate();
    template.external(
        "elsewhere",
        "https://elsewhere.example.com/hooks/agentpost?tenant=1",
        "{\"source\":[\"for-elsewhere\"]}");
    template.external("literal", "https://93.184.215.14/hooks", "{\"source\":[\"for-literal\"]}");
    Templates.write(cdkOut, "agentpost", template.toString());
    cloud =
        LocalCloud.start(
            new LocalCloudOptions(0, 60, 1)
                .withRoutes(Map.of("routed.example.com", routed.port())));
    cloud.listenToStandIns(HEARD::add);
    cloud.deploy(cdkOut);
  }

  @AfterAll
  static void stop() {
    cloud.close();
    routed.close();
  }

  private static List<String> heard(String host) {
    return HEARD.stream().filter(one -> one.host().equals(host)).map(Received::what).toList();
  }

  private static String detail(String agent, String id) {
    return "{\"event_id\":\"%s\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{},\"metadata\":{\"source_service\":\"for-%s\",\"correlation_id\":\"c\"}}"
        .formatted(id, agent);
  }

  private static void put(String agent, String id) {
    try (EventBridgeClient bus = cloud.clients("test").create(EventBridgeClient.builder())) {
      PutEventsRequestEntry entry =
          PutEventsRequestEntry.builder()
              .eventBusName("agentpost")
              .source("for-" + agent)
              .detailType("user.signed_up")
              .detail(detail(agent, id))
              .build();
      assertThat(bus.putEvents(put -> put.entries(entry)).failedEntryCount()).isZero();
    }
  }

  private static JsonNode get(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(cloud.endpoint().resolve(path)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      return new JsonMapper().readTree(answer.body());
    }
  }

  @Test
  void anExternalAgentsStandInProvesTheChallengeAndTakesEvents() throws Exception {
    put("elsewhere", "one");
    await().atMost(TIMEOUT).until(() -> heard("elsewhere.example.com").size() == 2);
    put("elsewhere", "two");
    await().atMost(TIMEOUT).until(() -> heard("elsewhere.example.com").size() == 3);
    assertThat(heard("elsewhere.example.com"))
        .containsExactly("the challenge", "user.signed_up one", "user.signed_up two");
    JsonNode requests = get("/_agentpost/stand-ins").path("requests");
    JsonNode event =
        requests
            .valueStream()
            .filter(one -> one.path("what").asText().equals("user.signed_up one"))
            .findFirst()
            .orElseThrow();
    assertEquals("/hooks/agentpost", event.path("path").asText());
    assertEquals(204, event.path("status").asInt());
    assertEquals("one", event.path("headers").path("webhook-id").asText());
    assertThat(event.path("headers").path("webhook-signature").asText()).startsWith("v1,");
    assertEquals(detail("elsewhere", "one"), event.path("body").asText());
  }

  @Test
  void anAddressIsNotCalledEither() {
    put("literal", "three");
    await().atMost(TIMEOUT).until(() -> heard("93.184.215.14").contains("user.signed_up three"));
  }

  /** What a person makes by hand at EventBridge, of any scheme and port. */
  @Test
  void anApiDestinationIsAnsweredForOrRouted() {
    try (EventBridgeClient bus = cloud.clients("test").create(EventBridgeClient.builder())) {
      String connection =
          bus.createConnection(
                  create ->
                      create
                          .name("by-hand")
                          .authorizationType(ConnectionAuthorizationType.API_KEY)
                          .authParameters(
                              auth ->
                                  auth.apiKeyAuthParameters(
                                      key ->
                                          key.apiKeyName("X-Their-Key")
                                              .apiKeyValue("not-to-be-shown"))))
              .connectionArn();
      for (String url :
          List.of(
              "http://plain.example.com/a?b=c",
              "https://ported.example.com:8443/",
              "http://10.1.2.3/inside",
              "https://routed.example.com/hooks")) {
        String name = URI.create(url).getHost().replace('.', '-');
        String destination =
            bus.createApiDestination(
                    d ->
                        d.name(name)
                            .connectionArn(connection)
                            .httpMethod(ApiDestinationHttpMethod.POST)
                            .invocationEndpoint(url))
                .apiDestinationArn();
        bus.putRule(
            rule ->
                rule.name(name)
                    .eventBusName("agentpost")
                    .eventPattern("{\"source\":[\"by-hand\"]}"));
        bus.putTargets(
            targets ->
                targets
                    .rule(name)
                    .eventBusName("agentpost")
                    .targets(
                        Target.builder()
                            .id("1")
                            .arn(destination)
                            .roleArn("arn:aws:iam::000000000000:role/any")
                            .inputPath("$.detail")
                            .build()));
      }
      bus.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .eventBusName("agentpost")
                      .source("by-hand")
                      .detailType("t")
                      .detail(detail("hand", "four"))
                      .build()));
    }
    await()
        .atMost(TIMEOUT)
        .until(
            () ->
                List.of("plain.example.com", "ported.example.com:8443", "10.1.2.3").stream()
                    .allMatch(host -> heard(host).contains("user.signed_up four")));
    await().atMost(TIMEOUT).until(() -> routed.events().contains("four"));
    assertThat(HEARD)
        .filteredOn(one -> one.host().equals("plain.example.com"))
        .allSatisfy(
            one ->
                assertThat(one.headers())
                    .containsEntry("x-their-key", "***")
                    .hasEntrySatisfying(
                        "content-length", length -> assertThat(length).matches("[0-9]+")));
    assertThat(HEARD.toString()).doesNotContain("not-to-be-shown");
  }

  @Test
  void anAuthorizationServerElsewhereIsNotAskedAndTheConnectionSaysWhy() {
    try (EventBridgeClient bus = cloud.clients("test").create(EventBridgeClient.builder())) {
      bus.createConnection(
          create ->
              create
                  .name("oauth")
                  .authorizationType(ConnectionAuthorizationType.OAUTH_CLIENT_CREDENTIALS)
                  .authParameters(
                      auth ->
                          auth.oAuthParameters(
                              oauth ->
                                  oauth
                                      .authorizationEndpoint("https://auth.example.com/token")
                                      .httpMethod(ConnectionOAuthHttpMethod.POST)
                                      .clientParameters(
                                          client ->
                                              client.clientID("id").clientSecret("secret")))));
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  String.valueOf(described(bus).stateReason())
                      .contains("--allow-internet auth.example.com"));
      assertThat(heard("auth.example.com")).isEmpty();
    }
  }

  private static DescribeConnectionResponse described(EventBridgeClient bus) {
    return bus.describeConnection(describe -> describe.name("oauth"));
  }

  @Test
  void aWebPageGetsNothingFromAStandIn() throws Exception {
    LocalNetwork functions =
        new LocalNetwork(
            () -> cloud.endpoint().getPort(), Egress.closed(), NothingLeavesIT::standIns);
    assertThat(functions.resolve("page.example.com").getFirst().isLoopbackAddress()).isFalse();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest page =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + standIns() + "/"))
              .header("Origin", "https://page.example.com")
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .build();
      assertEquals(403, http.send(page, HttpResponse.BodyHandlers.ofString()).statusCode());
    }
  }

  private static int standIns() {
    return cloud.standInPort();
  }

  /** Whom it asks is an internet that counts. */
  @Test
  void functionsReachWhatIsAllowedAndNothingIsLookedUpForTheRest() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Network internet =
        new Network() {
          @Override
          public List<InetAddress> resolve(String host) throws UnknownHostException {
            asked.add("resolve " + host);
            return List.of(
                InetAddress.getByAddress(host, new byte[] {93, (byte) 184, (byte) 215, 14}));
          }

          @Override
          public Socket connect(String host, InetAddress address, int port, Duration within) {
            asked.add("connect " + host);
            return new Socket();
          }
        };
    LocalNetwork functions =
        new LocalNetwork(
            () -> 1,
            new Egress(Map.of(), Set.of("allowed.example.com")),
            NothingLeavesIT::standIns,
            internet);
    for (String host :
        List.of("other.example.com", "allowed.example.com", "sub.allowed.example.com")) {
      InetAddress address = functions.resolve(host).getFirst();
      functions.connect(host, address, 443, Duration.ofSeconds(3)).close();
    }
    assertThat(asked).containsExactly("resolve allowed.example.com", "connect allowed.example.com");
  }

  @Test
  void theTestsThemselvesLookNothingUp() {
    assertThrows(UnknownHostException.class, () -> InetAddress.getAllByName("nobody.invalid"));
  }
}
