package agentpost.local.apigateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.wire.AwsResponse;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What API Gateway answers when a function does not, as the document's {@code
 * x-amazon-apigateway-gateway-responses} have it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html">Gateway
 *     response types</a>
 */
record GatewayResponses(JsonNode byType) {
  /** Of the others, the local cloud gives none. */
  private static final Set<String> KNOWN =
      Set.of("INTEGRATION_FAILURE", "DEFAULT_5XX", "THROTTLED", "ACCESS_DENIED");

  private static final String HEADER = "gatewayresponse.header.";
  private static final Pattern FIXED = Pattern.compile("'([^']*)'");

  /**
   * @throws IllegalArgumentException naming what the local cloud would not answer
   */
  static GatewayResponses of(JsonNode document) {
    JsonNode responses = document.path("x-amazon-apigateway-gateway-responses");
    responses
        .properties()
        .forEach(
            response -> {
              if (!KNOWN.contains(response.getKey())) {
                throw new IllegalArgumentException(
                    "the local cloud does not support the gateway response " + response.getKey());
              }
              response
                  .getValue()
                  .path("responseParameters")
                  .properties()
                  .forEach(
                      parameter -> {
                        if (!parameter.getKey().startsWith(HEADER)
                            || !FIXED.matcher(parameter.getValue().asText()).matches()) {
                          throw new IllegalArgumentException(
                              response.getKey()
                                  + ": the local cloud supports fixed headers only; got "
                                  + parameter);
                        }
                      });
            });
    return new GatewayResponses(responses);
  }

  /**
   * The function has no room for another invocation: an integration failure, which is a 500 if
   * nothing else is said.
   */
  AwsResponse throttledResponse() {
    return answer("INTEGRATION_FAILURE", 500);
  }

  /** The function failed, answered what is no answer, or is not there. */
  AwsResponse failedResponse(int status) {
    return answer("DEFAULT_5XX", status);
  }

  /** The resource policy does not let the caller in. */
  AwsResponse deniedResponse() {
    JsonNode response = byType.path("ACCESS_DENIED");
    String body =
        response
            .path("responseTemplates")
            .path("application/json")
            .asText(
                "{\"Message\":\"User: anonymous is not authorized to perform: execute-api:Invoke"
                    + " with an explicit deny\"}");
    return new AwsResponse(
        response.path("statusCode").asInt(403),
        Map.of("Content-Type", "application/json"),
        body.getBytes(UTF_8));
  }

  private AwsResponse answer(String type, int natural) {
    JsonNode response = byType.has(type) ? byType.path(type) : byType.path("DEFAULT_5XX");
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/json");
    response
        .path("responseParameters")
        .properties()
        .forEach(
            parameter -> {
              Matcher fixed = FIXED.matcher(parameter.getValue().asText());
              if (fixed.matches()) {
                headers.put(parameter.getKey().substring(HEADER.length()), fixed.group(1));
              }
            });
    return new AwsResponse(
        response.path("statusCode").asInt(natural),
        headers,
        "{\"message\":\"Internal server error\"}".getBytes(UTF_8));
  }
}
