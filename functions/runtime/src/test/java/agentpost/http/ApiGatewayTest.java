package agentpost.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApiGatewayTest {
  private static final byte[] ANY_BYTES = {0, (byte) 0xff, '{', (byte) 0xc3, 0x28, '\n'};

  private static Request request(APIGatewayProxyRequestEvent event) {
    return ApiGateway.request(event).orElseThrow();
  }

  @Test
  void aBase64BodyIsTheBytesThatWereSent() {
    var event =
        new APIGatewayProxyRequestEvent()
            .withBody(Base64.getEncoder().encodeToString(ANY_BYTES))
            .withIsBase64Encoded(true);
    assertArrayEquals(ANY_BYTES, request(event).body());
  }

  @Test
  void aTextBodyIsItsUtf8() {
    assertArrayEquals(
        "gr\u00fc\u00df".getBytes(UTF_8),
        request(new APIGatewayProxyRequestEvent().withBody("gr\u00fc\u00df")).body());
    assertEquals(0, request(new APIGatewayProxyRequestEvent()).body().length);
  }

  @Test
  void whatClaimsToBeBase64AndIsNotIsNoRequest() {
    assertTrue(
        ApiGateway.request(
                new APIGatewayProxyRequestEvent().withBody("{!}").withIsBase64Encoded(true))
            .isEmpty());
  }

  @Test
  void everyValueOfAHeaderArrivesUnderItsNameInAnyCase() {
    var event =
        new APIGatewayProxyRequestEvent()
            .withHeaders(Map.of("Webhook-Signature", "b"))
            .withMultiValueHeaders(
                Map.of("Webhook-Signature", List.of("a", "b"), "X-One", List.of("1")));
    Request request = request(event);
    assertEquals(List.of("a", "b"), request.headers().get("webhook-signature"));
    assertEquals(Optional.empty(), request.header("WEBHOOK-SIGNATURE"), "two values are not one");
    assertEquals(Optional.of("1"), request.header("x-ONE"));
  }

  @Test
  void theQueryArrivesInItsOrderWithEveryValue() {
    Map<String, List<String>> query = new LinkedHashMap<>();
    query.put("z", List.of("1", "2"));
    query.put("a", List.of("b c"));
    assertEquals(
        List.copyOf(query.entrySet()),
        List.copyOf(
            request(new APIGatewayProxyRequestEvent().withMultiValueQueryStringParameters(query))
                .query()
                .entrySet()));
    assertEquals(Map.of(), request(new APIGatewayProxyRequestEvent()).query());
  }

  private static Request read(String json) throws IOException {
    return request(ApiGateway.read(new JsonMapper().readValue(json, new TypeReference<>() {})));
  }

  /** As the developer guide has a function URL's event, cut. */
  @Test
  void aFunctionUrlsEventIsTheSameRequest() throws IOException {
    Request request =
        read(
            """
            {"version":"2.0","routeKey":"$default","rawPath":"/deliveries/crm-sync",
             "rawQueryString":"a=1&a=2","headers":{"x-agentpost-relay-key":"k","x-two":"a,b"},
             "queryStringParameters":{"a":"1,2"},
             "requestContext":{"accountId":"anonymous","apiId":"id","stage":"$default",
              "http":{"method":"POST","path":"/deliveries/crm-sync","protocol":"HTTP/1.1",
               "sourceIp":"192.0.2.7","userAgent":"Amazon/EventBridge"}},
             "body":"%s","isBase64Encoded":true}
            """
                .formatted(Base64.getEncoder().encodeToString(ANY_BYTES)));
    assertEquals("POST", request.method());
    assertEquals("/deliveries/crm-sync", request.path());
    assertEquals(Map.of(), request.pathParameters());
    assertEquals(Optional.of("k"), request.header("X-Agentpost-Relay-Key"));
    assertEquals(Optional.of("a,b"), request.header("x-two"));
    assertEquals(Map.of("a", List.of("1,2")), request.query());
    assertEquals("192.0.2.7", request.sourceIp());
    assertArrayEquals(ANY_BYTES, request.body());
  }

  /** Lambda sends text as text, and nothing for no body. */
  @Test
  void aFunctionUrlsTextIsItsUtf8() throws IOException {
    assertArrayEquals(
        "gr\u00fc\u00df\n".getBytes(UTF_8),
        read("{\"version\":\"2.0\",\"body\":\"gr\u00fc\u00df\\n\",\"isBase64Encoded\":false}")
            .body());
    assertEquals(0, read("{\"version\":\"2.0\",\"isBase64Encoded\":false}").body().length);
  }

  @Test
  void aRestApisEventIsReadAsItsTypedOneIs() throws IOException {
    Request request =
        read(
            """
            {"resource":"/deliveries/{agent}","path":"/deliveries/crm-sync","httpMethod":"POST",
             "pathParameters":{"agent":"crm-sync"},"headers":{"X-One":"b"},
             "multiValueHeaders":{"X-One":["a","b"]},"queryStringParameters":null,
             "multiValueQueryStringParameters":null,
             "requestContext":{"identity":{"sourceIp":"192.0.2.7"}},
             "body":"%s","isBase64Encoded":true}
            """
                .formatted(Base64.getEncoder().encodeToString(ANY_BYTES)));
    assertEquals("POST", request.method());
    assertEquals("/deliveries/crm-sync", request.path());
    assertEquals(Map.of("agent", "crm-sync"), request.pathParameters());
    assertEquals(List.of("a", "b"), request.headers().get("x-one"));
    assertEquals(Map.of(), request.query());
    assertEquals("192.0.2.7", request.sourceIp());
    assertArrayEquals(ANY_BYTES, request.body());
  }

  @Test
  void textGoesOutAsTextAndOtherBytesAsBase64() {
    APIGatewayProxyResponseEvent text =
        ApiGateway.response(Response.json(200, "{\"a\":\"\u00df\"}"));
    assertEquals("{\"a\":\"\u00df\"}", text.getBody());
    assertFalse(text.getIsBase64Encoded());
    APIGatewayProxyResponseEvent bytes =
        ApiGateway.response(new Response(200, Map.of(), ANY_BYTES));
    assertTrue(bytes.getIsBase64Encoded());
    assertArrayEquals(ANY_BYTES, Base64.getDecoder().decode(bytes.getBody()));
  }
}
