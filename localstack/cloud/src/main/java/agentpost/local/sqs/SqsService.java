package agentpost.local.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.local.policy.ResourcePolicies;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.AwsService;
import agentpost.local.wire.LocalScope;
import agentpost.local.wire.RequestModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SQS: ElasticMQ, reached through the gateway and held to SQS's limits. */
public final class SqsService implements AwsService {
  private static final JsonMapper JSON = new JsonMapper();
  static final String ACCOUNT = "000000000000";
  private static final String ARN = "arn:aws:sqs:us-east-1:" + ACCOUNT + ":";

  private static final Pattern URL = Pattern.compile("(?:https?://[^/]+)?/([0-9]{12})/([^/]+)");

  /** Errors' shapes in JSON, by what Query clients call them. */
  private static final Map<String, String> SHAPES =
      Map.of(
          "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist",
          "QueueAlreadyExists", "QueueNameExists",
          "InvalidParameterValue", "InvalidParameterValueException",
          "MissingParameter", "MissingRequiredParameterException");

  private final ElasticMq engine;
  private final MessageOperations messages;
  private final QueueOperations queues;
  private final QueueAttributeStore kept;
  private final RequestModel model = RequestModel.read(SqsService.class, "requests.json");
  private final QueryProtocol query = new QueryProtocol(model);
  private final QueueCapacity room = new QueueCapacity(this::call);
  private final UntouchedQueues untouched = new UntouchedQueues();

  /**
   * @param gatewayPort that queue URLs name
   * @param policies that queues' policies are held by
   */
  public SqsService(int gatewayPort, ResourcePolicies policies) {
    engine = new ElasticMq(gatewayPort);
    messages = new MessageOperations(engine);
    kept = new QueueAttributeStore(policies);
    queues = new QueueOperations(engine, kept, untouched);
  }

  /** Calls an operation as a client would, for callers inside this JVM. */
  public JsonNode call(String operation, ObjectNode input) {
    return answer(operation, input);
  }

  public static String url(String address, String queue) {
    return address + "/" + ACCOUNT + "/" + queue;
  }

  /**
   * Sends one message with attributes of type String. One that has any is a dead letter and may be
   * larger than others: an event fills a message alone, and it must not be lost for what stands
   * beside it. What AWS does then is not documented.
   */
  public void send(String queueUrl, String body, Map<String, String> attributes) {
    ObjectNode input =
        JsonNodeFactory.instance.objectNode().put("QueueUrl", queueUrl).put("MessageBody", body);
    ObjectNode all = input.putObject("MessageAttributes");
    attributes.forEach(
        (name, value) ->
            all.putObject(name)
                .put("DataType", "String")
                .put("StringValue", value.isEmpty() ? "-" : value));
    if (attributes.isEmpty()) {
      call("SendMessage", input);
    } else {
      room.take(input.toString().length());
      untouched.onSend(queue(input));
      engine.ask("SendMessage", input);
    }
  }

  /** Sends one message to a FIFO queue that deduplicates by content. */
  public void sendInGroup(String queueUrl, String body, String group) {
    call(
        "SendMessage",
        JsonNodeFactory.instance
            .objectNode()
            .put("QueueUrl", queueUrl)
            .put("MessageBody", body)
            .put("MessageGroupId", group));
  }

  /**
   * What a request in the Query protocol says, by name.
   *
   * @throws AwsException if it is no form
   */
  public static Map<String, String> form(AwsRequest request) {
    return QueryProtocol.form(request);
  }

  /**
   * In JSON or in the Query protocol, which is read and written here: ElasticMQ is asked in JSON.
   */
  @Override
  public AwsResponse handle(AwsRequest request) {
    boolean isQuery = QueryProtocol.isSpokenBy(request);
    try {
      if (isQuery) {
        Map<String, String> form = QueryProtocol.form(request);
        String operation = requireKnown(form.getOrDefault("Action", ""));
        return QueryProtocol.answer(operation, answer(operation, query.input(operation, form)));
      }
      String operation =
          requireKnown(request.header("x-amz-target").orElse("").replaceFirst("^.*\\.", ""));
      return json(200, Map.of(), answer(operation, input(request)));
    } catch (AwsException e) {
      return isQuery
          ? QueryProtocol.error(e.status(), e.code(), e.description())
          : errorResponse(e);
    }
  }

  private String requireKnown(String operation) {
    if (!model.operations().contains(operation)) {
      throw AwsException.badRequest(
          "InvalidAction",
          "The local cloud does not support SQS "
              + (operation.isEmpty() ? "without an Action" : operation));
    }
    return operation;
  }

