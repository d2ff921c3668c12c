package agentpost.local.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * AWS's JSON protocols as they are on the wire: what a template says of a resource is, nearly
 * always, its operation's input. Nobody checks the signature.
 */
final class RawAws {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, String> SERVICES =
      Map.of(
          "AWSEvents", "events",
          "AmazonSQS", "sqs",
          "secretsmanager", "secretsmanager",
          "AmazonSSM", "ssm",
          "Logs_20140328", "logs",
          "AWSStepFunctions", "states");

  private final URI endpoint;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  RawAws(URI endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * @param operation as {@code X-Amz-Target} has it, such as {@code AWSEvents.PutRule}
   */
  JsonNode call(String operation, ObjectNode input) {
    String service = SERVICES.getOrDefault(operation.substring(0, operation.indexOf('.')), "");
    String version = service.equals("sqs") || service.equals("states") ? "1.0" : "1.1";
    return sent(
        request("/", service)
            .header("Content-Type", "application/x-amz-json-" + version)
            .header("X-Amz-Target", operation)
            .POST(HttpRequest.BodyPublishers.ofString(input.toString())),
        operation);
  }

  /** A REST operation of EventBridge Scheduler. */
  JsonNode scheduler(String method, String path, ObjectNode input) {
    return sent(
        request(path, "scheduler")
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(input.toString())),
        method + " " + path);
  }

  private HttpRequest.Builder request(String path, String service) {
    return HttpRequest.newBuilder(endpoint.resolve(path))
        .timeout(Duration.ofSeconds(30))
        .header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/"
                + service
                + "/aws4_request, SignedHeaders=host, Signature=0");
  }

  private JsonNode sent(HttpRequest.Builder request, String operation) {
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            operation + " was answered " + answer.statusCode() + ": " + answer.body());
      }
      return answer.body().isEmpty()
          ? JsonNodeFactory.instance.objectNode()
          : JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(operation + " at " + endpoint + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted in " + operation, e);
    }
  }
}
