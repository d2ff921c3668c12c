package agentpost.local.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.apigateway.RestApiService;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.Xml;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;

/**
 * An error that came of no service, in the shape that the service which was meant would have given
 * it: API Gateway's, S3's, AWS Query's or AWS JSON's.
 */
final class WireErrors {
  private WireErrors() {}

  static AwsResponse of(AwsRequest request, AwsException error) {
    if (request.path().startsWith(RestApiService.PREFIX) || Router.api(request).isPresent()) {
      return new AwsResponse(
          error.status(),
          Map.of("Content-Type", "application/json", "x-amzn-ErrorType", error.code()),
          JsonNodeFactory.instance
              .objectNode()
              .put("message", error.description())
              .toString()
              .getBytes(UTF_8));
    }
    if (Router.signedService(request).equals("s3")) {
      return xml(
          error,
          "application/xml",
          "<Error>" + members(error) + "<RequestId>0</RequestId></Error>");
    }
    if (Router.isQuery(request)) {
      String type = error.status() < 500 ? "Sender" : "Receiver";
      return xml(
          error,
          "text/xml",
          "<ErrorResponse><Error><Type>"
              + type
              + "</Type>"
              + members(error)
              + "</Error><RequestId>0</RequestId></ErrorResponse>");
    }
    String body =
        JsonNodeFactory.instance
            .objectNode()
            .put("__type", error.code())
            .put("message", error.description())
            .toString();
    return new AwsResponse(
        error.status(),
        Map.of("Content-Type", "application/x-amz-json-1.1", "x-amzn-ErrorType", error.code()),
        body.getBytes(UTF_8));
  }

  private static String members(AwsException error) {
    return "<Code>"
        + Xml.escape(error.code())
        + "</Code><Message>"
        + Xml.escape(error.description())
        + "</Message>";
  }

  private static AwsResponse xml(AwsException error, String type, String body) {
    return new AwsResponse(
        error.status(),
        Map.of("Content-Type", type),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body).getBytes(UTF_8));
  }
}
