package agentpost.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** API Gateway's REST proxy events, to and fro; and those of a function URL as such. */
public final class ApiGateway {
  private static final JsonMapper JSON = new JsonMapper();

  private ApiGateway() {}

  /**
   * The event of a function that has both doors: a REST API's as it is, a function URL's (payload
   * format 2.0) as a REST API would have it. That has no route, so no path parameters; several
   * headers of a name are one there, with commas (Lambda developer guide, "Request and response
   * payloads").
   *
   * @param event as Lambda's runtime reads JSON
   */
  public static APIGatewayProxyRequestEvent read(Map<String, Object> event) {
    JsonNode json = JSON.valueToTree(event);
    boolean isOfUrl = json.path("version").asText().equals("2.0");
    APIGatewayProxyRequestEvent read =
        isOfUrl
            ? new APIGatewayProxyRequestEvent()
                .withHttpMethod(json.at("/requestContext/http/method").asText())
                .withPath(json.path("rawPath").asText())
            : new APIGatewayProxyRequestEvent()
                .withHttpMethod(json.path("httpMethod").asText())
                .withPath(json.path("path").asText())
                .withPathParameters(texts(json.path("pathParameters")));
    Map<String, List<String>> headers = lists(json.path("multiValueHeaders"));
    Map<String, List<String>> query = lists(json.path("multiValueQueryStringParameters"));
    return read.withMultiValueHeaders(headers.isEmpty() ? lists(json.path("headers")) : headers)
        .withMultiValueQueryStringParameters(
            query.isEmpty() ? lists(json.path("queryStringParameters")) : query)
        .withBody(json.path("body").textValue())
        .withIsBase64Encoded(json.path("isBase64Encoded").asBoolean())
        .withRequestContext(
            new APIGatewayProxyRequestEvent.ProxyRequestContext()
                .withIdentity(
                    new APIGatewayProxyRequestEvent.RequestIdentity()
                        .withSourceIp(
                            json.at(
                                    isOfUrl
                                        ? "/requestContext/http/sourceIp"
                                        : "/requestContext/identity/sourceIp")
                                .asText())));
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new HashMap<>();
    object.properties().forEach(one -> texts.put(one.getKey(), one.getValue().asText()));
    return texts;
  }

  private static Map<String, List<String>> lists(JsonNode object) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> one : object.properties()) {
      List<String> values = new ArrayList<>();
      (one.getValue().isArray() ? one.getValue() : List.of(one.getValue()))
          .forEach(value -> values.add(value.asText()));
      lists.put(one.getKey(), values);
    }
    return lists;
  }

  /**
   * The request that came; nothing if its body says it is base64 and is not.
   *
   * <p>The API declares every media type binary, so the body comes as base64 and the bytes are
   * those the signature was made over.
   */
  public static Optional<Request> request(APIGatewayProxyRequestEvent event) {
    byte[] body;
    try {
      String text = Optional.ofNullable(event.getBody()).orElse("");
      body =
          Boolean.TRUE.equals(event.getIsBase64Encoded())
              ? Base64.getDecoder().decode(text)
              : text.getBytes(UTF_8);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(request(event, body));
  }

  /** The request as far as it can be read without its body. */
  static Request withoutBody(APIGatewayProxyRequestEvent event) {
    return request(event, new byte[0]);
  }

  private static Request request(APIGatewayProxyRequestEvent event, byte[] body) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (event.getMultiValueHeaders() != null) {
      headers.putAll(event.getMultiValueHeaders());
    } else if (event.getHeaders() != null) {
      event.getHeaders().forEach((name, value) -> headers.put(name, List.of(value)));
    }
    return new Request(
        Optional.ofNullable(event.getHttpMethod()).orElse(""),
        Optional.ofNullable(event.getPath()).orElse(""),
        Optional.ofNullable(event.getPathParameters()).orElse(Map.of()),
        Optional.ofNullable(event.getMultiValueQueryStringParameters()).orElse(Map.of()),
        headers,
        body,
        sourceIp(event));
  }

  /** Text goes as text; bytes that are not UTF-8 as base64. */
  public static APIGatewayProxyResponseEvent response(Response response) {
    APIGatewayProxyResponseEvent event =
        new APIGatewayProxyResponseEvent()
            .withStatusCode(response.status())
            .withHeaders(response.headers());
    try {
      return event
          .withBody(UTF_8.newDecoder().decode(ByteBuffer.wrap(response.body())).toString())
          .withIsBase64Encoded(false);
    } catch (CharacterCodingException e) {
      return event
          .withBody(Base64.getEncoder().encodeToString(response.body()))
          .withIsBase64Encoded(true);
    }
  }

  private static String sourceIp(APIGatewayProxyRequestEvent event) {
    return Optional.ofNullable(event.getRequestContext())
        .map(APIGatewayProxyRequestEvent.ProxyRequestContext::getIdentity)
        .map(APIGatewayProxyRequestEvent.RequestIdentity::getSourceIp)
        .orElse("");
  }
}
