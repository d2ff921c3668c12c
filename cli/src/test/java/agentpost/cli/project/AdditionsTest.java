package agentpost.cli.project;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code new event} and {@code new agent} in a project. */
class AdditionsTest {
  private static final SortedSet<String> FRAMEWORKS =
      new TreeSet<>(List.of("agent.unhealthy", "deadline.reached"));

  @TempDir private Path folder;
  private Project shop;

  @BeforeEach
  void makeProject() {
    shop = NewProjectTest.shop(folder);
  }

  private List<String> event(String type) {
    return new NewEvent(shop, type, FRAMEWORKS).write();
  }

  private List<String> agent(String name, String... events) {
    return new NewAgent(shop, name, List.of(events), FRAMEWORKS).write();
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (String file : NewProjectTest.files(shop.home())) {
      contents.put(file, Files.readString(shop.home().resolve(file)));
    }
    return contents;
  }

  private interface Addition {
    List<String> make();
  }

  /** In one line, and nothing is written. */
  private void refuses(Addition addition, String why) throws IOException {
    Map<String, String> before = contents();
    assertThatThrownBy(addition::make)
        .isInstanceOf(ProjectException.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain("\n");
    assertEquals(before, contents());
  }

  private JsonNode read(String file) throws IOException {
    return new JsonMapper().readTree(shop.home().resolve(file).toFile());
  }

  @Test
  void anEventHasASchemaAnExampleAndACounterexample() throws IOException {
    assertThat(event("order.refunded"))
        .containsExactly(
            "events-schemas/order.refunded/1.schema.json",
            "events-schemas/order.refunded/examples/order-refunded.json",
            "events-schemas/order.refunded/counterexamples/without-order-id.json");
    assertThat(read("events-schemas/order.refunded/1.schema.json").at("/data/required/0").asText())
        .isEqualTo("order_id");
  }

  /** The example lacks what the schema asks for, and the counterexample has it. */
  @Test
  void bothAreToBeFilledIn() throws IOException {
    event("order.refunded");
    JsonNode example = read("events-schemas/order.refunded/examples/order-refunded.json");
    assertThat(example.path("event_type").asText()).isEqualTo("order.refunded");
    assertThat(example.path("data").has("order_id")).isFalse();
    assertThat(example.path("event_id").asText()).isEqualTo("order-refunded-1001");
    assertThat(example.at("/metadata/correlation_id").asText()).isEqualTo("order-refunded-1001");
    assertThat(
            read("events-schemas/order.refunded/counterexamples/without-order-id.json")
                .path("data")
                .has("order_id"))
        .isTrue();
  }

  /** As the project's build runs it. */
  private String compileEvents(int exitCode) throws IOException, InterruptedException {
    Process compiler =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "agentpost.schemas.SchemaCompiler",
                "events-schemas",
                "target/classes")
            .directory(shop.home().toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    assertThat(compiler.waitFor()).as(said).isEqualTo(exitCode);
    return said;
  }

  @Test
  void theBuildFailsUntilAllIsFilledIn() throws Exception {
    event("order.refunded");
    Path schema = shop.schemas().resolve("order.refunded/1.schema.json");
    Path example = shop.schemas().resolve("order.refunded/examples/order-refunded.json");
    Path counterexample =
        shop.schemas().resolve("order.refunded/counterexamples/without-order-id.json");
    assertThat(compileEvents(1))
        .contains(
            "/title: must say what happened, as in \"An order was placed\"",
            "/description: must say who publishes it, and when",
            "examples/order-refunded.json: /data/order_id: is not valid: a value is required",
            "counterexamples/without-order-id.json: is valid, and a counterexample must not be");
    Files.writeString(
        example, Files.readString(example).replace("{}", "{\"order_id\": \"ord-1\"}"));
    assertThat(compileEvents(1)).doesNotContain("examples/order-refunded.json");
    Files.writeString(
        counterexample,
        Files.readString(counterexample).replace("{\"order_id\": \"take-me-out\"}", "{}"));
    assertThat(compileEvents(1)).contains("/title", "/description").doesNotContain("examples/");
    Files.writeString(
        schema,
        Files.readString(schema)
            .replace("\"title\": \"\"", "\"title\": \"An order was refunded\"")
            .replace("\"description\": \"\"", "\"description\": \"By the shop, once.\""));
    compileEvents(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "order",
        "Order.Refunded",
        "order.",
        ".refunded",
        "order..refunded",
        "order-refunded",
        "../../evil",
        "order.refunded/x",
        "1.2",
        "bestellung.erstattet.ä"
      })
  void whatIsNoEventsNameIsRefused(String type) throws IOException {
    refuses(() -> event(type), "is not an event name: lower-case words with dots between them");
  }

  @Test
  void aNameThatIsTooLongIsRefused() throws IOException {
    refuses(() -> event("order." + "x".repeat(123)), "at most 128 characters");
  }

  @ParameterizedTest
  @CsvSource({
    "aws.something, 'begins with aws., which is reserved'",
    "agentpost.started, 'begins with agentpost., which is reserved'",
    "agent.unhealthy, is an event of agentpost's own",
    "order.placed, 'is there already, in events-schemas/order.placed'"
  })
  void aNameThatIsNotFreeIsRefused(String type, String why) throws IOException {
    refuses(() -> event(type), why);
  }

  @Test
  void anAgentHasAClassATestAndAnEntry() throws IOException {
    event("order.refunded");
    String before = Files.readString(shop.catalog());
    assertThat(agent("refund-agent", "order.refunded", "order.placed"))
        .containsExactly(
            "src/main/java/com/example/shop/RefundHandler.java",
            "src/test/java/com/example/shop/RefundHandlerTest.java");
    assertEquals(
        before
            + """

              refund-agent:
                subscribes: [order.refunded, order.placed]
                hosted: {handler: com.example.shop.RefundHandler}
            """,
        Files.readString(shop.catalog()));
    assertThat(
            Files.readString(
                shop.home().resolve("src/main/java/com/example/shop/RefundHandler.java")))
        .contains("package com.example.shop;", "/webhooks/refund-agent")
        .doesNotContain("{{");
  }

  @Test
  void anAgentMayHearWhatAgentpostPublishes() {
    assertThat(agent("watcher", "agent.unhealthy")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "refund-agent, RefundHandler",
    "agent, AgentHandler",
    "fraud-check, FraudCheckHandler",
    "a-1, A1Handler"
  })
  void aClassIsNamedAfterItsAgent(String name, String type) {
    assertThat(agent(name, "order.placed").getFirst()).endsWith("/" + type + ".java");
  }

  @ParameterizedTest
  @CsvSource({
    "Refund, is not a name: lower-case letters",
    "'', is not a name: lower-case letters",
    "../x, is not a name: lower-case letters",
    "relay, is a name that a part of agentpost has",
    "health, is the source of agentpost's own events",
    "ingest-crm, begins with ingest-",
    "replay-all, begins with replay-",
    "order-agent, there is agents.order-agent in agents.yaml; choose another name",
    "webhook, 'its class would have the name of the one that it extends, WebhookHandler'",
    "webhook-agent, 'its class would have the name of the one that it extends, WebhookHandler'",
    "order, src/main/java/com/example/shop/OrderHandler.java is there already; choose another name"
  })
  void anAgentThatCannotBeIsRefused(String name, String why) throws IOException {
    refuses(() -> agent(name, "order.placed"), why);
  }

  @Test
  void aProcessorsNamesAreTaken() throws IOException {
    Files.writeString(
        shop.catalog(),
        Files.readString(shop.catalog()) + "processors:\n  calendar:\n    external: {}\n");
    refuses(() -> agent("calendar", "order.placed"), "there is processors.calendar");
    refuses(() -> agent("calendar-worker", "order.placed"), "the claims of processors.calendar's");
  }

  @Test
  void anUnknownEventIsRefusedWithThoseThereAre() throws IOException {
    refuses(
        () -> agent("refund-agent", "order.placed", "order.refunded"),
        "there is no event order.refunded; ./agentpost new event order.refunded makes one, and"
            + " there are agent.unhealthy, deadline.reached, order.placed");
  }

  @Test
  void aCatalogThatIsBrokenStaysAsItIs() throws IOException {
    Files.writeString(shop.catalog(), "agents: [\n");
    refuses(
        () -> agent("refund-agent", "order.placed"),
        "agents.yaml is not YAML; ./agentpost synth says where");
  }

  /** What is written first is taken back. */
  @Test
  void whatCannotBeWrittenWholeIsNotWritten() throws IOException {
    Files.createDirectories(shop.home().resolve("src/test/java/com/example"));
    Path tests = shop.home().resolve("src/test/java/com/example/shop");
    for (String test : List.of("Examples.java", "OrderFlowIT.java", "OrderHandlerTest.java")) {
      Files.delete(tests.resolve(test));
    }
    Files.delete(tests);
    Files.writeString(tests, "a file where a folder must be");
    refuses(() -> agent("refund-agent", "order.placed"), "it cannot be written, and nothing was");
  }

  @Test
  void withoutHostedAgentsTheClassGoesWhereMavensGroupSays() throws IOException {
    Files.writeString(shop.catalog(), "agents:\n");
    assertThat(agent("refund-agent", "order.placed").getFirst())
        .isEqualTo("src/main/java/com/example/shop/RefundHandler.java");
  }
}
