package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.testing.Endpoint.Received;
import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The request that an event becomes, as it is on the wire. */
class RequestTest {
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private Received delivered(String detail) {
    line.put(detail);
    return line.endpoint.received().getFirst();
  }

  @Test
  void sendsEventBridgesDocumentedHeaders() {
    Received request = delivered("{}");
    assertThat(request.line()).isEqualTo("POST /hook HTTP/1.1");
    assertThat(request.headers().keySet())
        .containsExactlyInAnyOrder(
            "accept-encoding",
            "connection",
            "content-length",
            "content-type",
            "host",
            "range",
            "user-agent",
            "x-key");
    assertThat(request.header("User-Agent")).isEqualTo("Amazon/EventBridge/ApiDestinations");
    assertThat(request.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
    assertThat(request.header("Range")).isEqualTo("bytes=0-1048575");
    assertThat(request.header("Accept-Encoding")).isEqualTo("gzip,deflate");
    assertThat(request.header("Connection")).isEqualTo("close");
    assertThat(request.header("Content-Length")).isEqualTo(Integer.toString(request.body().length));
  }

  @Test
  void namesTheDeclaredHostWhereTheApisNameLeadsToTheFrontDoor() {
    line.locate("abc.execute-api.us-east-1.amazonaws.com")
        .destination("https://abc.execute-api.us-east-1.amazonaws.com/prod/deliveries/a", 300);
    Received request = delivered("{}");
    assertThat(request.line()).isEqualTo("POST /prod/deliveries/a HTTP/1.1");
    assertThat(request.header("Host")).isEqualTo("abc.execute-api.us-east-1.amazonaws.com");
  }

  @Test
  void showsTheConnectionsKey() {
    assertThat(delivered("{}").header("x-key")).isEqualTo("k");
  }

  @Test
  void showsTheConnectionsUserAndPassword() {
    line.connection(
        "{'AuthorizationType':'BASIC','AuthParameters':{'BasicAuthParameters':{'Username':'ada','Password':'p"
            + " w'}}}");
    assertThat(delivered("{}").header("Authorization"))
        .isEqualTo("Basic " + Base64.getEncoder().encodeToString("ada:p w".getBytes(UTF_8)));
  }

  @Test
  void theConnectionsParametersTakePrecedenceOverTheTargets() {
    line.connection(
        "{'AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'x-key','ApiKeyValue':'k'},"
            + "'InvocationHttpParameters':{'HeaderParameters':[{'Key':'x-both','Value':'connection'}],'QueryStringParameters':[{'Key':'both','Value':'connection'}]}}}");
    line.target(
        "{'HttpParameters':{'HeaderParameters':{'X-Both':'target','X-Key':'target','x-own':'o'},'QueryStringParameters':{'both':'target','own':'o'}}}");
    Received request = delivered("{}");
    assertThat(request.line()).isEqualTo("POST /hook?both=connection&own=o HTTP/1.1");
    assertThat(request.header("x-both")).isEqualTo("connection");
    assertThat(request.header("x-key")).isEqualTo("k");
    assertThat(request.header("x-own")).isEqualTo("o");
  }

  @Test
  void fillsParametersFromTheEvent() {
    line.destination(line.endpoint.url("/users/*/of/*?v=1"), 300)
        .target(
            "{'HttpParameters':{'PathParameterValues':['$.detail.user','fixed'],'HeaderParameters':{'x-plan':'$.detail.plan','x-none':'$.detail.none'},"
                + "'QueryStringParameters':{'q':'$.detail.list'}}}");
    Received request = delivered("{'user':'a/b ü','plan':'pro','list':[1,2]}");
    assertThat(request.line())
        .isEqualTo("POST /users/a%2Fb%20%C3%BC/of/fixed?v=1&q=%5B1%2C2%5D HTTP/1.1");
    assertThat(request.header("x-plan")).isEqualTo("pro");
    assertThat(request.headers()).containsEntry("x-none", "");
  }

  @Test
  void sendsTheWholeEventWithoutAnInput() {
    String id = line.put("{'a':1}");
    assertThat(line.endpoint.received().getFirst().text())
        .isEqualTo(
            "{\"version\":\"0\",\"id\":\""
                + id
                + "\",\"detail-type\":\"t\",\"source\":\"s\",\"account\":\"000000000000\","
                + "\"time\":\"2026-03-31T10:30:00Z\",\"region\":\"us-east-1\",\"resources\":[],\"detail\":{\"a\":1}}");
  }

  @Test
  void keepsANumbersDigits() {
    line.target("{'InputPath':'$.detail'}");
    assertThat(delivered("{'n':12345678901234567890.123456789,'m':1.10,'huge':1e400}").text())
        .isEqualTo("{\"n\":12345678901234567890.123456789,\"m\":1.10,\"huge\":1e400}");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,true",
    "PUT,true",
    "PATCH,true",
    "DELETE,true",
    "GET,false",
    "HEAD,false",
    "OPTIONS,false"
  })
  void callsWithEveryMethodAndABodyWhereTheMethodHasOne(String method, boolean hasBody) {
    line.call("UpdateApiDestination", "{'Name':'d','HttpMethod':'" + method + "'}");
    Received request = delivered("{}");
    assertThat(request.line()).isEqualTo(method + " /hook HTTP/1.1");
    assertThat(request.body().length > 0).isEqualTo(hasBody);
  }

