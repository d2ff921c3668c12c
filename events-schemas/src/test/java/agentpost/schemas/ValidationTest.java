package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ValidationTest {
  private static final SchemaVersion FIRST = SchemaVersion.parse("1");

  private static Violation violation(String pointer) {
    return new Violation(pointer, "type", "must be of type string", "a number");
  }

  @Test
  void saysAllOfAFewViolations() {
    String problem =
        new Validation.Invalid(
                "user.signed_up", FIRST, List.of(violation("/data/a"), violation("")))
            .problem();
    assertThat(problem)
        .isEqualTo(
            "/data/a: must be of type string (type), found a number; the event: must be of type"
                + " string (type), found a number");
  }

  @Test
  void countsTheRestOfMany() {
    List<Violation> many =
        IntStream.range(0, 100_000).mapToObj(i -> violation("/data/" + i)).toList();
    assertThat(new Validation.Invalid("user.signed_up", FIRST, many).problem())
        .hasSizeLessThan(1000)
        .endsWith("; and 99990 more");
  }

  @Test
  void shortensAPlaceThatIsNamedAtLength() {
    assertThat(violation("/data/" + "n".repeat(50_000)).toString())
        .hasSizeLessThan(300)
        .contains("nnn…: must be");
  }

  @Test
  void anAddressLongerThanAnyIsNone() {
    EventSchemas schemas = AllEvents.schemas();
    var event =
        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
            .objectNode()
            .put("event_type", "user.signed_up");
    event.putObject("data").put("email", "a@" + "\u00e9".repeat(100_000));
    assertThat(schemas.validate(event).problem())
        .contains(
            "/data/email: must be a valid email (format), found a string of 100002 characters");
  }
}
