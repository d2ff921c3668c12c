package agentpost.callback;

import static agentpost.catalog.EnvironmentVariables.AGENT;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.EventId;
import agentpost.operations.OperationClient;
import agentpost.operations.OperationRequest;
import agentpost.operations.StartResult;
import agentpost.operations.TaskToken;
import agentpost.platform.Environment;
import agentpost.platform.Platform;
import agentpost.schemas.IdText;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The task of a workflow that waits for an operation ({@code lambda:invoke.waitForTaskToken}):
 * starts it, and is over; the task ends when the operation does. The same execution has one
 * operation for a purpose, however often its task is tried; redriven it has another.
 *
 * <p>Input: {@code task_token}; {@code execution}, Step Functions' {@code $$.Execution}; {@code
 * purpose}; {@code deadline_seconds} from now, less than the task's own time-out; {@code data} for
 * the processor, whose {@code correlation_id}, if it has one, is the flow's.
 *
 * <p>Environment: AGENT (the workflow's name, as the one who asks), PROCESSOR, OPERATIONS_TABLE,
 * PROCESSOR_URL, CALLBACK_URL, PROCESSOR_SECRET_PREFIX.
 */
public final class StartOperationHandler
    implements RequestHandler<Map<String, Object>, Map<String, String>> {
  private final AgentName agent;
  private final AgentName processor;
  private final OperationClient operations;
  private final Clock deadlines;
  private final Consumer<String> log;

  public StartOperationHandler() {
    this(Platform.lambda());
  }

  public StartOperationHandler(Platform platform) {
    Environment environment = Environment.require(platform.environment(), AGENT, PROCESSOR);
    this.agent = new AgentName(environment.get(AGENT));
    this.processor = new AgentName(environment.get(PROCESSOR));
    this.operations = OperationClient.from(platform);
    this.deadlines = platform.deadlines();
    this.log = platform.log();
  }

  /**
   * @throws IllegalArgumentException if the input is not as described; another try would not mend
   *     it
   * @throws NotStarted if another try may
   */
  @Override
  public Map<String, String> handleRequest(Map<String, Object> event, Context context) {
    OperationRequest request = request(new JsonMapper().valueToTree(event));
    StartResult started = operations.start(request);
    ObjectNode line =
        JsonNodeFactory.instance
            .objectNode()
            .put("message", "workflow's task")
            .put("execution", request.cause().value());
    line.put("operation_id", started.id().value())
        .put("purpose", request.purpose())
        .put("processor", processor.value());
    String outcome =
        switch (started) {
          case StartResult.Accepted _ -> "accepted";
          case StartResult.AlreadyFinished(_, var status) -> status.name();
          case StartResult.TryAgain(_, var why) -> {
            log.accept(line.put("outcome", "try-again").put("reason", why).toString());
            throw new NotStarted(why);
          }
        };
    log.accept(line.put("outcome", outcome).toString());
    return Map.of("operation_id", started.id().value(), "outcome", outcome);
  }

  private OperationRequest request(ObjectNode input) {
    TaskToken task = new TaskToken(text(input.path("task_token"), "task_token"));
    JsonNode execution = input.path("execution");
    String name = text(execution.path("Name"), "execution.Name");
    if (!(input.path("data") instanceof ObjectNode data)) {
      throw new IllegalArgumentException("data must be an object");
    }
    JsonNode seconds = input.path("deadline_seconds");
    if (!seconds.isIntegralNumber() || !seconds.canConvertToInt() || seconds.intValue() < 1) {
      throw new IllegalArgumentException("deadline_seconds must be a whole number, 1 or more");
    }
    JsonNode redrives = execution.path("RedriveCount");
    if (!redrives.isMissingNode() && !redrives.isInt()) {
      throw new IllegalArgumentException("execution.RedriveCount must be a whole number");
    }
    return new OperationRequest(
        agent,
        new EventId(name),
        new CorrelationId(
            data.has("correlation_id")
                ? text(data.path("correlation_id"), "data.correlation_id")
                : name),
        text(input.path("purpose"), "purpose"),
        1 + redrives.asInt(),
        data,
        deadlines.instant().plus(Duration.ofSeconds(seconds.intValue())),
        processor,
        Optional.of(task));
  }

  private static String text(JsonNode value, String name) {
    if (!value.isTextual() || !IdText.isId(value.textValue())) {
      throw new IllegalArgumentException(
          name + " must be a text that is not blank and has no control characters");
    }
    return value.textValue();
  }
}
