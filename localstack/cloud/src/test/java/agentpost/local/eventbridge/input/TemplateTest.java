package agentpost.local.eventbridge.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agentpost.local.eventbridge.RuleTestBed;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Input transformers: the examples and rules of the user guide's page "Amazon EventBridge input
 * transformation".
 */
class TemplateTest {
  private static final String ARN = "arn:aws:events:us-east-1:000000000000:rule/b/example";
  private final ObjectNode event =
      RuleTestBed.json(
          "{'version':'0','id':'7bf73129','detail-type':'EC2 Instance State-change"
              + " Notification','source':'aws.ec2','account':'123456789012','time':'2015-11-11T21:29:54Z',"
              + "'region':'us-east-1','resources':['arn:i'],'detail':{'instance-id':'i-0123456789','state':'RUNNING','tags':[{'k':'a'},{'k':'b'}],'numbers':[1,2],'deep/er_1':{'x-y':true}}}");

  private static ObjectNode target(String template) {
    ObjectNode target = RuleTestBed.json("{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q'}");
    ObjectNode transformer = target.putObject("InputTransformer");
    transformer.set(
        "InputPathsMap",
        RuleTestBed.json(
            "{'instance':'$.detail.instance-id','state':'$.detail.state','tags':'$.detail.tags','second':'$.detail.tags[1].k','all':'$.detail.tags[*].k','numbers':'$.detail.numbers',"
                + "'deep':'$.detail.deep/er_1.x-y','none':'$.detail.none','beyond':'$.detail.tags[7]','detail':'$.detail.tags[0]','odd':'$.detail..state','type':'$.detail-type'}"));
    transformer.put("InputTemplate", template.replace('\'', '"'));
    return target;
  }

  private String filled(String template) {
    return Input.of(target(template), event, ARN, RuleTestBed.START).orElse("(nothing)");
  }

  private static String refusal(ObjectNode target) {
    AwsException e = catchThrowableOfType(AwsException.class, () -> Template.check(target));
    assertThat(e).as(target.toString()).isNotNull();
    return e.code() + ": " + e.description();
  }

  @Test
  void theGuidesExamplesAreFilledAsItSays() {
    assertThat(filled("'instance <instance> is in <state>'"))
        .isEqualTo("\"instance i-0123456789 is in RUNNING\"");
    assertThat(filled("'instance \\'<instance>\\' is in <state>'"))
        .isEqualTo("\"instance \\\"i-0123456789\\\" is in RUNNING\"");
    assertThat(filled("{'instance' : <instance>, 'state': <state>}"))
        .isEqualTo("{\"instance\" : \"i-0123456789\", \"state\": \"RUNNING\"}");
    assertThat(
            filled(
                "{'instance':<instance>,'state':'<state>','status':'instance \\'<instance>\\' is in"
                    + " <state>'}"))
        .isEqualTo(
            "{\"instance\":\"i-0123456789\",\"state\":\"RUNNING\",\"status\":\"instance"
                + " \\\"i-0123456789\\\" is in RUNNING\"}");
    assertThat(filled("{'instance':<instance>,'state':[9,<state>,true],'Transformed':'Yes'}"))
        .isEqualTo(
            "{\"instance\":\"i-0123456789\",\"state\":[9,\"RUNNING\",true],\"Transformed\":\"Yes\"}");
    assertThat(
            filled(
                "{'rule':<aws.events.rule-arn>,'name':<aws.events.rule-name>,'event':<aws.events.event.json>}"))
        .isEqualTo("{\"rule\":\"" + ARN + "\",\"name\":\"example\",\"event\":" + event + "}");
  }

  /** Its members, their order and {@code detailType} are as recorded from AWS. */
  @Test
  void theEventWithoutItsDetailHasAnOrderAndANameOfItsOwn() {
    assertThat(filled("{'event':<aws.events.event>}"))
        .isEqualTo(
            "{\"event\":{\"id\":\"7bf73129\",\"account\":\"123456789012\",\"detailType\":\"EC2"
                + " Instance State-change Notification\",\"time\":\"2015-11-11T21:29:54Z\","
                + "\"source\":\"aws.ec2\",\"region\":\"us-east-1\",\"resources\":[\"arn:i\"],\"version\":\"0\"}}");
  }

  @Test
  void ingestionIsWhenEventBridgeTookTheEventNotTheEventsOwnTime() {
    assertThat(filled("{'at':<aws.events.event.ingestion-time>}"))
        .isEqualTo("{\"at\":\"2026-03-31T10:30:00Z\"}");
  }

