package agentpost.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartOperationHandlerTest {
  private static final String TOKEN = "AQB4AAAAKgAAAAMAAAAA-secret";

  private final OperationsTestBed world = new OperationsTestBed();
  private final Map<String, Object> execution =
      new HashMap<>(Map.of("Name", "demo-4711", "RoleArn", "arn:aws:iam::000000000000:role/r"));
  private final Map<String, Object> data =
      new HashMap<>(Map.of("lead_id", "lead-1", "time_zone", "Europe/Berlin"));
  private final Map<String, Object> input =
      new HashMap<>(
          Map.of(
              "task_token",
              TOKEN,
              "execution",
              execution,
              "purpose",
              "book-demo",
              "deadline_seconds",
              7200,
              "data",
              data));

  @AfterEach
  void close() {
    world.close();
  }

  private Map<String, String> invoke() {
    return new StartOperationHandler(world.platform)
        .handleRequest(input, new TestContext(Duration.ofSeconds(15)));
  }

  private String id() {
    return invoke().getOrDefault("operation_id", "");
  }

  private String row(String attribute) {
    return Optional.ofNullable(world.tables.operation(id()).get(attribute))
        .map(value -> value.s() == null ? value.n() : value.s())
        .orElse("");
  }

  @Test
  void anOperationIsStartedInTheNameOfTheWorkflow() {
    Map<String, String> answer = invoke();
    assertEquals("accepted", answer.get("outcome"));
    assertEquals("book-demo", row("agent"));
    assertEquals("demo-4711", row("cause"));
    assertEquals("demo-4711", row("flow_correlation_id"));
    assertEquals(
        Long.toString(world.clock.instant().plusSeconds(7200).getEpochSecond()), row("deadline"));
    assertEquals(TOKEN, row("task_token"));
    assertEquals(1, world.queue.messages().size());
    assertFalse(
        (answer + world.log.toString()).contains("secret"), "the token is in no answer and no log");
  }

  @Test
  void theFlowsCorrelationIdIsThatOfTheData() {
    data.put("correlation_id", "corr-9876");
    assertEquals("corr-9876", row("flow_correlation_id"));
  }

  @Test
  void anotherTryOfTheTaskIsTheSameOperationAndARedrivenExecutionIsAnother() {
    String first = id();
    input.put("task_token", "another");
    assertEquals(first, id());
    assertEquals("another", row("task_token"));
    assertEquals(1, world.queue.messages().size());
    execution.put("RedriveCount", 1);
    assertNotEquals(first, id());
  }

  @Test
  void whatMayBeStartedLaterIsSaidByAnExceptionThatTheWorkflowKnows() {
    world.processor = Optional.of(_ -> Response.json(503, "{}"));
    assertEquals(
        "the processor answered 503", assertThrows(NotStarted.class, this::invoke).getMessage());
    assertEquals(
        "agentpost.callback.NotStarted",
        NotStarted.class.getName(),
        "what the state machine retries");
    assertTrue(world.log.getLast().contains("\"outcome\":\"try-again\""), world.log::toString);
    world.processor = Optional.empty();
    assertEquals("accepted", invoke().get("outcome"));
  }

  /** "null" would be the flow of everyone who has none. */
  @Test
  void aFlowsCorrelationIdThatIsNoTextIsRefusedByName() {
    for (Object wrong : List.of(4711, true, "", " ", Map.of(), List.of("corr"))) {
      data.put("correlation_id", wrong);
      assertTrue(
          assertThrows(IllegalArgumentException.class, this::invoke)
              .toString()
              .contains("data.correlation_id must be a text"),
          wrong::toString);
    }
    data.put("correlation_id", null);
    assertTrue(
        assertThrows(IllegalArgumentException.class, this::invoke)
            .toString()
            .contains("data.correlation_id must be a text"));
    data.remove("correlation_id");
    assertEquals("accepted", invoke().get("outcome"));
  }

  @Test
  void numbersThatAreTextsAndIdsThatAreBlankAreRefusedByName() {
    Map<String, Object> wrong =
        Map.of(
            "purpose",
            " ",
            "deadline_seconds",
            "7200",
            "execution",
            Map.of("Name", " "),
            "task_token",
            " ");
    wrong.forEach(
        (name, value) -> {
          Object right = input.put(name, value);
          assertTrue(
              assertThrows(IllegalArgumentException.class, this::invoke).toString().contains(name),
              name);
          input.put(name, right);
        });
    execution.put("RedriveCount", "1");
    assertTrue(
        assertThrows(IllegalArgumentException.class, this::invoke)
            .toString()
            .contains("RedriveCount"));
  }

  @Test
  void inputThatIsNotAsAgreedIsRefusedByNameAndWithoutTheToken() {
    Map<String, Object> wrong =
        Map.of(
            "execution",
            Map.of(),
            "purpose",
            7,
            "deadline_seconds",
            0,
            "data",
            "text",
            "task_token",
            TOKEN.repeat(100));
    wrong.forEach(
        (name, value) -> {
          Object right = input.put(name, value);
          String why = assertThrows(IllegalArgumentException.class, this::invoke).toString();
          assertTrue(why.contains(name.replace('_', ' ')) || why.contains(name), name + ": " + why);
          assertFalse(why.contains("secret"), why);
          input.put(name, right);
        });
    assertEquals("accepted", invoke().get("outcome"));
  }
}
