package agentpost.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.operations.OperationClient;
import agentpost.platform.Platform;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartUpTest {
  private final OperationsTestBed world = new OperationsTestBed();

  @AfterEach
  void close() {
    world.close();
  }

  private Platform with(Map<String, String> environment) {
    return new Platform(
        environment,
        world.clock,
        world.platform.aws(),
        world.platform.http(),
        world.network,
        world.log::add);
  }

  @Test
  void whatIsMissingIsNamedAllAtOnce() {
    Map<Function<Platform, Object>, List<String>> needs =
        Map.of(
            CallbackHandler::new,
                List.of("PROCESSORS", "PROCESSOR_SECRET_PREFIX", "OPERATIONS_TABLE", "BUS_NAME"),
            ProcessDataHandler::new,
                List.of("PROCESSOR", "PROCESSOR_SECRET_PREFIX", "CLAIMS_TABLE", "WORK_QUEUE_URL"),
            TestWorker::new,
                List.of(
                    "PROCESSOR",
                    "PROCESSOR_SECRET_PREFIX",
                    "CLAIMS_TABLE",
                    "AGENT_STATE_TABLE",
                    "WORK_QUEUE_URL"),
            StartOperationHandler::new, List.of("AGENT", "PROCESSOR"),
            TimeoutHandler::new, List.of("OPERATIONS_TABLE"),
            OperationClient::from,
                List.of(
                    "OPERATIONS_TABLE",
                    "PROCESSOR_URL",
                    "CALLBACK_URL",
                    "PROCESSOR_SECRET_PREFIX"));
    needs.forEach(
        (start, names) ->
            assertEquals(
                "Environment variables are missing: " + String.join(", ", names),
                assertThrows(IllegalStateException.class, () -> start.apply(with(Map.of())))
                    .getMessage()));
  }

  @Test
  void aFunctionWithoutItsSecretDoesNotStart() {
    Map<String, String> environment = new HashMap<>(OperationsTestBed.ENVIRONMENT);
    environment.put("PROCESSOR", "nobody");
    environment.put("PROCESSORS", "calendar,nobody");
    for (Function<Platform, Object> start :
        List.<Function<Platform, Object>>of(
            CallbackHandler::new, ProcessDataHandler::new, TestWorker::new)) {
      String why =
          assertThrows(IllegalStateException.class, () -> start.apply(with(environment)))
              .toString();
      assertTrue(why.contains("secret agentpost/processors/nobody does not exist"), why);
    }
  }

  @Test
  void portsThatAreNoneAreSaidAtStart() {
    Map<String, String> environment = new HashMap<>(OperationsTestBed.ENVIRONMENT);
    environment.put("CALLBACK_ALLOWED_PORTS", "443,https");
    assertThrows(IllegalStateException.class, () -> new TestWorker(with(environment)));
  }
}