  @Test
  void pathsMayHaveIndicesSlashesDashesAndWildcards() {
    assertThat(filled("{'a':<second>,'b':<all>,'c':<deep>,'d':'<type>'}"))
        .isEqualTo(
            "{\"a\":\"b\",\"b\":[\"a\",\"b\"],\"c\":true,\"d\":\"EC2 Instance State-change"
                + " Notification\"}");
  }

  @Test
  void whatAPathDoesNotFindIsAnEmptyText() {
    assertThat(filled("{'a':<none>,'b':'<none>','c':<beyond>,'d':<odd>}"))
        .isEqualTo("{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\"}");
  }

  @Test
  void anObjectLosesItsQuotationMarksInATextAndMakesNoJsonInsideQuotesOfJson() {
    assertThat(filled("'tags <tags> of <numbers>'")).isEqualTo("\"tags [{k:a},{k:b}] of [1,2]\"");
    assertThat(filled("{'tags':'<tags>'}")).isEqualTo("(nothing)");
    assertThat(filled("{'numbers':'<numbers>'}")).isEqualTo("{\"numbers\":\"[1,2]\"}");
  }

  @Test
  void aVariableMayStandAlone() {
    assertThat(filled("<tags>")).isEqualTo("[{\"k\":\"a\"},{\"k\":\"b\"}]");
    assertThat(filled("<state>")).isEqualTo("\"RUNNING\"");
  }

  @Test
  void aTemplateMayHaveATextALine() {
    Template.check(target("'first <instance>'\n'second <state>'"));
    assertThat(filled("'first <instance>'\n'second <state>'"))
        .isEqualTo("\"first i-0123456789\"\n\"second RUNNING\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "<instance> is in state <state>|Invalid InputTemplate for target 1 : [Source:"
            + " (String)\"null is in state null\"; line: 1, column: ",
        "{'a': <instance>|Invalid InputTemplate for target 1 : [Source: (String)\"{\"a\": null\"",
        "{<instance>: 1}|Invalid InputTemplate for target 1 : ",
        "text|Invalid InputTemplate for target 1 : ",
        "{'a':1} {'b':2}|Invalid InputTemplate for target 1 : ",
        "{'a': <unknown>}|InputTemplate for target 1 contains invalid placeholder unknown.",
      })
  void aTemplateThatCanMakeNoJsonIsRefused(String template, String message) {
    assertThat(refusal(target(template))).startsWith("ValidationException: " + message);
  }

  @Test
  void aConstantIsJson() {
    ObjectNode target = RuleTestBed.json("{'Id':'1','Arn':'a','Input':'no json'}");
    assertThat(refusal(target))
        .isEqualTo("ValidationException: Input for target 1 is not a valid JSON text.");
    Template.check(RuleTestBed.json("{'Id':'1','Arn':'a','Input':'\\\"text\\\"'}"));
  }

  @Test
  void reservedNamesAreNotVariables() {
    ObjectNode target = target("'x'");
    target.withObject("InputTransformer").withObject("InputPathsMap").put("AWS-x", "$.detail");
    assertThat(refusal(target)).contains("AWS-x");
  }

  /** Only the capital letters are AWS's. */
  @Test
  void aVariableMayBeginWithAwsInSmallLetters() {
    ObjectNode target = target("'<awsRegion>, account <awsAccountId>'");
    target
        .withObject("InputTransformer")
        .withObject("InputPathsMap")
        .put("awsRegion", "$.region")
        .put("awsAccountId", "$.account");
    Template.check(target);
    assertThat(Input.of(target, event, ARN, RuleTestBed.START))
        .hasValue("\"us-east-1, account 123456789012\"");
  }

  @Test
  void thereAreAtMostAHundredVariables() throws Exception {
    ObjectNode target =
        RuleTestBed.json(
            "{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q','InputTransformer':{'InputTemplate':'{}'}}");
    ObjectNode paths = target.withObject("InputTransformer").putObject("InputPathsMap");
    IntStream.range(0, 101).forEach(i -> paths.put("v" + i, "$.detail"));
    try (RuleTestBed line = new RuleTestBed()) {
      ObjectNode input = RuleTestBed.json("{'Rule':'r','EventBusName':'b'}");
      input.putArray("Targets").add(target);
      AwsException e =
          catchThrowableOfType(
              AwsException.class, () -> line.events.service().call("PutTargets", input));
      assertThat(e)
          .hasMessageContaining(
              "at 'targets.1.member.inputTransformer.inputPathsMap' failed to satisfy constraint:"
                  + " Member must have length less than or equal to 100");
    }
  }
}
