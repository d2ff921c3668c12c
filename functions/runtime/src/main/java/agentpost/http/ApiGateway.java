package agentpost.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** API Gateway's REST proxy events, to and fro. */
public final class ApiGateway {
  private ApiGateway() {}

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
