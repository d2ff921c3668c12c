package agentpost.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.schemas.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Reads why AWS refused a call that no client of the SDK made. */
public final class AwsErrorReader {
  private AwsErrorReader() {}

  /**
   * @return its code, empty if the answer has none, and its message
   */
  public static AwsErrorDetails read(SdkHttpResponse response, byte[] body) {
    JsonNode error =
        Json.parse(body) instanceof Json.Parsed.Read(var read) ? read : MissingNode.getInstance();
    String type =
        response
            .firstMatchingHeader("x-amzn-ErrorType")
            .orElseGet(() -> error.path("__type").asText(""));
    return AwsErrorDetails.builder()
        // A namespace before it, or an address after it (AWS JSON 1.1 protocol, "Operation error
        // serialization").
        .errorCode(type.replaceFirst("^[^#]*#", "").replaceFirst(":.*$", ""))
        .errorMessage(
            error.path("message").asText(error.path("Message").asText(new String(body, UTF_8))))
        .build();
  }
}
