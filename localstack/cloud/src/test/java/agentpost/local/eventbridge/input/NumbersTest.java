package agentpost.local.eventbridge.input;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.RuleTestBed;
import agentpost.local.testing.Endpoint;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A number of a Detail arrives with the characters that it was put with, whichever way it takes.
 */
class NumbersTest {
  private static final String ALL =
      "[-0,-0.0,0E-10,1e-7,1E400,100.0,12345678901234567890.25,9223372036854775808,-1e+400,1.10]";
  private static final String ARN = "arn:aws:events:us-east-1:000000000000:rule/b/r";

  private static ObjectNode event(String number) {
    return EventJson.read(
        "{\"id\":\"i\",\"detail\":{\"n\":" + number + ",\"list\":[" + number + "]}}");
  }

  private static ObjectNode target(String template) {
    ObjectNode target = JsonNodeFactory.instance.objectNode();
    target
        .putObject("InputTransformer")
        .put("InputTemplate", template)
        .putObject("InputPathsMap")
        .put("n", "$.detail.n")
        .put("d", "$.detail");
    return target;
  }

  @Provide
  Arbitrary<String> numbers() {
    Arbitrary<String> whole =
        Arbitraries.strings()
            .numeric()
            .ofMinLength(1)
            .ofMaxLength(40)
            .map(digits -> digits.replaceFirst("^0+(?=.)", ""));
    Arbitrary<String> fraction =
        Arbitraries.strings()
            .numeric()
            .ofMaxLength(40)
            .map(digits -> digits.isEmpty() ? "" : "." + digits);
    Arbitrary<String> exponent =
        Combinators.combine(
                Arbitraries.of("e", "E", "e+", "E-", "e-0"),
                Arbitraries.integers().between(0, 99_999))
            .as((e, n) -> e + n)
            .injectNull(0.5)
            .map(e -> e == null ? "" : e);
    return Combinators.combine(
            Arbitraries.of("", "-"),
            Arbitraries.oneOf(whole, Arbitraries.just("0")),
            fraction,
            exponent)
        .as((sign, one, two, three) -> sign + one + two + three);
  }

  @Property
  void everyInputHasTheTextOfTheNumber(@ForAll("numbers") String number) {
    ObjectNode event = event(number);
    assertThat(Input.of(JsonNodeFactory.instance.objectNode(), event, ARN, RuleTestBed.START))
        .hasValue("{\"id\":\"i\",\"detail\":{\"n\":" + number + ",\"list\":[" + number + "]}}");
    assertThat(
            Input.of(
                JsonNodeFactory.instance.objectNode().put("InputPath", "$.detail.list"),
                event,
                ARN,
                RuleTestBed.START))
        .hasValue("[" + number + "]");
    assertThat(
            Input.of(
                JsonNodeFactory.instance.objectNode().put("InputPath", "$.detail.n"),
                event,
                ARN,
                RuleTestBed.START))
        .hasValue(number);
    assertThat(
            Input.of(target("{\"a\":<n>,\"b\":\"<n>\",\"c\":<d>}"), event, ARN, RuleTestBed.START))
        .hasValue(
            "{\"a\":"
                + number
                + ",\"b\":\""
                + number
                + "\",\"c\":{\"n\":"
                + number
                + ",\"list\":["
                + number
                + "]}}");
    assertThat(Input.of(target("\"n is <n>\""), event, ARN, RuleTestBed.START))
        .hasValue("\"n is " + number + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'InputPath':'$.detail'}",
        "{'InputTransformer':{'InputPathsMap':{'n':'$.detail.n'},'InputTemplate':'{\\'n\\':<n>}'}}"
      })
  void aDestinationGetsThemAsTheyWerePut(String input) throws IOException {
    try (RuleTestBed line = new RuleTestBed()) {
      line.target(input.replace("\\'", "\\\"")).put("{'n':" + ALL + "}");
      assertThat(line.endpoint.received())
          .singleElement()
          .extracting(Endpoint.Received::text)
          .asString()
          .contains("\"n\":" + ALL);
    }
  }

  @Test
  void aBodyWithTheConnectionsFieldsHasThem() throws IOException {
    try (RuleTestBed line = new RuleTestBed()) {
      line.connection(
              "{'AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'k','ApiKeyValue':'v'},'InvocationHttpParameters':{'BodyParameters':[{'Key':'more','Value':'x'}]}}}")
          .target("{'InputPath':'$.detail'}")
          .put("{'n':" + ALL + "}");
      assertThat(line.endpoint.received())
          .singleElement()
          .extracting(Endpoint.Received::text)
          .isEqualTo("{\"n\":" + ALL + ",\"more\":\"x\"}");
    }
  }

  @Test
  void aParameterHasOne() throws IOException {
    try (RuleTestBed line = new RuleTestBed()) {
      line.target("{'HttpParameters':{'HeaderParameters':{'X-N':'$.detail.n'}}}").put("{'n':1e-7}");
      assertThat(line.endpoint.received().getFirst().header("x-n")).isEqualTo("1e-7");
    }
  }

  @Test
  void aDeadLetterHasThem() throws IOException {
    try (RuleTestBed line = new RuleTestBed()) {
      line.endpoint.answers(400);
      line.put("{'n':" + ALL + "}");
      assertThat(line.letters)
          .singleElement()
          .extracting(RuleTestBed.Letter::body)
          .asString()
          .endsWith("\"detail\":{\"n\":" + ALL + "}}");
    }
  }

  @Test
  void aReplayHasThem() throws IOException {
    try (RuleTestBed line = new RuleTestBed()) {
      line.call(
          "CreateArchive",
          "{'ArchiveName':'a','EventSourceArn':'arn:aws:events:us-east-1:000000000000:event-bus/b','RetentionDays':30}");
      line.put("{'n':" + ALL + "}");
      long from = RuleTestBed.START.getEpochSecond();
      line.call(
          "StartReplay",
          "{'ReplayName':'r','EventSourceArn':'arn:aws:events:us-east-1:000000000000:archive/a','EventStartTime':"
              + (from - 60)
              + ",'EventEndTime':"
              + (from + 60)
              + ",'Destination':{'Arn':'arn:aws:events:us-east-1:000000000000:event-bus/b'}}");
      line.timeline.settle();
      assertThat(line.endpoint.received())
          .extracting(Endpoint.Received::text)
          .hasSize(2)
          .allSatisfy(text -> assertThat(text).contains("\"detail\":{\"n\":" + ALL + "}"));
      assertThat(line.endpoint.received().getLast().text()).contains("\"replay-name\":\"r\"");
    }
  }

  @Test
  void aLineOfALogGroupHasThem() throws IOException {
    try (RuleTestBed line = new RuleTestBed()) {
      line.target("{'Arn':'arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/g'}")
          .put("{'n':" + ALL + "}");
      line.target(
              "{'Arn':'arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/g','InputTransformer':{'InputPathsMap':{'n':'$.detail'},'InputTemplate':'{\\\"timestamp\\\":1,\\\"message\\\":<n>}'}}")
          .put("{'n':" + ALL + "}");
      assertThat(line.logged)
          .hasSize(2)
          .allSatisfy(text -> assertThat(text).contains("{\"n\":" + ALL + "}"));
    }
  }
}
