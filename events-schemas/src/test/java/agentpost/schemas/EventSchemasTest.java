package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventSchemasTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path HERE = Path.of("").toAbsolutePath();
  private final EventSchemas schemas = EventSchemas.load();

  static Stream<Path> examples() throws IOException {
    return files("examples/*.json").stream().filter(file -> !file.endsWith("put-events.json"));
  }

  static Stream<Path> putEvents() throws IOException {
    return files("examples/put-events.json").stream();
  }

  static Stream<Path> counterexamples() throws IOException {
    return files("counterexamples/*.json").stream();
  }

  static Stream<Path> schemaFiles() throws IOException {
    return files("*.schema.json").stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleValidates(Path example) throws IOException {
    assertThat(schemas.validate(read(example))).isInstanceOf(Validation.Valid.class);
  }

  @ParameterizedTest
  @MethodSource("counterexamples")
  void noCounterexampleValidates(Path counterexample) throws IOException {
    assertThat(schemas.validate(read(counterexample))).isInstanceOf(Validation.Invalid.class);
  }

  @ParameterizedTest
  @MethodSource("putEvents")
  void everyPutEventsExampleHoldsAValidEventUnderItsOwnName(Path file) throws IOException {
    for (JsonNode entry : read(file)) {
      JsonNode event = JSON.readTree(entry.path("Detail").asText());
      assertThat(schemas.validate(event)).isInstanceOf(Validation.Valid.class);
      assertThat(entry.path("DetailType")).isEqualTo(event.path("event_type"));
      assertThat(entry.path("Source")).isEqualTo(event.path("metadata").path("source_service"));
      assertThat(entry.path("Time")).isEqualTo(event.path("timestamp"));
    }
  }

  @ParameterizedTest
  @MethodSource("schemaFiles")
  void everyFileIsDraft4AndDescribesTheTypeItIsFiledUnder(Path file) throws IOException {
    JsonNode schema = read(file);
    assertThat(schema.path("$schema").asText())
        .isEqualTo("http://json-schema.org/draft-04/schema#");
    assertThat(schema.at("/properties/event_type/enum")).hasToString("[\"" + type(file) + "\"]");
  }

  @Test
  void theIndexListsEveryFileAndNothingElse() throws IOException {
    List<String> listed =
        Files.readAllLines(HERE.resolve("src/main/resources/agentpost/schemas/index.txt"));
    List<String> there =
        schemaFiles().map(file -> type(file) + "/" + version(file)).sorted().toList();
    assertThat(listed).isEqualTo(there);
  }

  @Test
  void everyTypeHasExamplesAndCounterexamples() throws IOException {
    for (String type : schemas.eventTypes()) {
      assertThat(files("examples/*.json")).anyMatch(file -> file.toString().contains(type));
      assertThat(files("counterexamples/*.json")).anyMatch(file -> file.toString().contains(type));
    }
  }

  @Test
  void everyMinorVersionIsCompatibleWithTheOneBefore() throws IOException {
    Map<String, TreeMap<SchemaVersion, JsonNode>> byType = new TreeMap<>();
    for (Path file : schemaFiles().toList()) {
      byType
          .computeIfAbsent(type(file), _ -> new TreeMap<>())
          .put(SchemaVersion.parse(version(file)), read(file));
    }
    byType.forEach(
        (type, versions) ->
            versions.forEach(
                (version, schema) -> {
                  var before = versions.lowerEntry(version);
                  if (before != null && before.getKey().major() == version.major()) {
                    assertThat(Compatibility.breaks(before.getValue(), schema))
                        .as(type + " " + version)
                        .isEmpty();
                  }
                }));
  }

  @Test
  void aMissingPropertyIsNamedByItsPointer() throws IOException {
    assertThat(violations(event -> data(event).remove("email")))
        .containsExactly(
            new Violation("/data/email", "required", "a value is required", "nothing"));
  }

  @Test
  void aWrongTypeIsNamedWithoutItsValue() throws IOException {
    assertThat(violations(event -> data(event).put("user_id", 4711)))
        .containsExactly(
            new Violation("/data/user_id", "type", "must be of type string", "a number"));
  }

  @Test
  void aWrongFormatIsNamedWithoutItsValue() throws IOException {
    assertThat(violations(event -> data(event).put("email", "secret@@place")))
        .singleElement()
        .satisfies(
            v ->
                assertThat(v.toString())
                    .contains("/data/email", "email", "13 characters")
                    .doesNotContain("secret"));
  }

  @Test
  void severalViolationsAreAllReported() throws IOException {
    assertThat(violations(event -> data(event).put("email", 1).put("user_id", "")))
        .extracting(violation -> violation.pointer() + " " + violation.rule())
        .containsExactlyInAnyOrder(
            "/data/email type", "/data/user_id minLength", "/data/user_id pattern");
  }

  @Test
  void anUnknownTypeNamesTheKnownOnes() throws IOException {
    assertThat(schemas.validate(example().put("event_type", "user.signed_upp")).problem())
        .contains("'user.signed_upp'", "trial.started")
        .endsWith(", user.signed_up");
  }

  @Test
  void aTypeThatIsNoStringIsUnknown() throws IOException {
    assertThat(schemas.validate(example().put("event_type", 1)))
        .isInstanceOf(Validation.UnknownEvent.class);
    assertThat(schemas.validate(JSON.readTree("[]"))).isInstanceOf(Validation.UnknownEvent.class);
  }

  @Test
  void aMajorVersionThatDoesNotExistIsUnknown() throws IOException {
    ObjectNode event = example();
    metadata(event).put("schema_version", 2);
    assertThat(schemas.validate(event)).isInstanceOf(Validation.UnknownVersion.class);
    metadata(event).put("schema_version", "1");
    assertThat(schemas.validate(event)).isInstanceOf(Validation.UnknownVersion.class);
  }

  @Test
  void theNewestMinorOfTheMajorAskedForApplies() throws IOException {
    JsonNode v1 = read(HERE.resolve("user.signed_up/1.schema.json"));
    ObjectNode v11 = v1.deepCopy();
    ((ObjectNode) v11.at("/properties/data/properties"))
        .putObject("referrer")
        .put("type", "string");
    EventSchemas two =
        EventSchemas.of(
            Map.of(
                "user.signed_up",
                Map.of(SchemaVersion.parse("1"), v1, SchemaVersion.parse("1.1"), v11)));
    assertThat(two.validate(example()))
        .isEqualTo(new Validation.Valid("user.signed_up", new SchemaVersion(1, 1)));
    ObjectNode event = example();
    data(event).put("referrer", 5);
    assertThat(two.validate(event)).isInstanceOf(Validation.Invalid.class);
  }

  private List<Violation> violations(Consumer<ObjectNode> change) throws IOException {
    ObjectNode event = example();
    change.accept(event);
    return ((Validation.Invalid) schemas.validate(event)).violations();
  }

  private static ObjectNode data(ObjectNode event) {
    return (ObjectNode) event.path("data");
  }

  private static ObjectNode metadata(ObjectNode event) {
    return (ObjectNode) event.path("metadata");
  }

  private static ObjectNode example() throws IOException {
    return (ObjectNode) read(HERE.resolve("user.signed_up/examples/premium-trial.json"));
  }

  private static JsonNode read(Path file) throws IOException {
    return JSON.readTree(file.toFile());
  }

  private static String type(Path file) {
    return HERE.relativize(file).getName(0).toString();
  }

  private static String version(Path file) {
    return file.getFileName().toString().replace(".schema.json", "");
  }

  /** Files of every event type; the glob is below the type's folder. */
  private static List<Path> files(String glob) throws IOException {
    var matcher = HERE.getFileSystem().getPathMatcher("glob:" + HERE + "/*.*/" + glob);
    try (Stream<Path> all = Files.walk(HERE, 3)) {
      return all.filter(matcher::matches).sorted().toList();
    }
  }
}
