package agentpost.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.FieldMapping;
import agentpost.catalog.Mapping;
import agentpost.schemas.Json;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is mapped is the number that the sender wrote, character by character. */
class NumbersTest {
  private static JsonNode read(String text) {
    return ((Json.Parsed.Read) Json.parse(text)).value();
  }

  private static String mapped(String payload, FieldMapping.As as) {
    ObjectNode data =
        FieldMapper.dataOf(
            new Mapping(
                "lead.captured", Map.of("n", new FieldMapping.At(JsonPointer.compile("/n"), as))),
            read(payload));
    return data.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-0",
        "-0.0",
        "0",
        "0E-10",
        "1e-7",
        "1E400",
        "100.0",
        "1.10",
        "12345678901234567890.25",
        "9223372036854775808"
      })
  void aNumberIsMappedAsItWasWritten(String number) {
    assertThat(mapped("{\"n\":" + number + "}", FieldMapping.As.IS))
        .isEqualTo("{\"n\":" + number + "}");
    assertThat(mapped("{\"n\":{\"deep\":[" + number + "]}}", FieldMapping.As.IS))
        .isEqualTo("{\"n\":{\"deep\":[" + number + "]}}");
    assertThat(mapped("{\"n\":" + number + "}", FieldMapping.As.TEXT))
        .isEqualTo("{\"n\":\"" + number + "\"}");
    assertThat(mapped("{\"n\":" + number + "}", FieldMapping.As.NUMBER))
        .isEqualTo("{\"n\":" + number + "}");
  }

  @Provide
  Arbitrary<String> decimals() {
    Arbitrary<String> whole =
        Arbitraries.strings()
            .numeric()
            .ofMinLength(1)
            .ofMaxLength(18)
            .map(digits -> digits.replaceFirst("^0+(?=.)", ""));
    Arbitrary<String> fraction =
        Arbitraries.strings()
            .numeric()
            .ofMaxLength(18)
            .map(digits -> digits.isEmpty() ? "" : "." + digits);
    return Combinators.combine(
            Arbitraries.of("", "-"), Arbitraries.oneOf(whole, Arbitraries.just("0")), fraction)
        .as((sign, one, two) -> sign + one + two);
  }

  /** As forms write them. {@code -0.0} was mapped to 0.0, and {@code 0.0000001} to 1E-7. */
  @Property
  void aTextBecomesTheNumberWithTheSameCharacters(@ForAll("decimals") String number) {
    assertThat(mapped("{\"n\":\"" + number + "\"}", FieldMapping.As.NUMBER))
        .isEqualTo("{\"n\":" + number + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e5",
        "01",
        "+1",
        "1.",
        ".5",
        "NaN",
        "0x10",
        "1 ",
        "",
        "12345678901234567890123456789012345678901"
      })
  void whatIsNoPlainNumberStaysAText(String text) {
    assertThat(mapped("{\"n\":\"" + text + "\"}", FieldMapping.As.NUMBER))
        .isEqualTo("{\"n\":\"" + text + "\"}");
  }
}
