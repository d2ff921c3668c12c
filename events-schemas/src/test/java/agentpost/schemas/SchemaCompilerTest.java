package agentpost.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaCompilerTest {
  private static final String SCHEMA = "order.placed/1.schema.json";
  private static final String EXAMPLE = "order.placed/examples/two-books.json";
  private static final String COUNTEREXAMPLE = "order.placed/counterexamples/without-order-id.json";

  private static final String OWN =
      """
      {
        "title": "An order was placed",
        "description": "Published by the shop, once per order.",
        "data": {
          "required": ["order_id"],
          "properties": {
            "order_id": {"type": "string", "minLength": 1, "pattern": "\\\\S"},
            "amount": {"type": "integer", "minimum": 1},
            "note": {"type": "string", "maxLength": 200}
          }
        }
      }
      """;

  private static final String EVENT =
      """
      {
        "event_id": "uuid-1",
        "event_type": "order.placed",
        "timestamp": "2026-03-31T10:30:00Z",
        "data": {"order_id": "o-1", "amount": 2},
        "metadata": {"source_service": "shop", "correlation_id": "corr-1"}
      }
      """;

  private static final String MARK = "[ERROR] ";

  @TempDir private Path directory;
  private Path source = Path.of("");
  private Path output = Path.of("");

  /** What came of a run: its exit code and its mistakes, with paths in the source folder. */
  private record Run(int code, List<String> lines) {}

  @BeforeEach
  void writeOneEvent() throws IOException {
    source = Files.createDirectories(directory.resolve("events"));
    output = directory.resolve("classes");
    write(SCHEMA, OWN);
    write(EXAMPLE, EVENT);
    write(COUNTEREXAMPLE, EVENT.replace("\"order_id\": \"o-1\", ", ""));
  }

  private void write(String file, String text) throws IOException {
    Path path = source.resolve(file);
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, text);
  }

  private void edit(String file, String part, String replacement) throws IOException {
    String text = Files.readString(source.resolve(file));
    assertThat(text).contains(part);
    write(file, text.replace(part, replacement));
  }

  private Run run() throws IOException {
    return run(SchemaCompiler.class.getClassLoader());
  }

  private Run run(ClassLoader classPath) throws IOException {
    return run(classPath, source.toString(), output.toString());
  }

  private Run run(ClassLoader classPath, String... args) throws IOException {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = SchemaCompiler.run(args, classPath, new PrintStream(err, true, UTF_8));
    List<String> lines = err.toString(UTF_8).replace(source + "/", "").lines().toList();
    if (code == 1) {
      assertThat(lines).as("as Maven marks them").allMatch(line -> line.startsWith(MARK));
    }
    return new Run(code, lines.stream().map(line -> line.replace(MARK, "")).toList());
  }

  private void assertRefused(String... lines) throws IOException {
    assertEquals(new Run(1, List.of(lines)), run());
    assertThat(output).doesNotExist();
  }

  @Test
  void whatIsCompiledIsWhatTheClassPathIsReadFor() throws IOException {
    assertEquals(new Run(0, List.of()), run());
    assertThat(output.resolve("META-INF/services/agentpost.event-schemas"))
        .hasContent("order.placed/1\n");
    try (URLClassLoader classPath =
        new URLClassLoader(
            new URL[] {output.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      EventSchemas schemas = EventSchemas.ofClassPath(classPath);
      assertThat(schemas.eventTypes()).containsExactly("order.placed");
      assertThat(schemas.validate(json(EVENT))).isInstanceOf(Validation.Valid.class);
      assertThat(schemas.validate(json(EVENT.replace("\"amount\": 2", "\"amount\": 0"))).problem())
          .isEqualTo("/data/amount: must be at least 1 (minimum), found a number");
      assertThat(schemas.validate(json(EVENT.replace("\"event_id\": \"uuid-1\",", ""))).problem())
          .isEqualTo("/event_id: a value is required (required), found nothing");
    }
  }

  @Test
  void aWholeSchemaHasTheEventsOwnAndTheEnvelope() throws IOException {
    run();
    JsonNode whole =
        json(Files.readString(output.resolve("agentpost/schemas/order.placed/1.schema.json")));
    assertThat(whole.path("$schema").asText()).isEqualTo("http://json-schema.org/draft-04/schema#");
    assertThat(whole.path("title").asText()).isEqualTo("An order was placed");
    assertThat(whole.at("/properties/event_type/enum")).hasToString("[\"order.placed\"]");
    ObjectNode data = whole.at("/properties/data").deepCopy();
    assertThat(data.remove("type").asText()).isEqualTo("object");
    assertThat(data.remove("description").asText()).startsWith("What happened.");
    assertThat(data).isEqualTo(json(OWN).path("data"));
  }

  /** CDK registers the text: another one is another deployment. */
  @Test
  void theSameSourcesMakeTheSameBytesAndLeaveFilesAlone() throws IOException {
    run();
    Path file = output.resolve("agentpost/schemas/order.placed/1.schema.json");
    String text = Files.readString(file);
    assertThat(text).isEqualTo(SchemaText.write(json(text))).isASCII().endsWith("}\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
    run();
    assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(1_000_000);
  }

  @Test
  void anEventThatIsGoneIsGoneFromTheOutput() throws IOException {
    run();
    Files.move(source.resolve("order.placed"), source.resolve("order.made"));
    for (String file :
        List.of("examples/two-books.json", "counterexamples/without-order-id.json")) {
      edit("order.made/" + file, "order.placed", "order.made");
    }
    assertEquals(new Run(0, List.of()), run());
    assertThat(output.resolve("META-INF/services/agentpost.event-schemas"))
        .hasContent("order.made/1\n");
    assertThat(output.resolve("agentpost/schemas/order.placed/1.schema.json")).doesNotExist();
  }

  @Test
  void whatEditorsAndMavenLeaveIsNoEvent() throws IOException {
    for (String file :
        List.of(
            "README.md",
            "pom.xml",
            ".DS_Store",
            "src/main/events/x.json",
            "target/classes/x.json",
            "order.placed/.1.schema.json.swp",
            "order.placed/1.schema.json~",
            "order.placed/examples/#two.json#",
            "order.placed/README.md")) {
      write(file, "anything");
    }
    assertEquals(new Run(0, List.of()), run());
  }

  @Test
  void thisProjectsEventsCompile() throws IOException {
    ClassLoader none = new ClassLoader(null) {};
    for (Path events : List.of(AllEvents.FRAMEWORK, AllEvents.EXAMPLES)) {
      assertEquals(
          new Run(0, List.of()), run(none, events.toString(), directory.resolve("all").toString()));
    }
  }

  static Stream<Arguments> editsOfTheSchema() {
    return Stream.of(
        schema("{\n", "{,\n", ": is not JSON (line 1, column 2)"),
        schema(
            "\"title\":",
            "\"title\": \"Twice\", \"title\":",
            ": is not JSON: a key is there twice (line 2, column 28)"),
        schema(
            "{\n  \"title\"",
            "[1]\n{\"title\"",
            ": is not JSON: there is more after its end (line 2, column 1)"),
        schema(
            "\"string\", \"minLength\"",
            "\"strnig\", \"minLength\"",
            ": /data/properties/order_id/type: must be one of array, boolean, integer, null,"
                + " number, object, string; found \"strnig\""),
        schema(
            "\"data\": {",
            "\"data\": {\"type\": \"objct\",",
            ": /data/type: must be one of array, boolean, integer, null, number, object, string;"
                + " found \"objct\""),
        schema(
            "\"data\": {",
            "\"data\": {\"type\": \"array\",",
            ": /data/required: says something of type object only, and the type is array",
            ": /data/properties: says something of type object only, and the type is array",
            ": /data/type: must be object, or left out; found \"array\""),
        schema(
            "\"required\":",
            "\"requried\":",
            ": /data/requried: is not a keyword of JSON Schema draft-04; did you mean required?"),
        schema(
            "\"maxLength\":",
            "\"maxLenght\":",
            ": /data/properties/note/maxLenght: is not a keyword of JSON Schema draft-04; did you"
                + " mean maxLength?"),
        schema(
            "\"minimum\": 1",
            "\"const\": 1",
            ": /data/properties/amount/const: is not a keyword of JSON Schema draft-04; an enum of"
                + " one value says it"),
        schema(
            "\"minimum\": 1",
            "\"minimum\": \"1\"",
            ": /data/properties/amount/minimum: must be a number; found \"1\""),
        schema(
            "\"minimum\": 1",
            "\"minimum\": 1, \"exclusiveMinimum\": 0",
            ": /data/properties/amount/exclusiveMinimum: must be true or false; found 0"),
        schema(
            "\"minimum\": 1",
            "\"exclusiveMaximum\": true",
            ": /data/properties/amount/exclusiveMaximum: says something only beside maximum"),
        schema(
            "\"minimum\": 1",
            "\"maxLength\": 3",
            ": /data/properties/amount/maxLength: says something of type string only, and the type"
                + " is integer"),
        schema(
            "\"maxLength\": 200",
            "\"maxLength\": -1",
            ": /data/properties/note/maxLength: must be a whole number, 0 or more; found -1"),
        schema(
            "\"maxLength\": 200",
            "\"format\": \"date-tme\"",
            ": /data/properties/note/format: must be one of date-time, email, hostname, ipv4, ipv6,"
                + " uri, the formats that are held to; found \"date-tme\""),
        schema(
            "\"maxLength\": 200",
            "\"pattern\": \"^(?=a)b$\"",
            ": /data/properties/note/pattern: The pattern ^(?=a)b$ cannot be matched in linear"
                + " time: invalid or unsupported Perl syntax; write one that RE2 knows"),
        schema(
            "\"maxLength\": 200",
            "\"enum\": []",
            ": /data/properties/note/enum: must be a list of one value or more; found []"),
        schema(
            "\"maxLength\": 200",
            "\"enum\": [\"a\", \"a\"]",
            ": /data/properties/note/enum/1: is there twice: \"a\""),
        schema(
            "\"note\": {",
            "\"no/te\": {\"items\": 1,",
            ": /data/properties/no~1te/items: must be a schema, an object; found 1",
            ": /data/properties/no~1te/items: says something of type array only, and the type is"
                + " string"),
        schema(
            "[\"order_id\"]",
            "[\"order_idd\"]",
            ": /data/required/0: must be one of the properties (order_id, amount, note); found"
                + " \"order_idd\""),
        schema(
            "\"note\": {",
            "\"note\": {\"$ref\": \"#/definitions/text\",",
            ": /data/properties/note/$ref: must be #/definitions/NAME of one of the definitions"
                + " beside data, and there are none; found \"#/definitions/text\"",
            ": /data/properties/note/type: stands beside a $ref, and draft-04 ignores it; put both"
                + " into allOf",
            ": /data/properties/note/maxLength: stands beside a $ref, and draft-04 ignores it; put"
                + " both into allOf"),
        schema(
            "\"note\": {",
            "\"note\": {\"id\": \"x\",",
            ": /data/properties/note/id: is the whole schema's, which has none"),
        schema(
            "\"An order was placed\"",
            "\" \"",
            ": /title: must say what happened, as in \"An order was placed\""),
        schema(
            "  \"description\": \"Published by the shop, once per order.\",\n",
            "",
            ": /description: must be a text that says who publishes it, and when"),
        schema(
            "\"data\": {",
            "\"dta\": {",
            ": /dta: is not part of an event; there are title, description, data, metadata,"
                + " definitions; did you mean data?",
            ": /data: must be the schema of the event's data, an object"),
        schema(
            "\"data\": {",
            "\"metadata\": {\"properties\": {\"correlation_id\": {}}, \"type\": \"object\"},"
                + " \"data\": {",
            ": /metadata/type: is the envelope's; an event adds properties and required only",
            ": /metadata/properties/correlation_id: is the envelope's own; leave it out"));
  }

  private static Arguments schema(String part, String replacement, String... problems) {
    return Arguments.of(part, replacement, List.of(problems));
  }

  @ParameterizedTest
  @MethodSource("editsOfTheSchema")
  void aMistakeOfTheSchemaIsALineWithItsPlace(
      String part, String replacement, List<String> problems) throws IOException {
    edit(SCHEMA, part, replacement);
    assertRefused(problems.stream().map(problem -> SCHEMA + problem).toArray(String[]::new));
  }

  @Test
  void aWholeSchemaIsRefusedWithWhatToWriteInstead() throws IOException {
    write(
        SCHEMA,
        """
        {"$schema": "http://json-schema.org/draft-04/schema#", "title": "An order was placed",
         "type": "object", "required": ["event_id", "data"], "properties": {"data": {"type": "object"}}}
        """);
    assertRefused(
        SCHEMA
            + ": is a whole schema, and the envelope is the compiler's: write an object with title,"
            + " description and data, which is what a whole schema has at /properties/data");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "orderplaced | must be named as an event type: lower-case words with dots between them,"
            + " such as order.placed, of at most 128 characters",
        "Order.Placed | must be named as an event type: lower-case words with dots between them,"
            + " such as order.placed, of at most 128 characters",
        "order..placed | must be named as an event type: lower-case words with dots between them,"
            + " such as order.placed, of at most 128 characters",
        "aws.order | begins with aws., which is reserved; choose another first word",
        "agentpost.order | begins with agentpost., which is reserved; choose another first word",
      })
  void aFolderThatIsNamedAsNoEventIsRefused(String name, String problem) throws IOException {
    Files.move(source.resolve("order.placed"), source.resolve(name));
    assertRefused(name + ": " + problem);
  }

  @Test
  void filesThatAreNoneOfAnEventsAreRefused() throws IOException {
    write("1.schema.json", OWN);
    write("order.placed/01.schema.json", OWN);
    write("order.placed/schema.json", OWN);
    write("order.placed/example/one.json", EVENT);
    write("order.placed/examples/one.txt", EVENT);
    String none =
        ": is not one of an event's files: 1.schema.json (then 1.1.schema.json, 2.schema.json …),"
            + " examples/*.json and counterexamples/*.json";
    assertRefused(
        "1.schema.json: belongs to no event: an event is a folder, <event_type>/1.schema.json",
        "order.placed/01.schema.json" + none,
        "order.placed/example" + none,
        "order.placed/examples/one.txt: must be a file with one event, named *.json",
        "order.placed/schema.json" + none);
  }

  @Test
  void aSchemaThatTheRegistryDoesNotTakeIsRefused() throws IOException {
    edit(SCHEMA, "once per order.", "o".repeat(100_000));
    int length =
        SchemaText.write(
                new Envelope()
                    .combine("order.placed", json(Files.readString(source.resolve(SCHEMA)))))
            .length();
    assertRefused(
        SCHEMA
            + ": has "
            + length
            + " characters with the envelope, and EventBridge's schema registry takes 100000");
    edit(SCHEMA, "o".repeat(length - 100_000), "");
    assertEquals(new Run(0, List.of()), run());
  }

  @Test
  void anEventWithoutItsFirstSchemaIsRefused() throws IOException {
    Files.delete(source.resolve(SCHEMA));
    assertRefused("order.placed: has no 1.schema.json, which an event begins with");
  }

  @Test
  void anEventOfTheFrameworkIsTaken() throws IOException {
    Files.move(source.resolve("order.placed"), source.resolve("agent.stopped"));
    edit("agent.stopped/examples/two-books.json", "order.placed", "agent.stopped");
    edit("agent.stopped/counterexamples/without-order-id.json", "order.placed", "agent.stopped");
    Path other = directory.resolve("framework");
    SchemaCompiler.write(AllEvents.documents(AllEvents.FRAMEWORK), other);
    try (URLClassLoader classPath =
        new URLClassLoader(
            new URL[] {other.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      assertEquals(
          new Run(
              1,
              List.of(
                  "agent.stopped: is an event of "
                      + other.toUri().toURL()
                      + " already; choose another name")),
          run(classPath));
    }
  }

  /** A second build finds what the first has made. */
  @Test
  void whatTheOutputHasIsNotTaken() throws IOException {
    run();
    edit(SCHEMA, "An order was placed", "An order came");
    try (URLClassLoader classPath =
        new URLClassLoader(
            new URL[] {output.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      assertEquals(new Run(0, List.of()), run(classPath));
    }
  }

  @Test
  void anEventWithoutExampleOrCounterexampleIsRefused() throws IOException {
    Files.delete(source.resolve(EXAMPLE));
    Files.delete(source.resolve(COUNTEREXAMPLE));
    Files.delete(source.resolve("order.placed/counterexamples"));
    assertRefused(
        "order.placed/counterexamples: has no counterexample; put a whole event that is not valid"
            + " into it, named for what is wrong with it, such as without-order-id.json",
        "order.placed/examples: has no example; put a whole event that is valid into it, as"
            + " *.json");
  }

  @Test
  void anExampleThatIsNotValidIsRefusedWithEachPlace() throws IOException {
    edit(EXAMPLE, "\"amount\": 2", "\"amount\": \"two\"");
    edit(EXAMPLE, "2026-03-31T10:30:00Z", "today");
    assertThat(run().lines())
        .containsExactlyInAnyOrder(
            EXAMPLE
                + ": /data/amount: is not valid: must be of type integer (type), found a string of"
                + " 3 characters",
            EXAMPLE
                + ": /timestamp: is not valid: must be a valid date-time (format), found a string"
                + " of 5 characters");
  }

  @Test
  void anExampleThatIsNoEventIsRefused() throws IOException {
    write(EXAMPLE, "{]");
    write("order.placed/examples/other.json", EVENT.replace("order.placed", "order.made"));
    write(
        "order.placed/examples/third.json",
        EVENT.replace("\"metadata\": {", "\"metadata\": {\"schema_version\": 2, "));
    assertRefused(
        "order.placed/examples/other.json: /event_type: must be \"order.placed\", as the folder is"
            + " named; found \"order.made\"",
        "order.placed/examples/third.json: metadata.schema_version is not one of order.placed's"
            + " major versions; known are 1",
        EXAMPLE + ": is not JSON (line 1, column 2)");
  }

  @Test
  void entriesOfPutEventsAreExamples() throws IOException {
    String entry =
        "[{\"DetailType\": \"order.placed\", \"Source\": \"%s\", \"Time\":"
            + " \"2026-03-31T10:30:00Z\", \"Detail\": \"%s\"}]";
    String detail = EVENT.replace("\n", "").replace("\"", "\\\"");
    write(EXAMPLE, entry.formatted("shop", detail));
    assertEquals(new Run(0, List.of()), run());
    Files.delete(output.resolve("META-INF/services/agentpost.event-schemas"));
    write(EXAMPLE, entry.formatted("store", detail.replace("o-1", "")));
    assertThat(run().lines())
        .contains(
            EXAMPLE
                + ": /0/Source: must be \"shop\", as the event in Detail has it; found \"store\"",
            EXAMPLE
                + ": /0/Detail/data/order_id: is not valid: must have at least 1 characters"
                + " (minLength), found a string of 0 characters");
  }

  @Test
  void aCounterexampleThatIsValidIsRefused() throws IOException {
    write(COUNTEREXAMPLE, EVENT);
    assertRefused(
        COUNTEREXAMPLE
            + ": is valid, and a counterexample must not be: make the schema narrower, or the event"
            + " worse");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "without-order-id | \"order_id\": \"o-1\" | \"order_id\": 1 | another reason |"
            + " /data/order_id: must be of type string (type), found a number",
        "amount-not-a-number | \"o-1\" | 7 | another reason |"
            + " /data/order_id: must be of type string (type), found a number",
        "no-amount | \"o-1\" | 7 | another reason |"
            + " /data/order_id: must be of type string (type), found a number",
        "unknown-note | \"o-1\" | 7 | another reason |"
            + " /data/order_id: must be of type string (type), found a number",
        "unknown-envelope-key | \"amount\": 2 | \"amount\": 0 | another reason |"
            + " /data/amount: must be at least 1 (minimum), found a number",
        "amount-below-one | \"order_id\": \"o-1\", \"amount\": 2 | \"amount\": 0 | more |"
            + " /data/order_id: a value is required (required), found nothing",
      })
  void aCounterexampleThatFailsForAnotherReasonThanItsNameIsRefused(
      String name, String part, String replacement, String more, String problem)
      throws IOException {
    Files.delete(source.resolve(COUNTEREXAMPLE));
    String file = "order.placed/counterexamples/" + name + ".json";
    write(file, EVENT);
    edit(file, part, replacement);
    assertRefused(file + ": fails for " + more + " than its name says: " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "without-metadata | \"metadata\": | \"meta\": ",
        "amount-zero | \"amount\": 2 | \"amount\": 0",
        "unknown-amount | \"amount\": 2 | \"amount\": \"some\"",
        "nonsense | \"amount\": 2 | \"amount\": 0",
        "unknown-envelope-key | \"data\": | \"dta\": {}, \"data\":",
      })
  void aCounterexampleThatFailsAsItsNameSaysIsGood(String name, String part, String replacement)
      throws IOException {
    String file = "order.placed/counterexamples/" + name + ".json";
    write(file, EVENT);
    edit(file, part, replacement);
    Run run = run();
    if (name.equals("without-metadata")) {
      // The new name is one too many.
      assertThat(run.lines())
          .containsExactly(
              file
                  + ": fails for more than its name says: /meta: no such property is allowed here"
                  + " (additionalProperties), found one");
    } else {
      assertEquals(new Run(0, List.of()), run);
    }
  }

  @Test
  void aMinorVersionOnlyAddsWhatMayBeLeftOut() throws IOException {
    write(
        "order.placed/1.1.schema.json",
        OWN.replace("\"note\":", "\"gift\": {\"type\": \"boolean\"}, \"note\":"));
    assertEquals(new Run(0, List.of()), run());
    write(
        "order.placed/1.1.schema.json",
        OWN.replace("[\"order_id\"]", "[\"order_id\", \"amount\"]").replace("200", "100"));
    assertThat(run().lines())
        .containsExactlyInAnyOrder(
            "order.placed/1.1.schema.json: is not a minor version: /properties/data/required now"
                + " has amount, and what was valid must stay so; make it 2.schema.json",
            "order.placed/1.1.schema.json: is not a minor version:"
                + " /properties/data/properties/note/maxLength changed, and what was valid must"
                + " stay so; make it 2.schema.json");
  }

  @Test
  void aMajorVersionNeedsAnExampleOfItsOwn() throws IOException {
    write("order.placed/2.schema.json", OWN.replace("200", "100"));
    assertRefused(
        "order.placed/examples: has no example of version 2, one with that"
            + " metadata.schema_version");
    write(
        "order.placed/examples/second.json",
        EVENT.replace("\"metadata\": {", "\"metadata\": {\"schema_version\": 2, "));
    assertEquals(new Run(0, List.of()), run());
    assertThat(output.resolve("META-INF/services/agentpost.event-schemas"))
        .hasContent("order.placed/1\norder.placed/2\n");
  }

  @Test
  void metadataOfItsOwnAndDefinitionsArePartsOfTheWhole() throws IOException {
    edit(
        SCHEMA,
        "\"data\": {",
        "\"metadata\": {\"required\": [\"tenant\"], \"properties\": {\"tenant\": {\"$ref\":"
            + " \"#/definitions/word\"}}}, \"definitions\": {\"word\": {\"type\": \"string\","
            + " \"pattern\": \"^[a-z]+$\"}}, \"data\": {");
    for (String file : List.of(EXAMPLE, COUNTEREXAMPLE)) {
      edit(file, "\"metadata\": {", "\"metadata\": {\"tenant\": \"acme\", ");
    }
    write(
        "order.placed/counterexamples/tenant-in-capitals.json",
        EVENT.replace("\"metadata\": {", "\"metadata\": {\"tenant\": \"ACME\", "));
    write("order.placed/counterexamples/without-tenant.json", EVENT);
    assertEquals(new Run(0, List.of()), run());
  }

  @Test
  void allMistakesOfAllEventsAreSaidAtOnce() throws IOException {
    write("order.made/1.schema.json", "{");
    write("order.sent/1.schema.json", OWN.replace("An order was placed", ""));
    edit(SCHEMA, "\"required\"", "\"requried\"");
    assertThat(run().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("order.made/1.schema.json: is not JSON"),
            line -> assertThat(line).startsWith(SCHEMA + ": /data/requried: "),
            line -> assertThat(line).startsWith("order.sent/1.schema.json: /title: "),
            line -> assertThat(line).startsWith("order.sent/counterexamples: "),
            line -> assertThat(line).startsWith("order.sent/examples: "));
  }

  @Test
  void aFolderThatIsNotThereIsRefused() throws IOException {
    assertEquals(
        new Run(1, List.of(directory + "/none: must be a folder of events, and there is none")),
        run(
            SchemaCompiler.class.getClassLoader(),
            directory.resolve("none").toString(),
            output.toString()));
  }

  @Test
  void withoutItsTwoFoldersItSaysHowItIsUsed() throws IOException {
    assertEquals(
        new Run(
            2, List.of("usage: java agentpost.schemas.SchemaCompiler SOURCE_FOLDER OUTPUT_FOLDER")),
        run(SchemaCompiler.class.getClassLoader(), source.toString()));
  }

  /** Whoever reads a folder as it is edited does not wait for its examples. */
  @Test
  void theFolderItselfCanBeReadBeforeItsWordsAndExamples() throws IOException {
    Files.delete(source.resolve(EXAMPLE));
    edit(SCHEMA, "An order was placed", "");
    assertThat(SchemaCompiler.compile(source))
        .isInstanceOfSatisfying(
            Compilation.Compiled.class,
            compiled ->
                assertThat(EventSchemas.of(compiled.documents()).validate(json(EVENT)))
                    .isInstanceOf(Validation.Valid.class));
  }

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
