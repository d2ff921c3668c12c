package agentpost.callback;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.http.Request;
import agentpost.http.Response;
import agentpost.operations.OperationClient;
import agentpost.operations.OperationId;
import agentpost.operations.OperationRequest;
import agentpost.operations.StartResult;
import agentpost.operations.TaskToken;
import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import agentpost.testing.FakeBus;
import agentpost.testing.FakeHttp;
import agentpost.testing.FakeNetwork;
import agentpost.testing.FakeQueue;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.FakeStepFunctions;
import agentpost.testing.LocalTables;
import agentpost.testing.MovableClock;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.SfnClientBuilder;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.SqsClientBuilder;

/**
 * Both sides as they are deployed, in this JVM: the handlers, by their public constructors, over
 * DynamoDB Local, a queue, a bus and an HTTP in memory.
 */
final class OperationsTestBed implements AutoCloseable {
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static final String OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  static final String CALLBACK_HOST = "abc123.execute-api.us-east-1.amazonaws.com";
  static final Duration DEADLINE = Duration.ofMinutes(10);
  static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("OPERATIONS_TABLE", LocalTables.OPERATIONS),
          Map.entry("CLAIMS_TABLE", LocalTables.CLAIMS),
          Map.entry("AGENT_STATE_TABLE", LocalTables.AGENT_STATE),
          Map.entry("PROCESSORS", "calendar,printer"),
          Map.entry("PROCESSOR", "calendar"),
          Map.entry("PROCESSOR_SECRET_PREFIX", "agentpost/processors/"),
          Map.entry("PROCESSOR_URL", "https://" + CALLBACK_HOST + "/agentpost/process-data"),
          Map.entry(
              "CALLBACK_URL", "https://" + CALLBACK_HOST + "/agentpost/webhooks/process-complete"),
          Map.entry(
              "WORK_QUEUE_URL",
              "https://sqs.us-east-1.amazonaws.com/123456789012/agentpost-calendar"),
          Map.entry("BUS_NAME", "agentpost"),
          Map.entry("AGENT", "book-demo"));

  final LocalTables tables = new LocalTables();
  final MovableClock clock = new MovableClock(Instant.parse("2026-03-31T10:30:00Z"));
  final FakeSecretsManager secrets =
      new FakeSecretsManager()
          .with("agentpost/processors/calendar", SECRET)
          .with("agentpost/processors/printer", OTHER_SECRET);
  final FakeBus bus = new FakeBus();
  final FakeQueue queue = new FakeQueue(clock, Duration.ofMinutes(6), 5);
  final List<String> log = new CopyOnWriteArrayList<>();
  final List<Request> toProcessor = new CopyOnWriteArrayList<>();
  final List<Request> sentCallbacks = new CopyOnWriteArrayList<>();
  EventBridgeClient busClient = bus;
  SqsClient queueClient = queue;
  final FakeStepFunctions stepFunctions = new FakeStepFunctions();
  SfnClient stepFunctionsClient = stepFunctions;
  Optional<FakeHttp.OtherSide> processor = Optional.empty();
  Optional<FakeHttp.OtherSide> callbacks = Optional.empty();
  final FakeNetwork network =
      new FakeNetwork(this::completed).with(CALLBACK_HOST, "52.94.1.1", "2600:1f18::1");
  final Platform platform =
      new Platform(
          ENVIRONMENT, clock, new Clients(), new FakeHttp(this::processed), network, log::add);

  /** The client a builder is for, whatever the builder was told. */
  private final class Clients implements AwsClients {
    @Override
    @SuppressWarnings("unchecked") // Each builder builds the client that stands beside it.
    public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
      return (C)
          switch (builder) {
            case DynamoDbClientBuilder _ -> tables.client();
            case SecretsManagerClientBuilder _ -> secrets;
            case EventBridgeClientBuilder _ -> busClient;
            case SqsClientBuilder _ -> queueClient;
            case SfnClientBuilder _ -> stepFunctionsClient;
            default -> throw new IllegalArgumentException("No fake for " + builder.getClass());
          };
    }
  }

  /**
   * A lead that has been qualified, and what the scheduling agent asks of the calendar because of
   * it.
   */
  OperationRequest booking(int number) {
    ObjectNode data =
        JsonNodeFactory.instance
            .objectNode()
            .put("lead_id", "lead-" + number)
            .put("time_zone", "Europe/Berlin");
    Event cause =
        new Event(
            new EventId("lead-qualified-" + number),
            "lead.qualified",
            clock.instant(),
            data.deepCopy(),
            new Event.Metadata(
                "lead-qualification", new CorrelationId("corr-" + number), Optional.empty(), 1));
    return new OperationRequest(
        new AgentName("scheduling-agent"),
        cause,
        "book-demo",
        1,
        data,
        clock.instant().plus(DEADLINE),
        new AgentName("calendar"));
  }

  /** The same, with a workflow's task that waits for it. */
  OperationRequest waitedFor(int number, TaskToken task) {
    return waitedFor(booking(number), task);
  }

  static OperationRequest waitedFor(OperationRequest r, TaskToken task) {
    return new OperationRequest(
        r.agent(),
        r.cause(),
        r.correlationId(),
        r.purpose(),
        r.attempt(),
        r.dataToProcess(),
        r.deadline(),
        r.processor(),
        Optional.of(task));
  }

  Response processed(Request request) throws IOException {
    toProcessor.add(request);
    return processor.isPresent()
        ? processor.get().answer(request)
        : handled(new ProcessDataHandler(platform), request);
  }

  Response completed(Request request) throws IOException {
    sentCallbacks.add(request);
    return callbacks.isPresent()
        ? callbacks.get().answer(request)
        : handled(new CallbackHandler(platform), request);
  }

  static Response handled(
      RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> handler,
      Request request) {
    APIGatewayProxyRequestEvent event =
        new APIGatewayProxyRequestEvent()
            .withHttpMethod(request.method())
            .withPath(request.path())
            .withMultiValueHeaders(request.headers())
            .withBody(Base64.getEncoder().encodeToString(request.body()))
            .withIsBase64Encoded(true);
    APIGatewayProxyResponseEvent response =
        handler.handleRequest(event, new TestContext(Duration.ofSeconds(15)));
    return new Response(
        response.getStatusCode(), response.getHeaders(), response.getBody().getBytes(UTF_8));
  }

  StartResult start(OperationRequest request) {
    return OperationClient.from(platform).start(request);
  }

  /** A signed POST of that body. */
  Request signed(String path, String secret, String body) {
    Map<String, List<String>> headers = new HashMap<>();
    new Signer(WebhookKeyStore.parse(secret))
        .sign("id-1", clock.instant(), body.getBytes(UTF_8))
        .forEach((name, value) -> headers.put(name, List.of(value)));
    return new Request("POST", path, Map.of(), headers, body.getBytes(UTF_8), "127.0.0.1");
  }

  Response callBack(String secret, String body) {
    return handled(
        new CallbackHandler(platform), signed("/webhooks/process-complete", secret, body));
  }

  Response processData(String secret, String body) {
    return handled(new ProcessDataHandler(platform), signed("/process-data", secret, body));
  }

  /** One poll of the queue, up to ten messages; what the worker reports failed stays on it. */
  int work(WorkerHandler worker) {
    return worked(worker, queue.receive(10));
  }

  int worked(WorkerHandler worker, List<FakeQueue.Message> received) {
    SQSEvent event = new SQSEvent();
    event.setRecords(received.stream().map(OperationsTestBed::message).toList());
    SQSBatchResponse response =
        worker.handleRequest(event, new TestContext(Duration.ofSeconds(60)));
    List<String> failed =
        response.getBatchItemFailures().stream()
            .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
            .toList();
    received.stream()
        .map(FakeQueue.Message::id)
        .filter(id -> !failed.contains(id))
        .forEach(queue::delete);
    return received.size() - failed.size();
  }

  int work() {
    return work(new TestWorker(platform));
  }

  static SQSEvent.SQSMessage message(FakeQueue.Message message) {
    SQSEvent.SQSMessage record = new SQSEvent.SQSMessage();
    record.setMessageId(message.id());
    record.setReceiptHandle(message.id());
    record.setBody(message.body());
    record.setAttributes(Map.of("ApproximateReceiveCount", Integer.toString(message.receives())));
    return record;
  }

  Map<String, Object> sweep() {
    return new TimeoutHandler(platform)
        .handleRequest(Map.of(), new TestContext(Duration.ofSeconds(60)));
  }

  String status(OperationId id) {
    return Optional.ofNullable(tables.operation(id.value()).get("status"))
        .map(AttributeValue::s)
        .orElse("none");
  }

  List<String> published() {
    return bus.accepted().stream().map(entry -> entry.detailType()).toList();
  }

  static String text(Response response) {
    return response.status() + " " + new String(response.body(), UTF_8);
  }

  @Override
  public void close() {
    tables.close();
  }
}
