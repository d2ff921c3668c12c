package agentpost.local.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples of CloudWatch Logs' user guide, "Filter pattern syntax", and what is beside them.
 */
class FilterPatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "ERROR | [ERROR] A fatal exception has occurred | true",
        "ERROR | Exiting with ERRORCODE: -1 | true",
        "ERROR | [error] not this | false",
        "ERROR -Exiting | Exiting with ERRORCODE: -1 | false",
        "ERROR -Exiting | [ERROR] stays | true",
        "ERROR Exception | [ERROR] Caught IllegalArgumentException | true",
        "ERROR Exception | [ERROR] caught | false",
        "?ERROR ?WARN | WARN message | true",
        "?ERROR ?WARN | INFO message | false",
        "ERROR WARN | ERROR WARN message | true",
        "ERROR WARN | ERROR message | false",
        "\"INTERNAL SERVER ERROR\" | [ERROR 500] INTERNAL SERVER ERROR | true",
        "\"INTERNAL SERVER ERROR\" | INTERNAL ERROR SERVER | false",
        "-\"SERVER ERROR\" ok | ok | true",
        "?ERROR ARGUMENTS | ARGUMENTS only | true",
        "?ERROR ARGUMENTS | ERROR only | false",
        "\"a \\\"b\\\"\" | say a \"b\" | true",
        "-nothing | anything | true",
      })
  void termsAreFoundAsTheGuideSays(String pattern, String message, boolean isFound) {
    assertThat(FilterPattern.of(pattern).test(message)).isEqualTo(isFound);
  }

  private static final String JSON =
      "{'user':{'id':1,'email':'John.Stiles@example.com'},'users':[{'id':2,'email':'John.Doe@example.com'},{'id':3,'email':'Jane.Doe@example.com'}],'actions':['GET','PUT','DELETE'],"
          + "'coordinates':[[0,1,2],[4,5,6],[7,8,9]],'eventType':'UpdateTrail','sourceIPAddress':'111.111.111.111','latency':5.50,'big':12345678901234567890,'flag':true,'off':false,'gone':null,"
          + "'detail-type':'t','d':{'event_type':'ingest.refused'},'inner':'Ev*ent'}";

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        "{ $.eventType = \"UpdateTrail\" } => true",
        "{ $.eventType = UpdateTrail } => true",
        "{$.eventType=\"UpdateTrail\"} => true",
        "{ $.eventType = \"updatetrail\" } => false",
        "{ $.eventType != \"UpdateTrail\" } => false",
        "{ $.sourceIPAddress != 123.123.* } => true",
        "{ $.sourceIPAddress = 111.111.* } => true",
        "{ $.eventType = \"*Trail\" } => true",
        "{ $.eventType = \"Update*\" } => true",
        "{ $.eventType = * } => true",
        "{ $.inner = \"Ev*ent\" } => true",
        "{ $.eventType = \"Up*Trail\" } => false",
        "{ $.actions[0] = \"GET\" } => true",
        "{ $.users[1].id = 3 } => true",
        "{ $.coordinates[0][1] = 1 } => true",
        "{ $.users = 1 } => false",
        "{ $.users != 1 } => false",
        "{ $.none = 1 } => false",
        "{ $.none != \"x\" } => false",
        "{ $.gone IS NULL } => true",
        "{ $.none IS NULL } => false",
        "{ $.none NOT EXISTS } => true",
        "{ $.gone NOT EXISTS } => false",
        "{ $.flag IS TRUE } => true",
        "{ $.off IS FALSE } => true",
        "{ $.off IS TRUE } => false",
        "{ $.latency >= 5.5 } => true",
        "{ $.latency = 5.5 } => true",
        "{ $.latency > 55e-1 } => false",
        "{ $.latency < +10 } => true",
        "{ $.latency <= -1 } => false",
        "{ $.latency != 5.5 } => false",
        "{ $.big = 12345678901234567890 } => true",
        "{ $.big = 12345678901234567891 } => false",
        "{ $.eventType > 1 } => false",
        "{ $.detail-type = \"t\" } => true",
        "{ $.d.event_type = \"ingest.refused\" } => true",
        "{ $.d.event_type = ingest.refused } => true",
        "{ $['d']['event_type'] = \"ingest.refused\" } => true",
        "{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") } => true",
        "{ ($.user.id = 2 && $.users[0].email = \"nonmatch\") || $.actions[2] = \"GET\" } => false",
        "{ $.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = nonmatch &&"
            + " $.actions[2] = nomatch } => true",
        "{ ($.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = nonmatch) &&"
            + " $.actions[2] = nomatch } => false",
      })
  void fieldsAreComparedAsTheGuideSays(String pattern, boolean isFound) {
    assertThat(FilterPattern.of(pattern).test(JSON.replace('\'', '"'))).isEqualTo(isFound);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "text", "[1]", "{\"a\":", "\"a\""})
  void aLineThatIsNoObjectHasNoFields(String line) {
    assertThat(FilterPattern.of("{ $.a = 1 }").test(line)).isFalse();
    assertThat(FilterPattern.of(" ").test(line)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[ip, user]",
        "%ERROR.*%",
        "a.b",
        "/path",
        "\"open",
        "open\"",
        "a\"b\"",
        "{ $.a = 1",
        "{ }",
        "{ $.a }",
        "{ $.a = }",
        "{ = 1 }",
        "{ a = 1 }",
        "{ $.a == 1 }",
        "{ $.a > x }",
        "{ $.a IS MAYBE }",
        "{ $.a NOT NULL }",
        "{ ($.a = 1 }",
        "{ $.a = 1) }",
        "{ $.a = 1 && }",
        "{ $.a = 1 $.b = 2 }",
        "{ $.a = %x% }",
        "{ $ = 1 }",
        "{ $.a = \"open }",
        "{ $.a. = 1 }"
      })
  void whatIsNoPatternOrIsNotHonouredIsRefused(String pattern) {
    assertThatThrownBy(() -> FilterPattern.of(pattern))
        .isInstanceOf(AwsException.class)
        .extracting("code")
        .isEqualTo("InvalidParameterException");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "&&", "$.a = 1 || ", "!", "\\\"", "a ", "$.a[0]"})
  void noPatternIsTooMuch(String part) {
    String pattern = "{ " + part.repeat(100_000 / part.length()) + " }";
    assertThatThrownBy(() -> FilterPattern.of(pattern)).isInstanceOf(AwsException.class);
    assertThat(FilterPattern.of("\"" + "x ".repeat(500).strip() + "\"").test("x ".repeat(50_000)))
        .isTrue();
  }

  /**
   * A term is in a line, or it is not; its minus says the opposite, and its question mark, alone,
   * the same.
   */
  @Property
  void signsMeanWhatTheySay(
      @ForAll @AlphaChars @StringLength(min = 1, max = 3) String term,
      @ForAll @StringLength(max = 30) String line) {
    boolean isThere = line.contains(term);
    assertThat(FilterPattern.of(term).test(line)).isEqualTo(isThere);
    assertThat(FilterPattern.of("?" + term).test(line)).isEqualTo(isThere);
    assertThat(FilterPattern.of("-" + term).test(line)).isEqualTo(!isThere);
    assertThat(FilterPattern.of("\"" + term + "\"").test(line)).isEqualTo(isThere);
    assertThat(FilterPattern.of(term.toUpperCase(Locale.ROOT)).test(line))
        .isEqualTo(line.contains(term.toUpperCase(Locale.ROOT)));
  }
}
