package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.regex.RegularExpression;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An id has a character that can be seen, and no control characters: the same in the schemas and
 * wherever an id comes in.
 */
class IdTextTest {
  private static final RegularExpression OF_SCHEMAS = LinearExpression.of(IdText.PATTERN);
  private static final Pattern OF_JAVA = Pattern.compile(IdText.PATTERN);
  private static final Set<String> IDS =
      Set.of("correlation_id", "user_id", "lead_id", "group_id", "message_id", "fingerprint");

  /** One of each range beyond the spaces: what a schema that was left behind would take. */
  private static final List<String> UNSEEN =
      List.of(
          "\u200b",
          "\u2800",
          Character.toString(0x1bca0),
          Character.toString(0x1d159),
          Character.toString(0x1d173),
          Character.toString(0xe0041),
          Character.toString(0xe0100));

  /** Every character alone, and beside one that can be seen, by what Unicode says of it. */
  @Test
  void whatAnIdMayBeIsUnicodesOwn() {
    List<String> wrong = new ArrayList<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        continue;
      }
      String alone = Character.toString(c);
      boolean control = Character.getType(c) == Character.CONTROL;
      boolean seen = !control && !isSpace(c) && !isIgnorable(c) && !isBlankGlyph(c);
      if (IdText.isId(alone) != seen
          || OF_SCHEMAS.matches(alone) != seen
          || OF_JAVA.matcher(alone).find() != seen
          || IdText.isBlank(alone) == seen
          || IdText.isId("a" + alone) == control
          || OF_SCHEMAS.matches(alone + "a") == control) {
        wrong.add("U+%04X".formatted(c));
      }
    }
    assertThat(wrong).isEmpty();
  }

  /** White_Space of Unicode's PropList.txt, without its control characters. */
  private static boolean isSpace(int c) {
    return Character.isSpaceChar(c);
  }

  /** Drawn as nothing. */
  private static boolean isBlankGlyph(int c) {
    return c == 0x2800 || c == 0x1d159;
  }

  /** Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt. */
  private static boolean isIgnorable(int c) {
    return c == 0xad
        || c == 0x34f
        || c == 0x61c
        || (c >= 0x115f && c <= 0x1160)
        || (c >= 0x17b4 && c <= 0x17b5)
        || (c >= 0x180b && c <= 0x180f)
        || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f)
        || c == 0x3164
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xfeff
        || c == 0xffa0
        || (c >= 0xfff0 && c <= 0xfff8)
        || (c >= 0x1bca0 && c <= 0x1bca3)
        || (c >= 0x1d173 && c <= 0x1d17a)
        || (c >= 0xe0000 && c <= 0xe0fff);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "corr-9876",
        "usr 5678",
        "\u00fcber",
        "Jos\u00e9\u200d",
        "\u4f60\u597d",
        "\ud83d\ude00",
        "a\u00a0b",
        "0"
      })
  void whatIsUsedIsAnId(String id) {
    assertThat(IdText.isId(id)).isTrue();
    assertThat(IdText.withoutControls(id)).isEqualTo(id);
  }

  @Test
  void aControlCharacterBecomesASpace() {
    assertThat(IdText.withoutControls("a\r\nb\u0000\u0085")).isEqualTo("a  b  ");
  }

  /** Those that have no narrower pattern of their own, in every schema and every version. */
  @Test
  void everyIdOfTheSchemasIsHeldToIt() {
    EventSchemas schemas = AllEvents.schemas();
    for (String type : schemas.eventTypes()) {
      for (SchemaVersion version : schemas.versions(type)) {
        List<String> loose = new ArrayList<>();
        look(schemas.document(type, version), "", loose);
        assertThat(loose).as(type).isEmpty();
      }
    }
  }

  private static void look(JsonNode schema, String at, List<String> loose) {
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              String place = at + "/" + property.getKey();
              boolean isId = IDS.contains(property.getKey()) || place.endsWith("/about/id");
              String pattern = property.getValue().path("pattern").asText();
              if (isId
                  && (pattern.isEmpty()
                      || UNSEEN.stream().anyMatch(LinearExpression.of(pattern)::matches)
                      || LinearExpression.of(pattern).matches("a\u0000"))) {
                loose.add(place);
              }
              look(property.getValue(), place, loose);
            });
  }
}
