package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.testing.Endpoint;
import agentpost.local.testing.Endpoint.Received;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Connections of OAuth's client credentials: whence the token comes, how long it is kept, and what
 * happens when there is none.
 */
class OAuthTest {
  private RuleTestBed line;
  private Endpoint server;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
    server = new Endpoint();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
    server.close();
  }

  private OAuthTest token(String token, int expiresIn) {
    server.answersBody(
        200,
        ("{\"access_token\":\""
                + token
                + "\",\"token_type\":\"bearer\",\"expires_in\":"
                + expiresIn
                + "}")
            .getBytes(UTF_8));
    return this;
  }

  private void connect(String method) {
    line.connection(
        "{'AuthorizationType':'OAUTH_CLIENT_CREDENTIALS','AuthParameters':{'OAuthParameters':{'ClientParameters':{'ClientID':'the"
            + " id','ClientSecret':'cs'},'AuthorizationEndpoint':'"
            + server.url("/token")
            + "','HttpMethod':'"
            + method
            + "','OAuthHttpParameters':{'HeaderParameters':[{'Key':'x-tenant','Value':'t'}],'QueryStringParameters':[{'Key':'q','Value':'1'}],"
            + "'BodyParameters':[{'Key':'audience','Value':'https://api'}]}}}}");
  }

  private JsonNode connection() {
    return line.call("DescribeConnection", "{'Name':'c'}");
  }

  private List<String> authorizations() {
    return line.endpoint.received().stream()
        .map(request -> request.header("Authorization"))
        .toList();
  }

  @Test
  void isAuthorizingUntilItsFirstTokenComes() {
    token("t1", 3600).connect("POST");
    assertThat(connection().path("ConnectionState").asText()).isEqualTo("AUTHORIZING");
    assertThat(
            line.call("DescribeApiDestination", "{'Name':'d'}")
                .path("ApiDestinationState")
                .asText())
        .isEqualTo("INACTIVE");
    line.timeline.settle();
    assertThat(connection().path("ConnectionState").asText()).isEqualTo("AUTHORIZED");
    assertThat(
            line.call("DescribeApiDestination", "{'Name':'d'}")
                .path("ApiDestinationState")
                .asText())
        .isEqualTo("ACTIVE");
  }

  /** The JDK's client would ask again by itself. */
  @Test
  void asksOnceWhereTheServerHangsUp() {
    server.raw(new byte[0]);
    connect("GET");
    line.timeline.settle();
    assertThat(server.received()).hasSize(1);
    assertThat(connection().path("ConnectionState").asText()).isEqualTo("DEAUTHORIZED");
  }

  @Test
  void asksForATokenWithItsParameters() {
    token("t1", 3600).connect("POST");
    line.timeline.settle();
    Received request = server.received().getFirst();
    assertThat(request.line()).isEqualTo("POST /token?q=1 HTTP/1.1");
    assertThat(request.header("Content-Type"))
        .isEqualTo("application/x-www-form-urlencoded; charset=utf-8");
    assertThat(request.header("x-tenant")).isEqualTo("t");
    assertThat(request.text())
        .isEqualTo(
            "grant_type=client_credentials&client_id=the%20id&client_secret=cs&audience=https%3A%2F%2Fapi");
  }

  @Test
  void asksInTheQueryIfTheMethodIsGet() {
    token("t1", 3600).connect("GET");
    line.timeline.settle();
    assertThat(server.received().getFirst().line())
        .isEqualTo(
            "GET /token?grant_type=client_credentials&client_id=the%20id&client_secret=cs&audience=https%3A%2F%2Fapi&q=1"
                + " HTTP/1.1");
  }

  @Test
  void keepsItsTokenForAllDeliveriesUntilAMinuteBeforeItsEnd() {
    token("t1", 3600).token("t2", 3600).connect("POST");
    line.put("{}");
    line.put("{}");
    line.pass(Duration.ofSeconds(3539));
    line.put("{}");
    line.pass(Duration.ofSeconds(1));
    line.put("{}");
    assertThat(authorizations())
        .containsExactly("Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2");
    assertThat(server.received()).hasSize(2);
  }

  @Test
  void fetchesAnotherTokenWhenTheEndpointAnswers401Or407() {
    token("t1", 3600).token("t2", 3600).token("t3", 3600).connect("POST");
    line.endpoint.answers(401).answers(407).answers(200);
    line.put("{}");
    line.pass(Duration.ofSeconds(5));
    assertThat(authorizations()).containsExactly("Bearer t1", "Bearer t2", "Bearer t3");
    assertThat(line.letters).isEmpty();
  }

  @Test
  void isDeauthorizedWithAReasonWhileItGetsNoToken() {
    server.answers(500);
    connect("POST");
    line.timeline.settle();
    assertThat(connection().path("ConnectionState").asText()).isEqualTo("DEAUTHORIZED");
    assertThat(connection().path("StateReason").asText())
        .isEqualTo(
            "Failed to authorize connection. Reason: the authorization endpoint answered 500.");
  }

  @Test
  void anEventWaitsForATokenAsForAnEndpointThatIsDown() {
    server.answers(500).answers(500);
    token("t1", 3600).connect("POST");
    line.put("{}");
    assertThat(line.endpoint.received()).isEmpty();
    line.pass(Duration.ofSeconds(10));
    assertThat(authorizations()).containsExactly("Bearer t1");
    assertThat(connection().path("ConnectionState").asText()).isEqualTo("AUTHORIZED");
    assertThat(connection().has("StateReason")).isFalse();
  }

  @Test
  void withoutATokenTheEventIsADeadLetterInTheEnd() {
    server.answersBody(200, "{}".getBytes(UTF_8));
    connect("POST");
    line.retry(1, 86_400);
    line.put("{}");
    line.pass(Duration.ofMinutes(1));
    assertThat(line.letters.getFirst().attributes())
        .containsEntry("ERROR_CODE", "CONNECTION_FAILURE")
        .containsEntry(
            "ERROR_MESSAGE",
            "Failed to authorize connection. Reason: the authorization endpoint's answer has no"
                + " access_token.")
        .containsEntry("RETRY_ATTEMPTS", "1");
  }

  @Test
  void anUpdateIsAuthorizedAnew() {
    token("t1", 3600).token("t2", 3600).connect("POST");
    line.put("{}");
    line.call(
        "UpdateConnection",
        "{'Name':'c','AuthParameters':{'OAuthParameters':{'ClientParameters':{'ClientSecret':'new'}}}}");
    assertThat(connection().path("ConnectionState").asText()).isEqualTo("AUTHORIZING");
    line.put("{}");
    assertThat(server.received().getLast().text())
        .contains("client_id=the%20id", "client_secret=new");
    assertThat(authorizations()).containsExactly("Bearer t1", "Bearer t2");
  }

  @Test
  void showsNoSecret() {
    token("t1", 3600).connect("POST");
    line.put("{}");
    assertThat(connection().path("AuthParameters").toString())
        .doesNotContain("cs")
        .contains("the id", "https://api");
    assertThat(line.attempts("")).doesNotContain("t1").contains("\"Authorization\":\"***\"");
  }

  /** A JSON Web Token is longer than a parameter's header may be. */
  @Test
  void aTokenMayBeLong() {
    token("t".repeat(4000), 3600).connect("POST");
    line.put("{}");
    assertThat(authorizations()).containsExactly("Bearer " + "t".repeat(4000));
  }
}
