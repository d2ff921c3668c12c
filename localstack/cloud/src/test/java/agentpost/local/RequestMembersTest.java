package agentpost.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agentpost.local.email.Outbox;
import agentpost.local.eventbridge.EventBridge;
import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.iam.Authorizer;
import agentpost.local.lambda.AsyncInvocations;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.lambda.LambdaService;
import agentpost.local.logs.LogsService;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.scheduler.Scheduler;
import agentpost.local.secrets.SecretsManager;
import agentpost.local.sqs.SqsService;
import agentpost.local.ssm.ParameterStore;
import agentpost.local.testing.Endpoint;
import agentpost.local.testing.HeardHandler;
import agentpost.local.testing.ManualTimeline;
import agentpost.local.testing.RecordedInput;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.RequestModel;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BinaryNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;

/**
 * Every member of every request that AWS's models have is read by the local cloud, refused by its
 * name, or makes no difference for a reason that its model gives: nothing is passed over in
 * silence. The requests of {@code requests/*.txt} say every member that is not refused; a member
 * that is added to a model and read by nobody fails here.
 *
 * <p>Left out by name: DynamoDB, whose DynamoDB Local is AWS's own and reads all; S3, whose members
 * are headers (see {@code S3ServiceTest}); CloudFormation and STS, whose forms {@code QueryForm}
 * holds to the members that each names.
 */
class RequestMembersTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, Class<?>> MODELS =
      Map.of(
          "eventbridge", EventBridge.class,
          "secrets", SecretsManager.class,
          "ssm", ParameterStore.class,
          "logs", LogsService.class,
          "scheduler", Scheduler.class,
          "lambda", LambdaService.class,
          "email", Outbox.class,
          "sqs", SqsService.class);

  /** Of the AWS SDK's classes, by package; CloudWatch Logs' are not on the class path. */
  private static final Map<String, String> SDK =
      Map.of(
          "eventbridge",
          "eventbridge",
          "secrets",
          "secretsmanager",
          "ssm",
          "ssm",
          "scheduler",
          "scheduler",
          "lambda",
          "lambda",
          "email",
          "sesv2",
          "sqs",
          "sqs");

  private static RequestModel model(String service) {
    return RequestModel.read(Objects.requireNonNull(MODELS.get(service)), "requests.json");
  }

  private record Line(String operation, ObjectNode input) {}

  /**
   * Lines of an operation and its request, or of a time to let pass; what follows is further in.
   */
  private static List<Line> script(String service) throws IOException {
    List<Line> lines = new ArrayList<>();
    Path file = Path.of("src/test/resources/requests/" + service + ".txt");
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(" ", 2);
        lines.add(new Line(parts[0], (ObjectNode) JSON.readTree(parts[1])));
      }
    }
    return lines;
  }

  /**
   * Paths of the members that a request may say, but those that are refused or make no difference.
   */
  private static void members(RequestModel model, JsonNode shape, String path, Set<String> said) {
    switch (shape.path("type").asText()) {
      case "structure" -> {
        for (var member : shape.path("members").properties()) {
          boolean isRefused =
              shape
                  .path("refused")
                  .valueStream()
                  .anyMatch(name -> name.asText().equals(member.getKey()));
          JsonNode of = model.shape(member.getValue().asText());
          // What a target of no kind here has is refused with the target, see TargetKindsTest.
          boolean isUnseen = of.path("type").asText().equals("structure") && !of.has("members");
          if (!isRefused && !isUnseen && !shape.path("withoutEffect").has(member.getKey())) {
            said.add(path + "." + member.getKey());
            members(
                model, model.shape(member.getValue().asText()), path + "." + member.getKey(), said);
          }
        }
      }
      case "list" -> members(model, model.shape(shape.path("member").asText()), path, said);
      default -> {}
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"eventbridge", "secrets", "ssm", "logs", "scheduler", "lambda", "email", "sqs"})
  void everyMemberIsRead(String service) throws Exception {
    RequestModel model = model(service);
    Set<String> expected = new TreeSet<>();
    model
        .operations()
        .forEach(operation -> members(model, model.request(operation), operation, expected));
    Set<String> read = new ConcurrentSkipListSet<>();
    try (TestBed world = new TestBed(service)) {
      for (Line line : script(service)) {
        if (line.operation().equals("PASS")) {
          world.timeline.pass(Duration.ofSeconds(line.input().path("seconds").asLong()));
        } else {
          world.call(
              line.operation(),
              RecordedInput.of(world.filled(line.input()), read, line.operation()));
          if (!line.operation().equals("StartReplay")) {
            // So that there is a replay to cancel.
            world.timeline.settle();
          }
        }
      }
    }
    expected.removeAll(read);
    assertThat(expected).as("members that are taken and read by nobody").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"eventbridge", "secrets", "ssm", "logs", "scheduler", "lambda", "email", "sqs"})
  void whatIsNotReadIsRefusedByItsName(String service) throws Exception {
    RequestModel model = model(service);
    Set<String> tried = new LinkedHashSet<>();
    try (TestBed world = new TestBed("none")) {
      for (Line line : script(service)) {
        if (!line.operation().equals("PASS")) {
          refused(model, model.request(line.operation()), line, world.filled(line.input()), tried);
        }
      }
    }
    assertThat(tried).containsAll(model.operations());
  }

  /**
   * Adds each refused member, and one that nobody knows, to each structure of a request that is
   * right.
   */
  private static void refused(
      RequestModel model, JsonNode shape, Line line, ObjectNode input, Set<String> tried) {
    at(
        model,
        shape,
        input,
        (structure, of) -> {
          Set<String> names = new TreeSet<>(Set.of("NoSuchMember"));
          of.path("refused").forEach(name -> names.add(name.asText()));
          for (String name : names) {
            structure.put(name, "x");
            AwsException refusal =
                catchThrowableOfType(
                    AwsException.class, () -> model.check(line.operation(), input));
            assertThat(refusal).as(line.operation() + " with " + name).isNotNull();
            assertThat(refusal.description())
                .isEqualTo(
                    "The local cloud does not support " + name + " of " + line.operation() + ".");
            structure.remove(name);
            tried.add(line.operation());
          }
        });
  }

  private static void at(
      RequestModel model, JsonNode shape, JsonNode value, BiConsumer<ObjectNode, JsonNode> todo) {
    switch (shape.path("type").asText()) {
      case "structure" -> {
        if (shape.path("members").isObject() && value instanceof ObjectNode structure) {
          todo.accept(structure, shape);
          shape
              .path("members")
              .properties()
              .forEach(
                  member ->
                      at(
                          model,
                          model.shape(member.getValue().asText()),
                          value.path(member.getKey()),
                          todo));
        }
      }
      case "list" ->
          value.forEach(one -> at(model, model.shape(shape.path("member").asText()), one, todo));
      case "map" ->
          value.forEach(one -> at(model, model.shape(shape.path("value").asText()), one, todo));
      default -> {}
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"eventbridge", "secrets", "ssm", "scheduler", "lambda", "email", "sqs"})
  void theModelHasEveryMemberThatTheSdkHas(String service) throws Exception {
    RequestModel model = model(service);
    for (String operation : model.operations()) {
      Class<?> request =
          Class.forName(
              "software.amazon.awssdk.services."
                  + SDK.get(service)
                  + ".model."
                  + operation
                  + "Request");
      compare(
          model,
          model.request(operation),
          (SdkPojo) request.getMethod("builder").invoke(null),
          operation);
    }
  }

  private static void compare(RequestModel model, JsonNode shape, SdkPojo pojo, String path) {
    for (SdkField<?> field : pojo.sdkFields()) {
      String name = field.memberName();
      JsonNode members = shape.path("members");
      boolean isKnown = members.has(name) || members.has(field.locationName());
      assertThat(isKnown)
          .as(
              path
                  + "."
                  + name
                  + " is in no requests.json; run localstack/cloud/src/main/model/requests.py")
          .isTrue();
      JsonNode of =
          model.shape(members.path(members.has(name) ? name : field.locationName()).asText());
      SdkField<?> inner =
          field.containsTrait(ListTrait.class)
              ? field.getTrait(ListTrait.class).memberFieldInfo()
              : field;
      JsonNode shapeOfInner =
          field.containsTrait(ListTrait.class) ? model.shape(of.path("member").asText()) : of;
      if (inner.constructor() != null && shapeOfInner.path("members").isObject()) {
        compare(model, shapeOfInner, inner.constructor().get(), path + "." + name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"eventbridge", "secrets", "ssm", "logs", "scheduler", "lambda", "email"})
  void theModelHasTheServicesOperations(String service) throws Exception {
    try (TestBed world = new TestBed(service)) {
      assertThat(world.operations())
          .containsExactlyInAnyOrderElementsOf(model(service).operations());
    }
  }

  /**
   * A request's text comes from anybody: no model's pattern takes long over one, or fills the
   * stack.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"eventbridge", "secrets", "ssm", "logs", "scheduler", "lambda", "email", "sqs"})
  void noTextIsTooMuchForAPattern(String service) throws Exception {
    RequestModel model = model(service);
    for (Line line : script(service)) {
      if (!line.operation().equals("PASS")) {
        at(
            model,
            model.request(line.operation()),
            line.input(),
            (structure, of) -> {
              for (var member : of.path("members").properties()) {
                if (model.shape(member.getValue().asText()).has("pattern")
                    && structure.path(member.getKey()).isTextual()) {
                  JsonNode before = structure.path(member.getKey());
                  structure.put(
                      member.getKey(),
                      before.asText()
                          + before.asText().repeat(100_000 / Math.max(1, before.asText().length()))
                          + "\n");
                  assertThat(
                          catchThrowableOfType(
                              AwsException.class,
                              () -> model.check(line.operation(), line.input())))
                      .as(member.getKey())
                      .isNotNull();
                  structure.set(member.getKey(), before);
                }
              }
            });
      }
    }
  }

  /** One service with as much around it as its operations need. */
  private static final class TestBed implements AutoCloseable {
    final ManualTimeline timeline = new ManualTimeline(Instant.parse("2026-03-31T10:30:00Z"));
    private final Endpoint endpoint = new Endpoint();
    private final String service;
    private final EventBridge events = new EventBridge(timeline, new Around(), 1);
    private final SecretsManager secrets = new SecretsManager(timeline, (_, _) -> true);
    private final ParameterStore parameters = new ParameterStore();
    private final LogsService logs = new LogsService();
    private final Scheduler scheduler =
        new Scheduler(
            timeline,
            events.service(),
            (_, _) -> false,
            new Around(),
            new Authorizer(new ResourcePolicies(), (_, _) -> {}),
            (_, _) -> {},
            () -> false);

    {
      scheduler.addGroup("g");
    }

    private final FunctionHost host =
        new FunctionHost(
            (_, _) -> {
              throw new IllegalStateException("no function needs it");
            },
            (_, _) -> {});
    private final LambdaService functions =
        new LambdaService(
            host, new AsyncInvocations(host, timeline, (_, _) -> {}), _ -> Optional.empty());
    private final Outbox outbox = new Outbox();
    private final SqsService queues = new SqsService(4566, new ResourcePolicies());
    private final Map<String, String> ids =
        new HashMap<>(
            Map.of(
                "connection",
                "arn:aws:events:us-east-1:000000000000:connection/c/1",
                "destination",
                "arn:aws:events:us-east-1:000000000000:api-destination/d/1"));

    TestBed(String service) throws IOException {
      this.service = service;
      endpoint.answers(503);
      logs.create("/group");
      logs.append("/group", Instant.EPOCH, "line");
      host.deploy(
          "f", HeardHandler.class.getName(), Map.of(), Duration.ofSeconds(3), OptionalInt.empty());
    }

    Set<String> operations() {
      return switch (service) {
        case "eventbridge" -> events.service().operations();
        case "secrets" -> secrets.service().operations();
        case "ssm" -> parameters.service().operations();
        case "logs" -> logs.service().operations();
        case "scheduler" -> scheduler.service().operations();
        case "lambda" -> functions.service().operations();
        default -> outbox.service().operations();
      };
    }

    /** With what only a run knows in the place of {@code ${…}}. */
    ObjectNode filled(ObjectNode input) throws IOException {
      String text = input.toString().replace("${endpoint}", endpoint.url("/hook"));
      for (Map.Entry<String, String> id : ids.entrySet()) {
        text = text.replace("${" + id.getKey() + "}", id.getValue());
      }
      ObjectNode filled = (ObjectNode) JSON.readTree(text);
      if (filled.has("Payload")) {
        filled.set("Payload", BinaryNode.valueOf(filled.path("Payload").asText().getBytes(UTF_8)));
      }
      return filled;
    }

    void call(String operation, ObjectNode input) {
      JsonNode answer =
          switch (service) {
            case "eventbridge" -> events.service().call(operation, input);
            case "secrets" -> secrets.service().call(operation, input);
            case "ssm" -> parameters.service().call(operation, input);
            case "logs" -> logs.service().call(operation, input);
            case "scheduler" -> body(scheduler.service().call(operation, input).body());
            case "sqs" -> queues.call(operation, input);
            case "lambda" -> body(functions.service().call(operation, input).body());
            default -> body(outbox.service().call(operation, input).body());
          };
      keep(answer, "ConnectionArn", "connection");
      keep(answer, "ApiDestinationArn", "destination");
      keep(answer, "TaskHandle", "task");
      keep(answer.at("/Messages/0"), "ReceiptHandle", "receipt");
    }

    private static JsonNode body(byte[] bytes) {
      try {
        return bytes.length == 0 ? JsonNodeFactory.instance.objectNode() : JSON.readTree(bytes);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void keep(JsonNode answer, String name, String as) {
      if (answer.hasNonNull(name)) {
        ids.put(as, answer.path(name).asText());
      }
    }

    @Override
    public void close() throws IOException {
      endpoint.close();
      host.close();
      queues.stop();
    }
  }

  private static final class Around implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      return Optional.empty();
    }

    @Override
    public Optional<Failure> sendToFifoQueue(String queueArn, String body, String group) {
      return Optional.empty();
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      return Optional.empty();
    }

    @Override
    public URI locate(URI endpoint) {
      return endpoint;
    }
  }
}
