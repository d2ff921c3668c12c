package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Connections and API destinations, from their making to their end; answers are of the shape that
 * is recorded from AWS.
 */
class ConnectionsTest {
  private static final String BASIC =
      "{'Name':'%s','AuthorizationType':'BASIC','AuthParameters':{'BasicAuthParameters':{'Username':'ada','Password':'pw'},'InvocationHttpParameters':{}}}";
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private JsonNode describe(String name) {
    return line.call("DescribeConnection", "{'Name':'" + name + "'}");
  }

  private static List<String> fields(JsonNode answer) {
    return answer.propertyStream().map(field -> field.getKey()).sorted().toList();
  }

  @Test
  void anotherKindOfAuthorizationNeedsAllOfItsParameters() {
    assertThatThrownBy(
            () ->
                line.call(
                    "UpdateConnection",
                    "{'Name':'c','AuthorizationType':'BASIC','AuthParameters':{'BasicAuthParameters':{'Username':'u'}}}"))
        .hasMessage("Authorization parameters of type BASIC are missing or incomplete.");
    assertThat(line.call("DescribeConnection", "{'Name':'c'}").path("AuthorizationType").asText())
        .isEqualTo("API_KEY");
  }

  @Test
  void answersHaveTheFieldsThatAwssHave() {
    assertThat(fields(line.call("CreateConnection", BASIC.formatted("x"))))
        .containsExactly("ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime");
    assertThat(fields(describe("x")))
        .containsExactly(
            "AuthParameters",
            "AuthorizationType",
            "ConnectionArn",
            "ConnectionState",
            "CreationTime",
            "LastAuthorizedTime",
            "LastModifiedTime",
            "Name",
            "SecretArn");
    assertThat(describe("x").path("AuthParameters").toString())
        .isEqualTo(
            "{\"BasicAuthParameters\":{\"Username\":\"ada\"},\"InvocationHttpParameters\":{}}");
    assertThat(describe("x").path("SecretArn").asText())
        .startsWith("arn:aws:secretsmanager:us-east-1:000000000000:secret:events!connection/x/");
    JsonNode listed =
        line.call("ListConnections", "{'NamePrefix':'x'}").path("Connections").path(0);
    assertThat(fields(listed))
        .containsExactly(
            "AuthorizationType",
            "ConnectionArn",
            "ConnectionState",
            "CreationTime",
            "LastAuthorizedTime",
            "LastModifiedTime",
            "Name");
    assertThat(fields(line.call("UpdateConnection", "{'Name':'x','Description':'d'}")))
        .containsExactly(
            "ConnectionArn",
            "ConnectionState",
            "CreationTime",
            "LastAuthorizedTime",
            "LastModifiedTime");
    JsonNode deleted = line.call("DeleteConnection", "{'Name':'x'}");
    assertThat(deleted.path("ConnectionState").asText()).isEqualTo("DELETING");
    assertThatThrownBy(() -> describe("x"))
        .hasMessage("Failed to describe the connection(s). Connection 'x' does not exist.");
    assertThat(fields(line.call("DescribeApiDestination", "{'Name':'d'}")))
        .containsExactly(
            "ApiDestinationArn",
            "ApiDestinationState",
            "ConnectionArn",
            "CreationTime",
            "HttpMethod",
            "InvocationEndpoint",
            "InvocationRateLimitPerSecond",
            "LastModifiedTime",
            "Name");
    assertThat(fields(line.call("UpdateApiDestination", "{'Name':'d'}")))
        .containsExactly(
            "ApiDestinationArn", "ApiDestinationState", "CreationTime", "LastModifiedTime");
  }

  @Test
  void anUpdateChangesWhatItSaysAndKeepsTheRest() {
    line.call("CreateConnection", BASIC.formatted("x"));
    String arn = describe("x").path("ConnectionArn").asText();
    line.pass(Duration.ofSeconds(10));
    line.call(
        "UpdateConnection",
        "{'Name':'x','AuthParameters':{'BasicAuthParameters':{'Password':'other'}},'Description':'d'}");
    assertThat(describe("x").path("AuthParameters").path("BasicAuthParameters").toString())
        .isEqualTo("{\"Username\":\"ada\"}");
    assertThat(describe("x").path("Description").asText()).isEqualTo("d");
    assertThat(describe("x").path("ConnectionArn").asText()).isEqualTo(arn);
    assertThat(
            describe("x").path("LastModifiedTime").asDouble()
                - describe("x").path("CreationTime").asDouble())
        .isEqualTo(10);
    line.call(
        "UpdateConnection",
        "{'Name':'x','AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'n','ApiKeyValue':'v'}}}");
    assertThat(describe("x").path("AuthParameters").has("BasicAuthParameters")).isFalse();
    assertThatThrownBy(
            () -> line.call("UpdateConnection", "{'Name':'x','AuthorizationType':'BASIC'}"))
        .hasMessageContaining("BASIC");
  }

