package agentpost.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEFORE =
      """
      {"type":"object","required":["a"],"properties":{
        "a":{"type":"string","maxLength":10,"description":"old words"},
        "b":{"type":"string","enum":["x","y"]},
        "c":{"type":"array","items":{"type":"object","properties":{"d":{"type":"integer"}}}}}}\
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a removed property        | \"b\":{\"type\":\"string\",\"enum\":[\"x\",\"y\"]},  | ''     "
            + "                                  | /properties/b was removed",
        "a changed type            | {\"type\":\"integer\"}                            |"
            + " {\"type\":\"string\"}                     | /properties/c/items/properties/d/type"
            + " changed",
        "a newly required property | \"required\":[\"a\"]                              |"
            + " \"required\":[\"a\",\"b\"]                | /required now has b",
        "one no longer required    | \"required\":[\"a\"]                              |"
            + " \"required\":[]                           | /required no longer has a",
        "a narrower bound          | \"maxLength\":10                                  |"
            + " \"maxLength\":9                           | /properties/a/maxLength changed",
        "a new bound               | \"maxLength\":10                                  |"
            + " \"maxLength\":10,\"pattern\":\"^x\"       | /properties/a/pattern changed",
        "a smaller enum            | [\"x\",\"y\"]                                     | [\"x\"]   "
            + "                                | /properties/b/enum changed",
      })
  void findsABreak(String kind, String part, String replacement, String expected)
      throws IOException {
    assertThat(BEFORE).contains(part);
    assertThat(Compatibility.breaks(json(BEFORE), json(BEFORE.replace(part, replacement))))
        .as(kind)
        .containsExactly(expected);
  }

  @Test
  void anOptionalPropertyAndNewWordsAreCompatible() throws IOException {
    String after =
        BEFORE
            .replace("old words", "new words")
            .replace("\"b\":{", "\"e\":{\"type\":\"number\"},\"b\":{");
    assertThat(Compatibility.breaks(json(BEFORE), json(after))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"items\":[{\"type\":\"string\"}]} | {\"items\":[{\"type\":\"number\"}]} | /items"
            + " changed",
        "{\"items\":[{}]} | {\"items\":{}} | /items changed",
        "{\"definitions\":{\"a\":{}}} | {\"definitions\":{}} | /definitions/a was removed",
        "{\"definitions\":{\"a\":{}}} | {\"definitions\":{\"a\":{\"type\":\"string\"}}} |"
            + " /definitions/a/type changed",
        "{\"properties\":{\"a/b\":{}}} | {\"properties\":{}} | /properties/a~1b was removed",
      })
  void findsABreakInListsAndDefinitions(String before, String after, String expected)
      throws IOException {
    assertThat(Compatibility.breaks(json(before), json(after))).containsExactly(expected);
  }

  @Test
  void aNewDefinitionIsCompatible() throws IOException {
    assertThat(
            Compatibility.breaks(
                json("{\"definitions\":{\"a\":{}}}"),
                json("{\"definitions\":{\"a\":{},\"b\":{\"type\":\"string\"}}}")))
        .isEmpty();
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }
}