  @Test
  void theConnectionsBodyParametersAreFieldsOfTheBody() {
    line.connection(
        "{'AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'x-key','ApiKeyValue':'k'},"
            + "'InvocationHttpParameters':{'BodyParameters':[{'Key':'both','Value':'connection'},{'Key':'token','Value':'hidden','IsValueSecret':true}]}}}");
    line.target("{'InputPath':'$.detail'}");
    assertThat(delivered("{'both':'event','own':1}").text())
        .isEqualTo("{\"both\":\"connection\",\"own\":1,\"token\":\"hidden\"}");
    assertThat(line.attempts("")).doesNotContain("hidden");
    assertThat(line.call("DescribeConnection", "{'Name':'c'}").toString())
        .doesNotContain("hidden")
        .contains("token");
  }

  @Test
  void eventBridgesOwnHeadersStayAndTheContentTypeMayBeAnother() {
    line.target(
        "{'HttpParameters':{'HeaderParameters':{'Content-Type':'application/cloudevents+json','User-Agent':'mine','Host':'other','Content-Length':'1','Connection':'keep-alive'}}}");
    Received request = delivered("{}");
    assertThat(request.header("Content-Type")).isEqualTo("application/cloudevents+json");
    assertThat(request.header("User-Agent")).isEqualTo("Amazon/EventBridge/ApiDestinations");
    assertThat(request.header("Host")).startsWith("127.0.0.1");
    assertThat(request.header("Connection")).isEqualTo("close");
  }

  @Test
  void wildcardsWithoutAValueStay() {
    line.destination(line.endpoint.url("/a/*/b/*"), 300)
        .target("{'HttpParameters':{'PathParameterValues':['$.detail.list[1]']}}");
    assertThat(delivered("{'list':['x','y']}").line()).isEqualTo("POST /a/y/b/* HTTP/1.1");
  }

  /** EventBridge user guide, "API destinations as targets": what is removed from requests. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "A-IM",
        "Accept-Charset",
        "Accept-Datetime",
        "Accept-Encoding",
        "Cache-Control",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-MD5",
        "Date",
        "Expect",
        "Forwarded",
        "From",
        "Host",
        "HTTP2-Settings",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "If-Unmodified-Since",
        "Max-Forwards",
        "Origin",
        "Pragma",
        "Proxy-Authorization",
        "Range",
        "Referer",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "User-Agent",
        "Upgrade",
        "Via",
        "Warning"
      })
  void aHeaderThatEventBridgeRemovesDoesNotArriveWhoeverAsksForIt(String name) {
    line.connection(
        "{'AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'"
            + name.toUpperCase(Locale.ROOT)
            + "','ApiKeyValue':'mine'},"
            + "'InvocationHttpParameters':{'HeaderParameters':[{'Key':'"
            + name
            + "','Value':'mine'},{'Key':'x-own','Value':'o'}]}}}");
    line.target(
        "{'HttpParameters':{'HeaderParameters':{'" + name.toLowerCase(Locale.ROOT) + "':'mine'}}}");
    Received request = delivered("{}");
    assertThat(request.headers().values()).doesNotContain("mine");
    assertThat(request.header("x-own")).isEqualTo("o");
  }
}
