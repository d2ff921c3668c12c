package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EventSchemasTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final EventSchemas schemas = AllEvents.schemas();

  @Test
  void whatTheClassPathHasIsTheFrameworks() {
    assertThat(EventSchemas.load().eventTypes())
        .isEqualTo(AllEvents.documents(AllEvents.FRAMEWORK).keySet())
        .contains("agent.unhealthy", "operation.completed")
        .doesNotContain("user.signed_up");
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
    JsonNode v1 = schemas.newestDocument("user.signed_up");
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
    return (ObjectNode)
        read(AllEvents.EXAMPLES.resolve("user.signed_up/examples/premium-trial.json"));
  }

  private static JsonNode read(Path file) throws IOException {
    return JSON.readTree(file.toFile());
  }
}
