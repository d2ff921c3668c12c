package agentpost.local.eventbridge.input;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.RuleTestBed;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a target gets of an event. */
class InputTest {
  private static final String ARN = "arn:aws:events:us-east-1:000000000000:rule/b/r";
  private final ObjectNode event =
      RuleTestBed.json(
          "{'version':'0','id':'i','time':'2026-03-31T10:30:00Z','detail':{'s':'a"
              + " \\\"b\\\"','n':1,'o':{'k':[10,{'a"
              + " key':2}]},'nil':null,'yes':true,'plain':'text'}}");

  private String input(String target) {
    return Input.of(RuleTestBed.json(target), event, ARN, RuleTestBed.START).orElse("(nothing)");
  }

  private String transformed(String template) {
    ObjectNode target =
        RuleTestBed.json(
            "{'InputTransformer':{'InputPathsMap':{'s':'$.detail.s','n':'$.detail.n','plain':'$.detail.plain','o':'$.detail.o','none':'$.detail.x','nil':'$.detail.nil'}}}");
    target.withObject("InputTransformer").put("InputTemplate", template.replace('\'', '"'));
    return Input.of(target, event, ARN, RuleTestBed.START).orElse("(nothing)");
  }

  @Test
  void withoutAnInputItIsTheEvent() {
    assertThat(input("{}")).isEqualTo(event.toString());
  }

  @Test
  void aConstantIsSentAsItIs() {
    assertThat(input("{'Input':'{ \\\"a\\\" : 1 }'}")).isEqualTo("{ \"a\" : 1 }");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "$.detail.n|1",
        "$.detail.o.k[1]|{'a key':2}",
        "$.detail.o.k[1]['a key']|2",
        "$.detail.yes|true",
        "$.detail.none|''",
        "$|ALL",
        "$.detail.s|'a \\'b\\''"
      },
      delimiter = '|')
  void aPathIsSentAsJson(String path, String expected) {
    String text =
        expected.equals("ALL")
            ? event.toString()
            : expected.equals("''") ? "" : expected.replace('\'', '"');
    ObjectNode target = event.objectNode().put("InputPath", path);
    assertThat(Input.of(target, event, ARN, RuleTestBed.START)).hasValue(text);
  }

  @Test
  void anUnquotedTextIsQuotedInAJsonTemplate() {
    assertThat(transformed("{'a':<s>,'b':<n>,'c':<o>}"))
        .isEqualTo("{\"a\":\"a \\\"b\\\"\",\"b\":1,\"c\":{\"k\":[10,{\"a key\":2}]}}");
  }

  @Test
  void aTextInsideQuotesIsNotEscapedSoThatQuotationMarksMakeNoJson() {
    assertThat(transformed("{'a':'<plain> and <n>'}")).isEqualTo("{\"a\":\"text and 1\"}");
    assertThat(transformed("{'a':'<s> and <n>'}")).isEqualTo("(nothing)");
  }

  @Test
  void anObjectInsideQuotesMeansThatNothingIsDelivered() {
    assertThat(transformed("{'a':'<o>'}")).isEqualTo("(nothing)");
  }

  @Test
  void aMissingPathIsAnEmptyText() {
    assertThat(transformed("{'a':<none>,'b':'<none>'}")).isEqualTo("{\"a\":\"\",\"b\":\"\"}");
    assertThat(transformed("'hello <none>.'")).isEqualTo("\"hello .\"");
  }

  @Test
  void aTextTemplateIsFilled() {
    assertThat(transformed("'user <s> has <n>'")).isEqualTo("\"user a \"b\" has 1\"");
  }

  @Test
  void predefinedVariablesAreEventBridges() {
    assertThat(transformed("{'arn':<aws.events.rule-arn>,'name':<aws.events.rule-name>}"))
        .isEqualTo("{\"arn\":\"" + ARN + "\",\"name\":\"r\"}");
    assertThat(transformed("{'e':<aws.events.event>}"))
        .isEqualTo("{\"e\":{\"id\":\"i\",\"time\":\"2026-03-31T10:30:00Z\",\"version\":\"0\"}}");
    assertThat(transformed("{'e':<aws.events.event.json>}")).isEqualTo("{\"e\":" + event + "}");
  }
}