  @Test
  void aDeauthorizedConnectionHasNothingLeftAndItsEventsWaitForAnUpdate() {
    assertThat(line.call("DeauthorizeConnection", "{'Name':'c'}").path("ConnectionState").asText())
        .isEqualTo("DEAUTHORIZING");
    assertThat(describe("c").path("ConnectionState").asText()).isEqualTo("DEAUTHORIZED");
    assertThat(describe("c").has("AuthParameters")).isFalse();
    assertThat(describe("c").has("SecretArn")).isFalse();
    line.put("{}");
    line.pass(Duration.ofSeconds(10));
    assertThat(line.endpoint.received()).isEmpty();
    line.call(
        "UpdateConnection",
        "{'Name':'c','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'x-key','ApiKeyValue':'new'}}}");
    line.pass(Duration.ofMinutes(1));
    assertThat(line.endpoint.received())
        .singleElement()
        .satisfies(request -> assertThat(request.header("x-key")).isEqualTo("new"));
  }

  @Test
  void aKeyThatIsNotAcceptedDeauthorizesItsConnectionAndSaysWhy() {
    line.endpoint.answers(401).answers(200);
    line.put("{}");
    assertThat(describe("c").path("ConnectionState").asText()).isEqualTo("DEAUTHORIZED");
    assertThat(describe("c").path("StateReason").asText()).contains("401");
    assertThat(
            line.call("DescribeApiDestination", "{'Name':'d'}")
                .path("ApiDestinationState")
                .asText())
        .isEqualTo("INACTIVE");
    line.pass(Duration.ofSeconds(1));
    assertThat(line.endpoint.received()).hasSize(2);
    line.call(
        "UpdateConnection",
        "{'Name':'c','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyValue':'right'}}}");
    assertThat(describe("c").path("ConnectionState").asText()).isEqualTo("AUTHORIZED");
    assertThat(describe("c").has("StateReason")).isFalse();
  }

  @Test
  void listsAreByStateAndConnection() {
    line.call("CreateConnection", BASIC.formatted("x"));
    line.call("DeauthorizeConnection", "{'Name':'x'}");
    assertThat(
            line.call("ListConnections", "{'ConnectionState':'DEAUTHORIZED'}")
                .path("Connections")
                .findValuesAsText("Name"))
        .containsExactly("x");
    String arn = describe("x").path("ConnectionArn").asText();
    assertThat(
            line.call("ListApiDestinations", "{'ConnectionArn':'" + arn + "'}")
                .path("ApiDestinations"))
        .isEmpty();
    line.call(
        "CreateApiDestination",
        "{'Name':'of-x','ConnectionArn':'"
            + arn
            + "','InvocationEndpoint':'https://example.com','HttpMethod':'PUT'}");
    assertThat(
            line.call("ListApiDestinations", "{'ConnectionArn':'" + arn + "'}")
                .path("ApiDestinations")
                .findValuesAsText("Name"))
        .containsExactly("of-x");
  }

  @Test
  void aDestinationNeedsAConnectionAndAUrl() {
    String input =
        "{'Name':'n','ConnectionArn':'arn:aws:events:us-east-1:000000000000:connection/gone/0-0','InvocationEndpoint':'https://example.com','HttpMethod':'PUT'}";
    assertThatThrownBy(() -> line.call("CreateApiDestination", input))
        .hasMessage("Failed to describe the connection(s). Connection 'gone' does not exist.");
    String arn = describe("c").path("ConnectionArn").asText();
    for (String none :
        List.of(
            "no-url",
            "ftp://example.com/",
            "//example.com/",
            "https:///path",
            "mailto:ada@example.com")) {
      assertThatThrownBy(
              () ->
                  line.call(
                      "CreateApiDestination",
                      "{'Name':'n','ConnectionArn':'"
                          + arn
                          + "','InvocationEndpoint':'"
                          + none
                          + "','HttpMethod':'PUT'}"))
          .as(none)
          .hasMessage("Parameter InvocationEndpoint is not valid.");
    }
    assertThatThrownBy(
            () ->
                line.call(
                    "CreateApiDestination",
                    "{'Name':'d','ConnectionArn':'"
                        + arn
                        + "','InvocationEndpoint':'https://example.com','HttpMethod':'PUT'}"))
        .hasMessageContaining("already exists");
    assertThatThrownBy(() -> line.call("DeleteApiDestination", "{'Name':'n'}"))
        .hasMessage(
            "Failed to describe the api-destination(s). An api-destination 'n' does not exist.");
  }
}
