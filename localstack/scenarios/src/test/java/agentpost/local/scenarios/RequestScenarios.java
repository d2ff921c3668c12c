package agentpost.local.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.testing.Endpoint;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Base64;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.model.ConnectionAuthorizationType;
import software.amazon.awssdk.services.eventbridge.model.ConnectionHeaderParameter;
import software.amazon.awssdk.services.eventbridge.model.ConnectionQueryStringParameter;
import software.amazon.awssdk.services.eventbridge.model.Target;

/** The request that connection, API destination and target make of an event. */
interface RequestScenarios extends Scenario {
  JsonMapper JSON = new JsonMapper();

  private static Endpoint.Received only(Endpoint endpoint) {
    Scenario.eventually(() -> !endpoint.received().isEmpty());
    return endpoint.received().getFirst();
  }

  @Test
  default void anEndpointGetsWhatTheInputPathFindsWithTheUsualHeadersAndTheKey() throws Exception {
    BusTestBed line = new BusTestBed(this, "request");
    try (Endpoint endpoint = new Endpoint()) {
      line.rule(
          "request",
          line.destination(endpoint, "/hooks/agent"),
          target -> BusTestBed.withRole(target).inputPath("$.detail"));
      String envelope = "{\"event_id\":\"uuid-1\",\"data\":{\"text\":\"Grüße\",\"n\":1.5}}";
      line.put(envelope);
      Endpoint.Received request = only(endpoint);
      assertThat(request.line()).isEqualTo("POST /hooks/agent HTTP/1.1");
      assertThat(JSON.readTree(request.body())).isEqualTo(JSON.readTree(envelope));
      assertThat(request.header("x-key")).isEqualTo("opens");
      assertThat(request.header("User-Agent")).isEqualTo("Amazon/EventBridge/ApiDestinations");
      assertThat(request.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
      assertThat(request.header("Range")).isEqualTo("bytes=0-1048575");
      assertThat(request.header("Accept-Encoding")).isEqualTo("gzip,deflate");
      assertThat(request.header("Connection")).isEqualToIgnoringCase("close");
    }
  }

  @Test
  default void aTransformerWritesTheBody() throws Exception {
    BusTestBed line = new BusTestBed(this, "transformer");
    try (Endpoint endpoint = new Endpoint()) {
      UnaryOperator<Target.Builder> transformed =
          target ->
              BusTestBed.withRole(target)
                  .inputTransformer(
                      to ->
                          to.inputPathsMap(Map.of("who", "$.detail.who", "n", "$.detail.n"))
                              .inputTemplate(
                                  "{\"who\":<who>,\"n\":<n>,\"says\":\"<who> by"
                                      + " <aws.events.rule-name>\"}"));
      line.rule("told", line.destination(endpoint, "/"), transformed);
      line.put("{\"who\":\"Ada\",\"n\":7}");
      JsonNode body = JSON.readTree(only(endpoint).body());
      assertThat(body)
          .isEqualTo(JSON.readTree("{\"who\":\"Ada\",\"n\":7,\"says\":\"Ada by told\"}"));
    }
  }

  @Test
  default void aBasicConnectionSendsItsCredentials() throws Exception {
    BusTestBed line = new BusTestBed(this, "basic");
    try (Endpoint endpoint = new Endpoint()) {
      String destination =
          line.destination(
              endpoint,
              "/",
              _ -> {},
              connection ->
                  connection
                      .authorizationType(ConnectionAuthorizationType.BASIC)
                      .authParameters(
                          by ->
                              by.basicAuthParameters(
                                  basic -> basic.username("ada").password("secret"))));
      line.rule("basic", destination, BusTestBed::withRole);
      line.put("{}");
      String credentials = Base64.getEncoder().encodeToString("ada:secret".getBytes(UTF_8));
      assertThat(only(endpoint).header("Authorization")).isEqualTo("Basic " + credentials);
    }
  }

  @Test
  default void parametersOfAConnectionWinOverThoseOfATarget() throws Exception {
    BusTestBed line = new BusTestBed(this, "parameters");
    try (Endpoint endpoint = new Endpoint()) {
      String destination =
          line.destination(
              endpoint,
              "/",
              _ -> {},
              connection ->
                  connection.authParameters(
                      by ->
                          by.apiKeyAuthParameters(
                                  key -> key.apiKeyName("x-key").apiKeyValue("opens"))
                              .invocationHttpParameters(
                                  http ->
                                      http.headerParameters(
                                              ConnectionHeaderParameter.builder()
                                                  .key("x-who")
                                                  .value("connection")
                                                  .build())
                                          .queryStringParameters(
                                              ConnectionQueryStringParameter.builder()
                                                  .key("q")
                                                  .value("connection")
                                                  .build()))));
      line.rule(
          "parameters",
          destination,
          target ->
              BusTestBed.withRole(target)
                  .httpParameters(
                      http ->
                          http.headerParameters(Map.of("x-who", "target", "x-target", "too"))
                              .queryStringParameters(Map.of("q", "target"))));
      line.put("{}");
      Endpoint.Received request = only(endpoint);
      assertThat(request.line()).isEqualTo("POST /?q=connection HTTP/1.1");
      assertThat(request.header("x-who")).isEqualTo("connection");
      assertThat(request.header("x-target")).isEqualTo("too");
    }
  }

  @Test
  @Hits(Gap.NO_DYNAMIC_PARAMETERS)
  default void parametersOfATargetAreTakenFromTheEvent() throws Exception {
    BusTestBed line = new BusTestBed(this, "dynamic");
    try (Endpoint endpoint = new Endpoint()) {
      UnaryOperator<Target.Builder> dynamic =
          target ->
              BusTestBed.withRole(target)
                  .httpParameters(
                      http ->
                          http.pathParameterValues("$.detail.tenant")
                              .headerParameters(Map.of("x-event", "$.detail.event_id"))
                              .queryStringParameters(Map.of("plan", "$.detail.data.plan")));
      line.rule("dynamic", line.destination(endpoint, "/tenants/*/events"), dynamic);
      line.put("{\"event_id\":\"uuid-1\",\"tenant\":\"acme\",\"data\":{\"plan\":\"pro\"}}");
      Endpoint.Received request = only(endpoint);
      expect(
          Gap.NO_DYNAMIC_PARAMETERS,
          () -> {
            assertThat(request.line()).isEqualTo("POST /tenants/acme/events?plan=pro HTTP/1.1");
            assertThat(request.header("x-event")).isEqualTo("uuid-1");
          },
          () -> {
            assertThat(request.line()).contains("detail.tenant").contains("detail.data.plan");
            assertThat(request.header("x-event")).isEqualTo("$.detail.event_id");
          });
    }
  }
}