  private static ObjectNode input(AwsRequest request) {
    try {
      if (JSON.readTree(request.body()) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      throw AwsException.badRequest("SerializationException", "The request's body is not JSON");
    }
    throw AwsException.badRequest(
        "SerializationException", "The request's body is not a JSON object");
  }

  /** The type is the error's shape, and the header what Query clients know it by. */
  private static AwsResponse errorResponse(AwsException e) {
    String type =
        SHAPES.getOrDefault(e.code(), e.code().replaceFirst("^AWS\\.SimpleQueueService\\.", ""));
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("__type", "com.amazonaws.sqs#" + type)
            .put("message", e.description());
    return json(
        e.status(),
        Map.of("x-amzn-query-error", e.code() + ";" + (e.status() < 500 ? "Sender" : "Receiver")),
        body);
  }

  private static AwsResponse json(int status, Map<String, String> headers, JsonNode body) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Type", "application/x-amz-json-1.0");
    return new AwsResponse(status, all, body.toString().getBytes(UTF_8));
  }

  /** Held to SQS's limits; what ElasticMQ passes over is kept here. */
  private JsonNode answer(String operation, ObjectNode input) {
    model.check(operation, input);
    String queue =
        operation.equals("CreateQueue") ? input.path("QueueName").asText() : queue(input);
    SqsLimits.check(operation, input, kept.largestMessage(queue));
    if (operation.startsWith("SendMessage")) {
      room.take(input.toString().length());
      untouched.onSend(queue);
    }
    return switch (operation) {
      case "CreateQueue" -> queues.create(queue, input);
      case "SetQueueAttributes" -> queues.setAttributes(queue, input);
      case "GetQueueAttributes" -> queues.attributes(queue, input);
      case "GetQueueUrl" -> {
        String owner = input.path("QueueOwnerAWSAccountId").asText(ACCOUNT);
        if (!owner.equals(ACCOUNT)) {
          throw AwsException.badRequest(
              "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
        }
        yield engine.ask(operation, input);
      }
      case "DeleteQueue" -> queues.delete(queue, input);
      case "ReceiveMessage" -> receive(queue, input);
      case "ListDeadLetterSourceQueues" -> queues.listSources(ARN + queue, input);
      case "StartMessageMoveTask" -> queues.startMove(input);
      case "SendMessageBatch", "ChangeMessageVisibilityBatch" ->
          messages.takeEntries(operation, input, kept.largestMessage(queue));
      case "DeleteMessage" -> messages.delete(input);
      case "DeleteMessageBatch" -> messages.deleteBatch(input);
      default -> engine.ask(operation, input);
    };
  }

  /**
   * From its URL, whatever host that names, but for AWS's of other regions; one of another
   * account's is none.
   */
  private static String queue(ObjectNode input) {
    String url = input.path("QueueUrl").asText("");
    Matcher path = URL.matcher(url);
    if (!path.matches() || LocalScope.isQueueOfOtherRegion(url)) {
      if (url.isEmpty()) {
        return "";
      }
      throw AwsException.badRequest(
          "InvalidAddress", "The address " + url + " is not valid for this endpoint.");
    }
    if (!path.group(1).equals(ACCOUNT)) {
      throw AwsException.badRequest(
          "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
    }
    return path.group(2);
  }

  /** Messages that are older than what the queue keeps are gone when they are asked for. */
  private JsonNode receive(String queue, ObjectNode input) {
    if (!kept.mayHaveExpired(queue)) {
      return engine.ask("ReceiveMessage", input);
    }
    ObjectNode asked = input.deepCopy();
    asked.withArray("AttributeNames").add("SentTimestamp");
    while (true) {
      ObjectNode answer = (ObjectNode) engine.ask("ReceiveMessage", asked);
      if (!answer.path("Messages").isArray() || answer.path("Messages").isEmpty()) {
        return answer;
      }
      ArrayNode young = JsonNodeFactory.instance.arrayNode();
      Instant oldest = Instant.now().minus(kept.retention(queue));
      for (JsonNode message : answer.path("Messages")) {
        if (Instant.ofEpochMilli(message.path("Attributes").path("SentTimestamp").asLong())
            .isBefore(oldest)) {
          engine.ask(
              "DeleteMessage",
              JsonNodeFactory.instance
                  .objectNode()
                  .put("QueueUrl", input.path("QueueUrl").asText())
                  .put("ReceiptHandle", message.path("ReceiptHandle").asText()));
        } else {
          young.add(message);
        }
      }
      if (!young.isEmpty()) {
        return answer.set("Messages", young);
      }
    }
  }

  public void stop() {
    engine.stop();
  }
}
