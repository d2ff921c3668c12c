package agentpost.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static JsonNode read(String text) {
    assertThat(Json.parse(text)).isEqualTo(Json.parse(text.getBytes(UTF_8)));
    return ((Json.Parsed.Read) Json.parse(text)).value();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "100.0",
        "12345678901234567890.25",
        "-0",
        "-0e0",
        "0E-10",
        "1e-7",
        "1E400",
        "1e2",
        "1E+2",
        "1.0E-2",
        "0.0000001",
        "-0.0",
        "0.10",
        "1e999999999",
        "12345678901234567890123456789012345678901234567890",
        "9223372036854775808",
        "2147483648",
        "0",
        "-1"
      })
  void aNumberIsWrittenAsItWas(String number) {
    assertThat(read(number)).hasToString(number);
    assertThat(read("{\"a\":[" + number + "]}")).hasToString("{\"a\":[" + number + "]}");
    assertThat(read(number).asText()).isEqualTo(number);
    assertThat(read("{\"a\":" + number + "}").deepCopy().toString())
        .isEqualTo("{\"a\":" + number + "}");
  }

  /**
   * As a mapper's trees are: half a surrogate pair is the mapper's to bear, a number is the text
   * that it was.
   */
  @Test
  void aMapperReadsTheSameNumbers() throws JsonProcessingException {
    JsonMapper mapper = JsonMapper.builder().addModule(JsonTree.module()).build();
    String text =
        "{\"a\":[-0,-0.0,0E-10,1e-7,1E400,100.0,12345678901234567890.25,9223372036854775808,7,null,{\"b\":true}],\"c\":\"x\"}";
    assertThat(mapper.readTree(text)).hasToString(text);
    assertThat(mapper.writeValueAsString(mapper.readTree(text))).isEqualTo(text);
    assertThat(mapper.readTree("null").isNull()).isTrue();
    assertThat(mapper.readTree("").isMissingNode()).isTrue();
    assertThatThrownBy(() -> mapper.readTree("{\"a\":1e99999999999}"))
        .isInstanceOf(NumberFormatException.class);
  }

  @Test
  void allOfJsonIsRead() {
    String text =
        "{\"a\":[1,1.5,\"x\",true,false,null,{},[]],\"\u00e9\ud83d\ude00\":\"\\u0000\\ud83d\\ude00\"}";
    assertThat(read(text))
        .hasToString(
            "{\"a\":[1,1.5,\"x\",true,false,null,{},[]],\"\u00e9\ud83d\ude00\":\"\\u0000\ud83d\ude00\"}");
    assertThat(read(" 1 \n").isInt()).isTrue();
    assertThat(read("2147483648").isLong()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|is empty",
        "{|is not JSON (line 1",
        "{} {}|more after its end",
        "1 2|more after its end",
        "{\"a\":1,\"a\":2}|is not JSON: a key is there twice (line 1",
        "{'a':1}|is not JSON",
        "{\"a\":NaN}|is not JSON",
        "[1,]|is not JSON",
        "01|is not JSON",
        "{\"a\":\"\\ud83d\"}|half of a surrogate pair",
        "[\"\\ude00\\ud83d\"]|half of a surrogate pair",
        "{\"\\ud83dx\":1}|is not JSON",
        "1e99999999999|too large or too small",
      })
  void whatIsNotJsonSaysWhy(String text, String why) {
    assertThat(Json.parse(text))
        .isInstanceOfSatisfying(
            Json.Parsed.NotJson.class, not -> assertThat(not.why()).contains(why));
    assertThat(Json.parse(text.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            Json.Parsed.NotJson.class, not -> assertThat(not.why()).contains(why));
  }

  @Test
  void whatGoesTooFarIsNotJson() {
    assertThat(Json.parse("[".repeat(65) + "]".repeat(65))).isInstanceOf(Json.Parsed.NotJson.class);
    assertThat(Json.parse("[".repeat(64) + "]".repeat(64))).isInstanceOf(Json.Parsed.Read.class);
    assertThat(Json.parse("1".repeat(101))).isInstanceOf(Json.Parsed.NotJson.class);
    assertThat(Json.parse("0." + "1".repeat(101))).isInstanceOf(Json.Parsed.NotJson.class);
    assertThat(Json.parse("\ufeff{}"))
        .isEqualTo(
            new Json.Parsed.NotJson("begins with a byte order mark, which it must not have"));
    assertThat(Json.parse(new byte[] {'"', (byte) 0xc3, '"'}))
        .isEqualTo(new Json.Parsed.NotJson("is not UTF-8"));
  }
}
