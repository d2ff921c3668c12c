package agentpost.local.isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import agentpost.local.egress.Egress;
import agentpost.local.lambda.FunctionHost;
import agentpost.local.lambda.FunctionHost.Result;
import agentpost.local.lambda.FunctionSettings;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.crac.Core;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * AWS's own Java runtime interface client, in processes of its own, and what Lambda does around it.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class IsolatedSandboxesIT {
  /** Where this machine does much else, a JVM takes its time; nothing here is about how long. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static final Path CODE = Path.of("target/test-classes");
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> LOG = new CopyOnWriteArrayList<>();
  private static IsolatedSandboxes sandboxes;
  private static FunctionHost host;

  @BeforeAll
  static void start() throws Exception {
    sandboxes =
        IsolatedSandboxes.start(
            () -> 4566, Egress.closed(), (function, line) -> LOG.add(function + " " + line));
    host = new FunctionHost(sandboxes, (function, line) -> LOG.add(function + " " + line));
  }

  @AfterAll
  static void stop() {
    host.close();
  }

  @BeforeEach
  void forget() {
    LOG.clear();
  }

  private static FunctionSettings settings(String name) {
    return new FunctionSettings(
        name,
        MisbehavingHandler.class.getName(),
        Map.of("A", "1"),
        TIMEOUT,
        128,
        OptionalInt.empty(),
        false,
        Optional.of(CODE));
  }

  private static FunctionSettings within(FunctionSettings settings, Duration timeout) {
    return new FunctionSettings(
        settings.name(),
        settings.handler(),
        settings.environment(),
        timeout,
        settings.memory(),
        settings.reserved(),
        settings.snapStart(),
        settings.code());
  }

  private static FunctionSettings atInit(FunctionSettings settings, String how) {
    return new FunctionSettings(
        settings.name(),
        settings.handler(),
        Map.of("AT_INIT", how),
        settings.timeout(),
        settings.memory(),
        settings.reserved(),
        settings.snapStart(),
        settings.code());
  }

  private static FunctionSettings with(String name, UnaryOperator<FunctionSettings> change) {
    FunctionSettings settings = change.apply(settings(name));
    host.deploy(settings);
    return settings;
  }

  private static String outcome(String function, String event) {
    try {
      return switch (host.invoke(function, event)) {
        case Result.Answered<String>(var answer) -> answer;
        case Result.Failed<String>(var why) -> why;
        case Result.Throttled<String> _ -> "throttled";
        case Result.NoSuchFunction<String> _ -> "none";
      };
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode answer(String function, String event) {
    String outcome = outcome(function, event);
    try {
      return JSON.readTree(outcome);
    } catch (IOException e) {
      throw new AssertionError(outcome + "\n" + LOG, e);
    }
  }

  /** Its own hooks around the snapshot, by org.crac in a jar of its code, as functions have it. */
  @Test
  void whatIsRegisteredForTheCheckpointIsRunBeforeTheFirstInvocation(@TempDir Path code)
      throws Exception {
    Path lib = Files.createDirectories(code.resolve("lib"));
    Path crac = Path.of(Core.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Files.copy(crac, lib.resolve("crac.jar"));
    Path classes = Files.createDirectories(code.resolve("agentpost/local/isolated"));
    Files.copy(
        CODE.resolve("agentpost/local/isolated/PrimedHandler.class"),
        classes.resolve("PrimedHandler.class"));
    with(
        "primed",
        settings ->
            new FunctionSettings(
                "primed",
                PrimedHandler.class.getName(),
                Map.of(),
                TIMEOUT,
                128,
                OptionalInt.empty(),
                true,
                Optional.of(code)));
    assertThat(answer("primed", "{}"))
        .hasToString("[\"init\",\"beforeCheckpoint\",\"afterRestore\"]");
  }

  private static boolean isRunning(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void oneProcessServesOneInvocationAfterTheOther() {
    with("reused", UnaryOperator.identity());
    JsonNode first = answer("reused", "{}");
    JsonNode second = answer("reused", "{}");
    assertThat(second.path("invocations").asInt()).isEqualTo(2);
    assertThat(second.path("pid")).isEqualTo(first.path("pid"));
    await()
        .untilAsserted(
            () ->
                assertThat(LOG)
                    .contains(
                        "reused init of " + first.path("pid").asLong(), "reused invoked with {}"));
    assertThat(LOG.getFirst()).startsWith("reused INIT_START Runtime Version: java:25");
    List<String> reports =
        LOG.stream().filter(line -> line.startsWith("reused REPORT RequestId: ")).toList();
    assertThat(reports.getFirst())
        .containsPattern(
            "\tDuration: [0-9.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory"
                + " Used: \\d+ MB\tInit Duration: [0-9.]+ ms$");
    assertThat(reports.getLast()).contains("\tDuration: ").doesNotContain("Init Duration");
    assertThat(reports).hasSize(2);
  }

  @Test
  void theProcessSeesWhatItWouldOnLambda() throws Exception {
    with("described", UnaryOperator.identity());
    JsonNode seen = answer("described", "{\"do\":\"describe\"}");
    JsonNode environment = seen.path("environment");
    assertThat(environment.path("A").asText()).isEqualTo("1");
    assertThat(environment.path("_HANDLER").asText()).isEqualTo(MisbehavingHandler.class.getName());
    assertThat(environment.path("AWS_LAMBDA_FUNCTION_NAME").asText()).isEqualTo("described");
    assertThat(environment.path("AWS_LAMBDA_RUNTIME_API").asText()).matches("127\\.0\\.0\\.1:\\d+");
    assertThat(environment.path("AWS_ENDPOINT_URL").asText()).isEqualTo("http://localhost:4566");
    assertThat(environment.path("AWS_ACCESS_KEY_ID").asText()).isEqualTo("described");
    assertThat(environment.has("HOME")).as("nothing of this process's own environment").isFalse();
    assertThat(environment.path("LAMBDA_TASK_ROOT").asText())
        .isEqualTo(seen.path("directory").asText())
        .isEqualTo(CODE.toRealPath().toString());
    // 85 % of the memory, less the survivor space that the JVM does not count.
    assertThat(seen.path("heap").asLong())
        .isBetween(
            FunctionProcessCommand.heapKilobytes(128) * 1024 * 9 / 10,
            FunctionProcessCommand.heapKilobytes(128) * 1024);
    assertThat(seen.path("memory").asInt()).isEqualTo(128);
    assertThat(seen.path("function").asText()).isEqualTo("described");
    assertThat(seen.path("arn").asText())
        .isEqualTo("arn:aws:lambda:us-east-1:000000000000:function:described:live");
    assertThat(seen.path("remaining").asLong()).isBetween(1L, TIMEOUT.toMillis());
    assertThat(seen.path("classPath").asText())
        .contains("aws-lambda-java-runtime-interface-client")
        .doesNotContain("localstack", "functions", "test-classes");
    assertThat(seen.path("api").asText()).isEqualTo("3.80.0.1");
    assertThat(seen.path("localhost").asBoolean()).isTrue();
  }

  @Test
  void whatTheHandlerThrowsIsItsErrorAndTheProcessGoesOn() {
    with("throwing", UnaryOperator.identity());
    long pid = answer("throwing", "{}").path("pid").asLong();
    assertThat(outcome("throwing", "{\"do\":\"throw\"}"))
        .isEqualTo("failed: java.lang.IllegalArgumentException: not like this");
    assertThat(answer("throwing", "{}").path("pid").asLong()).isEqualTo(pid);
    await()
        .untilAsserted(
            () ->
                assertThat(LOG)
                    .anyMatch(
                        line ->
                            line.contains("REPORT")
                                && line.endsWith(
                                    "\tStatus: error\tError Type:"
                                        + " java.lang.IllegalArgumentException")));
  }

  @Test
  void aFunctionThatTakesTooLongIsKilledAndTheNextCallStartsAnew() {
    with("slow", settings -> within(settings, Duration.ofMillis(1_500)));
    String before = outcome("slow", "{\"do\":\"hang\"}");
    assertThat(before)
        .matches(
            "failed: Sandbox\\.Timedout: RequestId: [0-9a-f-]{36} Error: Task timed out after"
                + " 1\\.50 seconds");
    assertThat(LOG)
        .anyMatch(
            line -> line.matches("slow \\S+Z [0-9a-f-]{36} Task timed out after 1\\.50 seconds"));
    assertThat(LOG).anyMatch(line -> line.contains("REPORT") && line.endsWith("\tStatus: timeout"));
    assertThat(answer("slow", "{}").path("invocations").asInt()).isEqualTo(1);
  }

  @Test
  void memoryBeyondTheLimitIsAnErrorAndTheNextCallStartsAnew() {
    with("greedy", UnaryOperator.identity());
    long pid = answer("greedy", "{}").path("pid").asLong();
    assertThat(outcome("greedy", "{\"do\":\"allocate\"}"))
        .startsWith("failed: java.lang.OutOfMemoryError: Java heap space");
    await().atMost(TIMEOUT).until(() -> !isRunning(pid));
    assertThat(answer("greedy", "{}").path("invocations").asInt()).isEqualTo(1);
  }

  @Test
  void aFunctionThatExitsIsAnErrorInLambdasWordsAndTheNextCallStartsAnew() {
    with("leaving", UnaryOperator.identity());
    assertThat(outcome("leaving", "{\"do\":\"exit\",\"code\":7}"))
        .matches(
            "failed: Runtime\\.ExitError: RequestId: [0-9a-f-]{36} Error: Runtime exited with"
                + " error: exit status 7");
    assertThat(outcome("leaving", "{\"do\":\"exit\",\"code\":0}"))
        .endsWith("Error: Runtime exited without providing a reason");
    assertThat(answer("leaving", "{}").path("invocations").asInt()).isEqualTo(1);
  }

  @Test
  void aFailureAtInitIsSaid() {
    with("broken", settings -> atInit(settings, "throw"));
    assertThat(outcome("broken", "{}"))
        .isEqualTo("failed at init: java.lang.IllegalStateException: no such table");
    assertThat(outcome("broken", "{}"))
        .as("again, from a process of its own")
        .isEqualTo("failed at init: java.lang.IllegalStateException: no such table");
    assertThat(LOG)
        .anyMatch(
            line ->
                line.startsWith("broken INIT_REPORT")
                    && line.endsWith(
                        "\tPhase: init\tStatus: error\tError Type:"
                            + " java.lang.IllegalStateException"));
    with("broken-off", settings -> atInit(settings, "exit"));
    assertThat(outcome("broken-off", "{}"))
        .isEqualTo(
            "failed at init: Runtime.ExitError: Error: Runtime exited with error: exit status 3");
  }

  @Test
  void aHandlerThatIsNotInTheCodeIsSaid() {
    with(
        "misspelt",
        settings ->
            new FunctionSettings(
                "misspelt",
                "no.such.Handler",
                Map.of(),
                TIMEOUT,
                128,
                OptionalInt.empty(),
                false,
                Optional.of(CODE)));
    assertThat(outcome("misspelt", "{}"))
        .isEqualTo("failed: java.lang.ClassNotFoundException: Class not found: no.such.Handler");
  }

  @Test
  void codeThatIsNotThereIsRefusedWithTheFunctionsName() {
    FunctionSettings nowhere =
        new FunctionSettings(
            "nowhere",
            "h",
            Map.of(),
            TIMEOUT,
            128,
            OptionalInt.empty(),
            false,
            Optional.of(Path.of("no.zip")));
    assertThatThrownBy(() -> host.deploy(nowhere))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere")
        .hasMessageContaining("no.zip");
  }

  @Test
  void invocationsAtTheSameTimeHaveAProcessEachAndWhatIsBeyondTheReservationIsThrottled()
      throws Exception {
    with(
        "two",
        settings ->
            new FunctionSettings(
                "two",
                settings.handler(),
                Map.of(),
                TIMEOUT,
                128,
                OptionalInt.of(2),
                false,
                Optional.of(CODE)));
    List<CompletableFuture<String>> hanging =
        Stream.generate(
                () -> CompletableFuture.supplyAsync(() -> outcome("two", "{\"do\":\"hang\"}")))
            .limit(2)
            .toList();
    await()
        .atMost(TIMEOUT)
        .until(() -> LOG.stream().filter("two invoked with {do=hang}"::equals).count() == 2);
    assertThat(sandboxes.pids("two")).hasSize(2);
    assertThat(outcome("two", "{}")).isEqualTo("throttled");
    for (long pid : sandboxes.pids("two")) {
      terminate(pid);
    }
    assertThat(hanging.stream().map(CompletableFuture::join))
        .allMatch(outcome -> outcome.endsWith("signal: terminated"));
    assertThat(answer("two", "{}").path("invocations").asInt()).isEqualTo(1);
  }

  @Test
  void aProcessThatIsToldToEndDoesSoWhetherItIsIdleOrAtWork() throws Exception {
    with("polite", UnaryOperator.identity());
    long idle = answer("polite", "{}").path("pid").asLong();
    terminate(idle);
    await().atMost(TIMEOUT).until(() -> !isRunning(idle));
    CompletableFuture<String> atWork =
        CompletableFuture.supplyAsync(() -> outcome("polite", "{\"do\":\"hang\"}"));
    await().atMost(TIMEOUT).until(() -> LOG.contains("polite invoked with {do=hang}"));
    terminate(sandboxes.pids("polite").iterator().next());
    assertThat(atWork.get(60, TimeUnit.SECONDS))
        .endsWith("Error: Runtime exited with error: signal: terminated");
  }

  private static void terminate(long pid) throws Exception {
    new ProcessBuilder("kill", "-TERM", Long.toString(pid)).inheritIO().start().waitFor();
  }

  @Test
  void idleProcessesAreStopped() throws Exception {
    try (IsolatedSandboxes hasty =
        IsolatedSandboxes.start(
            () -> 1, Egress.closed(), (_, line) -> LOG.add(line), Duration.ofMillis(200))) {
      FunctionHost shortLived = new FunctionHost(hasty, (_, line) -> LOG.add(line));
      shortLived.deploy(settings("idle"));
      assertThat(shortLived.invoke("idle", "{}")).isInstanceOf(Result.Answered.class);
      await().atMost(TIMEOUT).until(() -> hasty.pids("idle").isEmpty());
      assertThat(shortLived.invoke("idle", "{}")).isInstanceOf(Result.Answered.class);
    }
  }

  @Test
  void allEndWithTheCloudAndNothingIsLeftOnDisk() throws Exception {
    List<Path> before = temporary();
    long pid;
    try (IsolatedSandboxes brief =
        IsolatedSandboxes.start(() -> 1, Egress.closed(), (_, line) -> LOG.add(line))) {
      FunctionHost functions = new FunctionHost(brief, (_, line) -> LOG.add(line));
      functions.deploy(settings("brief"));
      Thread.ofVirtual().start(() -> functions.succeeds("brief", "{\"do\":\"loop\"}"));
      await().atMost(TIMEOUT).until(() -> LOG.contains("looping"));
      pid = brief.pids("brief").iterator().next();
    }
    await().atMost(TIMEOUT).until(() -> !isRunning(pid));
    assertThat(temporary()).containsExactlyInAnyOrderElementsOf(before);
  }

  private static List<Path> temporary() throws Exception {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(
              path ->
                  path.getFileName()
                      .toString()
                      .startsWith("agentpost-isolated-" + ProcessHandle.current().pid()))
          .toList();
    }
  }

  @Test
  void aFunctionDoesNotOutliveACloudThatIsKilled() throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OrphanedParent.class.getName(),
                CODE.toAbsolutePath().toString()));
    Process parent = new ProcessBuilder(words).redirectErrorStream(true).start();
    try (BufferedReader lines = parent.inputReader()) {
      long pid = 0;
      for (String line = lines.readLine();
          line != null && !line.equals("looping");
          line = lines.readLine()) {
        pid =
            line.startsWith("init of ") ? Long.parseLong(line.substring("init of ".length())) : pid;
      }
      long orphan = pid;
      assertThat(isRunning(orphan)).isTrue();
      parent.destroyForcibly();
      await().atMost(TIMEOUT).until(() -> !isRunning(orphan));
    } finally {
      parent.destroyForcibly();
    }
  }
}
