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
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SQS: queues in memory, held to SQS's limits. */
public final class SqsService implements AwsService {
  private static final JsonMapper JSON = new JsonMapper();
  static final String ACCOUNT = "000000000000";

  private static final Pattern URL = Pattern.compile("(?:https?://[^/]+)?/([0-9]{12})/([^/]+)");

  /** Errors' shapes in JSON, by what Query clients call them. */
  private static final Map<String, String> SHAPES =
      Map.of(
          "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist",
          "QueueAlreadyExists", "QueueNameExists",
          "InvalidParameterValue", "InvalidParameterValueException",
          "MissingParameter", "MissingRequiredParameterException");

  private final Queues all = new Queues(new QueueCapacity(), System::nanoTime);
  private final MessageOperations messages = new MessageOperations(all);
  private final MoveTasks moves = new MoveTasks(all);
  private final QueueOperations queues;
  private final RequestModel model = RequestModel.read(SqsService.class, "requests.json");
  private final QueryProtocol query = new QueryProtocol(model);

  /**
   * @param gatewayPort that queue URLs name
   * @param policies that queues' policies are held by
   */
  public SqsService(int gatewayPort, ResourcePolicies policies) {
    queues = new QueueOperations(all, policies, "http://localhost:" + gatewayPort);
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
      messages.send(queue(input), input);
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

  /** In JSON or in the Query protocol. */
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

  private JsonNode answer(String operation, ObjectNode input) {
    model.check(operation, input);
    String queue =
        operation.equals("CreateQueue") ? input.path("QueueName").asText() : queue(input);
    int largest = all.largestMessage(queue);
    SqsLimits.check(operation, input, largest);
    return switch (operation) {
      case "CancelMessageMoveTask" -> moves.cancel(input);
      case "ChangeMessageVisibility" -> messages.changeVisibility(queue, input);
      case "ChangeMessageVisibilityBatch" -> messages.changeVisibilityBatch(queue, input);
      case "CreateQueue" -> queues.create(queue, input);
      case "DeleteMessage" -> messages.delete(queue, input);
      case "DeleteMessageBatch" -> messages.deleteBatch(queue, input);
      case "DeleteQueue" -> queues.delete(queue);
      case "GetQueueAttributes" -> queues.attributes(queue, input);
      case "GetQueueUrl" -> queues.findUrl(input);
      case "ListDeadLetterSourceQueues" -> queues.listSources(queue);
      case "ListMessageMoveTasks" -> moves.list(input);
      case "ListQueueTags" -> queues.listTags(queue);
      case "ListQueues" -> queues.list(input);
      case "PurgeQueue" -> queues.purge(queue);
      case "ReceiveMessage" -> messages.receive(queue, input);
      case "SendMessage" -> messages.send(queue, input);
      case "SendMessageBatch" -> messages.sendBatch(queue, input, largest);
      case "SetQueueAttributes" -> queues.setAttributes(queue, input);
      case "StartMessageMoveTask" -> moves.start(input);
      case "TagQueue" -> queues.tag(queue, input);
      case "UntagQueue" -> queues.untag(queue, input);
      default -> throw new IllegalStateException("an operation of the model: " + operation);
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
      throw Queues.noSuchQueue();
    }
    return path.group(2);
  }

  /** Whoever waits for a message waits no more. */
  public void stop() {
    all.close();
    moves.close();
  }
}
