package agentpost.local.eventbridge.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.hostile.FuzzInputs;
import agentpost.local.wire.AwsException;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostilePatternTest {
  private static final String EVENT =
      "{\"version\":\"0\",\"source\":\"s\",\"detail-type\":\"t\",\"detail\":{\"a\":\"aaaaaaaaaaaaaaaaaaaab\",\"n\":[1,2]}}";

  private static void assertInvalid(String pattern) {
    assertThatThrownBy(() -> Patterns.check(pattern))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertEquals("InvalidEventPatternException", e.code()))
        .hasMessageStartingWith("Event pattern is not valid. Reason: ");
  }

  @Property
  void everyPatternIsTakenOrInvalid(
      @ForAll(supplier = FuzzInputs.Json.class) String pattern,
      @ForAll(supplier = FuzzInputs.Json.class) String value) {
    for (String each :
        new String[] {
          pattern,
          "{\"detail\":" + pattern + "}",
          "{\"detail\":{\"a\":[" + value + "]}}",
          "{\"source\":[{\"wildcard\":" + value + "}]}"
        }) {
      try {
        Patterns.matches(each, EVENT);
      } catch (AwsException e) {
        assertEquals(400, e.status());
        assertEquals("InvalidEventPatternException", e.code());
      }
    }
  }

  @Property
  void everyEventIsMatchedOrInvalid(@ForAll(supplier = FuzzInputs.Json.class) String event) {
    for (String each : new String[] {event, "{\"detail\":" + event + "}"}) {
      try {
        Patterns.matches(
            "{\"detail\":{\"a\":[{\"numeric\":[\">\",1]},\"x\",{\"exists\":false}]}}", each);
      } catch (AwsException e) {
        assertEquals("ValidationException", e.code());
      }
    }
  }

  @Test
  void alternativesThatMakeAMillionRulesAreRefusedAtOnce() {
    StringBuilder pattern = new StringBuilder("{\"detail\":{");
    for (int i = 0; i < 20; i++) {
      pattern
          .append(i == 0 ? "" : ",")
          .append("\"k")
          .append(i)
          .append("\":{\"$or\":[{\"a\":[1]},{\"b\":[1]}]}");
    }
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertInvalid(pattern + "}}"));
    StringBuilder nested = new StringBuilder("{\"a\":[1]}");
    for (int i = 0; i < 20; i++) {
      nested
          .insert(0, "{\"$or\":[{\"a" + i + "\":[1]},")
          .append("],\"x")
          .append(i)
          .append("\":{\"$or\":[{\"c\":[1]},{\"d\":[1]}]}}");
    }
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertInvalid(nested.toString()));
  }

  @Test
  void aThousandCombinationsAreTaken() {
    String ten = "{\"$or\":[" + "{\"a\":[1]},".repeat(9) + "{\"a\":[1]}]}";
    Patterns.check("{\"detail\":{\"x\":" + ten + ",\"y\":" + ten + ",\"z\":" + ten + "}}");
    assertInvalid(
        "{\"detail\":{\"x\":"
            + ten
            + ",\"y\":"
            + ten
            + ",\"z\":"
            + ten
            + ",\"w\":{\"$or\":[{\"a\":[1]},{\"b\":[1]}]}}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "a*", "*a", "*.jpg", "a*b*c", "*/2026/*/report-*.csv"})
  void ordinaryWildcardsAreTaken(String wildcard) {
    Patterns.check("{\"detail\":{\"a\":[{\"wildcard\":\"" + wildcard + "\"}]}}");
  }

  @Test
  void wildcardsThatRepeatThemselvesAreTooComplex() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertInvalid("{\"detail\":{\"a\":[{\"wildcard\":\"" + "*a".repeat(200) + "\"}]}}"));
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertInvalid(
                "{\"detail\":{\"a\":[{\"wildcard\":\"" + "*aaaaaaab".repeat(60) + "\"}]}}"));
  }

  /**
   * What is taken is matched in a time that the event's length sets, not the number of ways through
   * the pattern.
   */
  @Test
  void theWorstWildcardThatIsTakenIsMatchedAtOnce() {
    int most = 0;
    for (int i = 1; i < 200; i++) {
      try {
        Patterns.check("{\"detail\":{\"a\":[{\"wildcard\":\"" + "*a".repeat(i) + "b\"}]}}");
        most = i;
      } catch (AwsException e) {
        break;
      }
    }
    assertThat(most).isBetween(3, 100);
    String pattern = "{\"detail\":{\"a\":[{\"wildcard\":\"" + "*a".repeat(most) + "b\"}]}}";
    String event = "{\"detail\":{\"a\":\"" + "a".repeat(100_000) + "b\"}}";
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> assertTrue(Patterns.matches(pattern, event)));
  }
}
