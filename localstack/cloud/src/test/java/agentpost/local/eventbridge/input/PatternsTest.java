package agentpost.local.eventbridge.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Event patterns by AWS's own matcher, and what is said of those that are none, as recorded from
 * AWS.
 */
class PatternsTest {
  private static String json(String text) {
    return text.replace('\'', '"');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'int': 42}|'int' must be an object or an array at [Source: (String)'{'int': 42}'; line:"
            + " 1, column: 11]",
        "{'resources': []}|Empty arrays are not allowed at [Source: (String)'{'resources': []}';"
            + " line: 1, column: 17]",
        "{'detail': {'c-count': [{'numeric': ['>', 0, '>', 0]}]}}|Bad numeric range operator: >",
        "{'detail': {'c-count': [{'numeric': ['>', 0, '<']}]}}|Value of < must be numeric",
        "{'my_key': [{'EXISTS': true}]}|Unrecognized match type EXISTS",
        "{'detail-type': [{'equals-ignore-case': ['x']}]}|equals-ignore-case match pattern must be"
            + " a string",
        "{'detail': {'ip': [{'cidr': 'xx.11.xx/8'}]}}|Nonstandard IP address: xx.11.xx",
        "{'detail': {'ip': [{'cidr': '10.0.0.0'}]}}|Malformed CIDR, one '/' required",
        "{'time': [{'prefix': 123}]}|prefix match pattern must be a string",
        "{'a': [{'suffix': ['.png']}]}|suffix match pattern must be a string",
        "{'a': [{'wildcard': 123}]}|wildcard match pattern must be a string",
        "{'a': [{'wildcard': 'x**y'}]}|Consecutive wildcard characters at pos 2",
        "['not', 'a', 'dict']|Filter is not an object",
        "this is no json|Unrecognized token 'this': was expecting (JSON String, Number, Array,"
            + " Object or token 'null', 'true' or 'false') at [Source: (String)'this is no json';"
            + " line: 1, column: ",
      })
  void thatAreNoneAreRefusedWithTheMatchersReason(String pattern, String reason) {
    assertThatThrownBy(() -> Patterns.check(json(pattern)))
        .isInstanceOfSatisfying(
            AwsException.class, e -> assertThat(e.code()).isEqualTo("InvalidEventPatternException"))
        .message()
        .satisfies(
            message ->
                assertThat(message.replace("\"", "'").replace("\n", ""))
                    .startsWith("Event pattern is not valid. Reason: " + reason));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'detail':{'a':['x']}}                                   |{'detail':{'a':'x'}}   "
            + " |{'detail':{'a':'y'}}",
        "{'detail':{'a':['x',null]}}                              |{'detail':{'a':null}}  "
            + " |{'detail':{'a':''}}",
        "{'detail':{'a':[{'prefix':'x'}]}}                        |{'detail':{'a':'xy'}}  "
            + " |{'detail':{'a':'yx'}}",
        "{'detail':{'a':[{'suffix':'x'}]}}                        |{'detail':{'a':'yx'}}  "
            + " |{'detail':{'a':'xy'}}",
        "{'detail':{'a':[{'prefix':{'equals-ignore-case':'X'}}]}} |{'detail':{'a':'xy'}}  "
            + " |{'detail':{'a':'yx'}}",
        "{'detail':{'a':[{'equals-ignore-case':'X'}]}}            |{'detail':{'a':'x'}}   "
            + " |{'detail':{'a':'y'}}",
        "{'detail':{'a':[{'anything-but':['x','y']}]}}            |{'detail':{'a':'z'}}   "
            + " |{'detail':{'a':'x'}}",
        "{'detail':{'a':[{'anything-but':{'prefix':'x'}}]}}       |{'detail':{'a':'yx'}}  "
            + " |{'detail':{'a':'xy'}}",
        "{'detail':{'a':[{'anything-but':{'wildcard':'*x*'}}]}}   |{'detail':{'a':'y'}}   "
            + " |{'detail':{'a':'yxy'}}",
        "{'detail':{'a':[{'numeric':['>',0,'<=',5]}]}}            |{'detail':{'a':5}}     "
            + " |{'detail':{'a':5.1}}",
        "{'detail':{'a':[{'cidr':'10.0.0.0/24'}]}}               "
            + " |{'detail':{'a':'10.0.0.255'}}|{'detail':{'a':'10.0.1.0'}}",
        "{'detail':{'a':[{'exists':false}]}}                      |{'detail':{'b':1}}     "
            + " |{'detail':{'a':1}}",
        "{'detail':{'a':[{'wildcard':'dir/*/file'}]}}            "
            + " |{'detail':{'a':'dir/x/file'}}|{'detail':{'a':'dir/file'}}",
        "{'$or':[{'source':['x']},{'detail':{'a':[1]}}]}         "
            + " |{'source':'y','detail':{'a':1}}|{'source':'y','detail':{'a':2}}",
        "{'detail':{'a':{'b':['x']}}}                            "
            + " |{'detail':{'a':[{'b':'y'},{'b':'x'}]}}|{'detail':{'a':[{'b':'y'}]}}",
        "{'detail.a':['x']}                                       |{'detail':{'a':'x'}}   "
            + " |{'detail':{'a':'y'}}",
      })
  void everyContentFilterMatches(String pattern, String event, String other) {
    String checked = Patterns.check(json(pattern.strip()));
    assertThat(Patterns.matches(checked, json(event))).isTrue();
    assertThat(Patterns.matches(checked, json(other))).isFalse();
  }

  /** The user guide's own example. */
  @Test
  void aPatternThatWouldTakeTooLongIsRefused() {
    assertThatThrownBy(() -> Patterns.check(json("{'a':[{'wildcard':'*:*:*:*:*:event-bus/*'}]}")))
        .hasMessage(
            "Event pattern is not valid. Reason: Rule is too complex - try using fewer wildcard"
                + " characters or fewer repeating character sequences after a wildcard character");
    Patterns.check(json("{'a':[{'wildcard':'*:*:*:*:event-bus/*'}]}"));
  }
}
