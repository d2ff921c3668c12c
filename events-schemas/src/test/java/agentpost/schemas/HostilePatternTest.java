package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every pattern of every schema, held to a hundred thousand characters of what is worst for it. */
class HostilePatternTest {
  private static final int FLOOD = 100_000;

  /**
   * One of each kind of character that a pattern tells from others; two by two they make every
   * repeat of one group.
   */
  private static final List<String> PIECES =
      List.of("a", "A", "0", "-", "_", "/", ".", "+", ":", " ", "\ud83d\ude00");

  private static final EventSchemas SCHEMAS = AllEvents.schemas();

  /** A pattern, and the way to the text that it is for. */
  private record Place(String eventType, List<String> path, String pattern) {}

  private static Stream<Place> places() {
    return SCHEMAS.eventTypes().stream()
        .flatMap(type -> places(type, List.of(), SCHEMAS.newestDocument(type)).stream());
  }

  private static List<Place> places(String type, List<String> path, JsonNode schema) {
    List<Place> places = new ArrayList<>();
    if (schema.has("pattern")) {
      places.add(new Place(type, path, schema.path("pattern").asText()));
    }
    schema
        .path("properties")
        .properties()
        .forEach(
            property ->
                places.addAll(places(type, with(path, property.getKey()), property.getValue())));
    if (schema.has("items")) {
      places.addAll(places(type, with(path, "[]"), schema.path("items")));
    }
    return places;
  }

  private static List<String> with(List<String> path, String step) {
    List<String> longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  @Test
  void everyPatternOfEveryFileIsAmongThem() {
    long inDocuments =
        SCHEMAS.eventTypes().stream()
            .mapToLong(type -> SCHEMAS.newestDocument(type).findValues("pattern").size())
            .sum();
    assertThat(places()).hasSize((int) inDocuments).hasSizeGreaterThan(100);
  }

  @Test
  void aFloodOfAnyTwoPiecesIsMatchedOnAnyStack() {
    for (String regex : new TreeSet<>(places().map(Place::pattern).toList())) {
      var expression = LinearExpression.of(regex);
      for (String begin : List.of("A", "a", "AA")) {
        for (String first : PIECES) {
          for (String second : PIECES) {
            String repeat = first + second;
            assertThat(expression.matches(begin + repeat.repeat(FLOOD / repeat.length()) + "!"))
                .as(regex)
                .isIn(true, false);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void anEventWithSuchATextIsInvalidAndSaysWhere(Place place) {
    String flood = "A" + "/b".repeat(FLOOD / 2) + "-";
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("event_type", place.eventType());
    put(event, place.path(), flood);
    event.put("event_type", place.eventType());
    assertThat(SCHEMAS.validate(event).problem())
        .contains("/" + place.path().getFirst())
        .hasSizeLessThan(10_000);
  }

  private static void put(ObjectNode into, List<String> path, String text) {
    String step = path.getFirst();
    if (path.size() == 1) {
      into.put(step, text);
    } else if (path.get(1).equals("[]")) {
      if (path.size() == 2) {
        into.putArray(step).add(text);
      } else {
        put(into.putArray(step).addObject(), path.subList(2, path.size()), text);
      }
    } else {
      put(into.putObject(step), path.subList(1, path.size()), text);
    }
  }

  /** java.util.regex took a frame for each {@code /b}, and maxLength did not come first. */
  @Test
  void aTimeZoneOfAHundredThousandCharactersIsTooLongAndNothingElse() {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("event_type", "lead.captured");
    event.putObject("data").put("time_zone", "A" + "/b".repeat(FLOOD / 2));
    assertThat(SCHEMAS.validate(event).problem())
        .contains(
            "/data/time_zone: must have at most 64 characters (maxLength), found a string of 100001"
                + " characters");
  }

  /** A schema that is its own part: java.util.regex is not all that can overflow. */
  @Test
  void anEventOnWhichTheValidatorFailsIsInvalid() throws Exception {
    JsonNode endless = ((Json.Parsed.Read) Json.parse("{\"allOf\":[{\"$ref\":\"#\"}]}")).value();
    EventSchemas schemas =
        EventSchemas.of(Map.of("a.b", Map.of(SchemaVersion.parse("1"), endless)));
    assertThat(schemas.validate(JsonNodeFactory.instance.objectNode().put("event_type", "a.b")))
        .isInstanceOfSatisfying(
            Validation.Invalid.class,
            invalid ->
                assertThat(invalid.problem())
                    .contains(
                        "the event: must be an event that can be held to its schema",
                        "StackOverflowError"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"^(?=a)b$", "(a)\\1", "^(?!x)", "(?<=a)b", "("})
  void aPatternThatGoesBackIsRefusedWhenItIsLoaded(String regex) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.putObject("properties").putObject("data").put("pattern", regex);
    assertThatThrownBy(
            () -> EventSchemas.of(Map.of("a.b", Map.of(SchemaVersion.parse("1"), document))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(regex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\t\n",
        "\u000b",
        "\u00a0",
        "\u2003\u3000",
        "\ufeff",
        "\u200b",
        "\u0000",
        "\u0085",
        "\u001c",
        "\u00ad\u2060",
        "\u202e\u202c",
        "\u3164",
        "\ufe0f"
      })
  void aTextOfWhiteSpaceAndWhatIsNotSeenIsBlank(String text) {
    assertThat(IdText.isBlank(text)).isTrue();
    assertThat(IdText.isId(text)).isFalse();
    assertThat(LinearExpression.of("\\S").matches(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " a ", "\u200b\u00e9", "\ud83d\ude00", "\u0001x", "\ufffd"})
  void aTextWithMoreThanThatIsNot(String text) {
    assertThat(IdText.isBlank(text)).isFalse();
    assertThat(LinearExpression.of("\\S").matches(text)).isTrue();
  }

  /** java.util.regex's {@code $} is before a last line's end too. */
  @Test
  void nothingComesAfterTheEnd() {
    assertThat(LinearExpression.of("^[a-z]+$").matches("abc\n")).isFalse();
  }
}
