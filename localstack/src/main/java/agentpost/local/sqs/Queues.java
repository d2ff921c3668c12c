package agentpost.local.sqs;

import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.elasticmq.NodeAddress;
import org.elasticmq.RelaxedSQSLimits$;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;

/** ElasticMQ on a loopback port of its own, reached through the gateway. */
public final class Queues implements AwsService {
  private static final JsonMapper JSON = new JsonMapper();
  private final SQSRestServer server;
  private final URI address;
  private final QueuePolicies policies = new QueuePolicies();
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** @param gatewayPort that queue URLs name */
  public Queues(int gatewayPort) {
    server =
        SQSRestServerBuilder.withInterface("127.0.0.1")
            .withDynamicPort()
            .withServerAddress(new NodeAddress("http", "localhost", gatewayPort, ""))
            .withAWSAccountId("000000000000")
            .withAWSRegion("us-east-1")
            // ElasticMQ's strict limits end a message at 256 KiB; SQS takes 1 MiB since 2025, and an event may need nearly all of it.
            .withSQSLimits(RelaxedSQSLimits$.MODULE$)
            .start();
    address = URI.create("http://127.0.0.1:" + server.waitUntilStarted().localAddress().getPort());
  }

  /** Calls an operation as a client would, for callers inside this JVM. */
  public JsonNode call(String operation, ObjectNode input) {
    Map<String, String> headers = Map.of("x-amz-target", "AmazonSQS." + operation, "content-type", "application/x-amz-json-1.0");
    try {
      AwsResponse answer = handle(new AwsRequest("POST", "/", Map.of(), headers, JSON.writeValueAsBytes(input)));
      JsonNode body = JSON.readTree(answer.body());
      if (answer.status() != 200) {
        throw new AwsException(answer.status(), body.path("__type").asText(), body.path("message").asText());
      }
      return body;
    } catch (IOException e) {
      throw new AwsException(500, "InternalFailure", "SQS: " + e);
    }
  }

  public static String url(String address, String queue) {
    return address + "/000000000000/" + queue;
  }

  /** Sends one message with attributes of type String. */
  public void send(String queueUrl, String body, Map<String, String> attributes) {
    ObjectNode input = JsonNodeFactory.instance.objectNode().put("QueueUrl", queueUrl).put("MessageBody", body);
    ObjectNode all = input.putObject("MessageAttributes");
    attributes.forEach((name, value) -> all.putObject(name).put("DataType", "String").put("StringValue", value.isEmpty() ? "-" : value));
    call("SendMessage", input);
  }

  /** Sends one message to a FIFO queue that deduplicates by content. */
  public void sendInGroup(String queueUrl, String body, String group) {
    call("SendMessage", JsonNodeFactory.instance.objectNode().put("QueueUrl", queueUrl).put("MessageBody", body).put("MessageGroupId", group));
  }

  public QueuePolicies policies() {
    return policies;
  }

  /** Policies are kept here; ElasticMQ passes over them. */
  @Override
  public AwsResponse handle(AwsRequest request) {
    String operation = request.header("x-amz-target").orElse("").replaceFirst("^.*\\.", "");
    AwsResponse answer = forward(request);
    return answer.status() == 200 ? withPolicy(operation, request, answer) : answer;
  }

  private AwsResponse withPolicy(String operation, AwsRequest request, AwsResponse answer) {
    if (!operation.equals("CreateQueue") && !operation.equals("SetQueueAttributes") && !operation.equals("GetQueueAttributes") && !operation.equals("DeleteQueue")) {
      return answer;
    }
    try {
      JsonNode input = JSON.readTree(request.body());
      String queue = operation.equals("CreateQueue") ? input.path("QueueName").asText() : input.path("QueueUrl").asText().replaceFirst("^.*/", "");
      if (operation.equals("DeleteQueue")) {
        policies.removed(queue);
      } else if (!operation.equals("GetQueueAttributes")) {
        if (input.path("Attributes").has("Policy")) {
          policies.put(queue, input.path("Attributes").path("Policy").asText());
        }
      } else if (policies.of(queue).isPresent() && input.path("AttributeNames").valueStream().anyMatch(name -> name.asText().equals("All") || name.asText().equals("Policy"))) {
        ObjectNode shown = (ObjectNode) JSON.readTree(answer.body());
        shown.withObject("Attributes").put("Policy", policies.of(queue).get());
        return new AwsResponse(answer.status(), answer.headers(), JSON.writeValueAsBytes(shown));
      }
      return answer;
    } catch (IOException e) {
      throw new AwsException(500, "InternalFailure", "SQS: " + e);
    }
  }

  private AwsResponse forward(AwsRequest request) {
    HttpRequest.Builder forward =
        HttpRequest.newBuilder(address.resolve(request.path())).method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.body()));
    for (String name : new String[] {"x-amz-target", "content-type", "authorization", "x-amz-date"}) {
      request.header(name).ifPresent(value -> forward.header(name, value));
    }
    try {
      HttpResponse<byte[]> answer = http.send(forward.build(), HttpResponse.BodyHandlers.ofByteArray());
      Map<String, String> headers = new LinkedHashMap<>();
      answer.headers().firstValue("Content-Type").ifPresent(value -> headers.put("Content-Type", value));
      answer.headers().firstValue("x-amzn-query-error").ifPresent(value -> headers.put("x-amzn-query-error", value));
      return new AwsResponse(answer.statusCode(), headers, answer.body());
    } catch (IOException e) {
      throw new AwsException(500, "InternalFailure", "SQS: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AwsException(503, "ServiceUnavailable", "The local cloud is closing");
    }
  }

  public void stop() {
    server.stopAndWait();
  }
}
