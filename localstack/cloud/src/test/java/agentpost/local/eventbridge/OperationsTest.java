package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** EventBridge's operations, their limits and their errors, as recorded from AWS. */
class OperationsTest {
  private static final String ENVELOPE =
      "\\\"id\\\":\\\"i\\\",\\\"account\\\":\\\"0\\\",\\\"source\\\":\\\"s\\\",\\\"time\\\":\\\"2026-03-31T10:30:00Z\\\",\\\"region\\\":\\\"us-east-1\\\",";

  private static final String TARGETS = "{'Rule':'r','EventBusName':'b','Targets':[";
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private String error(String operation, String input) {
    AwsException e = catchThrowableOfType(AwsException.class, () -> line.call(operation, input));
    assertThat(e).as(operation + " " + input).isNotNull();
    return e.status() + " " + e.code() + ": " + e.description();
  }

  private static ObjectNode entry(String detail) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("EventBusName", "b")
        .put("Source", "s")
        .put("DetailType", "t")
        .put("Detail", detail);
  }

  private JsonNode put(ObjectNode... entries) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input.putArray("Entries").addAll(List.of(entries));
    JsonNode answer = line.events.service().call("PutEvents", input);
    line.timeline.settle();
    return answer;
  }

  @Test
  void badEntriesFailAloneAndResultsKeepTheirOrder() {
    JsonNode answer =
        put(
            entry("{}"),
            entry("[1]"),
            entry("{}").without("Source"),
            entry("{}"),
            entry("{").put("DetailType", "t"),
            entry("{}").put("DetailType", ""),
            entry(""));
    assertThat(answer.path("FailedEntryCount").asInt()).isEqualTo(5);
    JsonNode results = answer.path("Entries");
    assertThat(results.path(0).path("EventId").asText()).isNotEmpty();
    assertThat(results.path(1).toString())
        .isEqualTo("{\"ErrorCode\":\"MalformedDetail\",\"ErrorMessage\":\"Detail is malformed.\"}");
    assertThat(results.path(2).toString())
        .isEqualTo(
            "{\"ErrorCode\":\"InvalidArgument\",\"ErrorMessage\":\"Parameter Source is not valid."
                + " Reason: Source is a required argument.\"}");
    assertThat(results.path(3).has("ErrorCode")).isFalse();
    assertThat(results.path(4).path("ErrorCode").asText()).isEqualTo("MalformedDetail");
    assertThat(results.path(5).path("ErrorMessage").asText())
        .isEqualTo("Parameter DetailType is not valid. Reason: DetailType is a required argument.");
    assertThat(results.path(6).path("ErrorMessage").asText())
        .isEqualTo("Parameter Detail is not valid. Reason: Detail is a required argument.");
    assertThat(line.endpoint.received()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} {}",
        "{}x",
        "\"text\"",
        "1",
        "null",
        "{\"a\":1,\"a\":2}",
        "{\"a\":NaN}",
        "{'a':1}"
      })
  void aDetailThatIsNoJsonObjectIsMalformed(String detail) {
    assertThat(put(entry(detail)).path("Entries").path(0).path("ErrorCode").asText())
        .isEqualTo("MalformedDetail");
  }

  @Test
  void aDetailMayBeNestedDeeply() {
    assertThat(
            put(entry("{\"a\":".repeat(900) + "1" + "}".repeat(900)))
                .path("FailedEntryCount")
                .asInt())
        .isZero();
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(
            put(entry("{\"a\":".repeat(1001) + "1" + "}".repeat(1001)))
                .path("Entries")
                .path(0)
                .path("ErrorCode")
                .asText())
        .isEqualTo("MalformedDetail");
  }

  @Test
  void anUnknownBusTakesTheEventAndItIsGone() {
    JsonNode answer = put(entry("{}").put("EventBusName", "nowhere"));
    assertThat(answer.path("FailedEntryCount").asInt()).isZero();
    assertThat(answer.path("Entries").path(0).path("EventId").asText()).isNotEmpty();
    assertThat(line.happenings).isEmpty();
  }

  @Test
  void takesTenEntriesAndNoMore() {
    ObjectNode[] ten = Stream.generate(() -> entry("{}")).limit(10).toArray(ObjectNode[]::new);
    assertThat(put(ten).path("Entries")).hasSize(10);
    ObjectNode eleven = JsonNodeFactory.instance.objectNode();
    eleven.putArray("Entries").addAll(List.of(ten)).add(entry("{}"));
    assertThat(error("PutEvents", eleven.toString()))
        .startsWith(
            "400 ValidationException: 1 validation error detected: Value"
                + " '[PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t,"
                + " detail={}, eventBusName=b, traceHeader=null, kmsKeyIdentifier=null,"
                + " internalMetadata=null), ")
        .endsWith(
            "' at 'entries' failed to satisfy constraint: Member must have length less than or"
                + " equal to 10");
    assertThat(error("PutEvents", "{'Entries':[]}"))
        .endsWith("Member must have length greater than or equal to 1");
    assertThat(error("PutEvents", "{}"))
        .endsWith("Value null at 'entries' failed to satisfy constraint: Member must not be null");
  }

  @Test
  void takesLessThanAMegabyteInAll() {
    int room = 1024 * 1024 - 1 - "s".length() - "t".length() - "{\"a\":\"\"}".length();
    assertThat(put(entry("{\"a\":\"" + "x".repeat(room) + "\"}")).path("FailedEntryCount").asInt())
        .isZero();
    String tooLarge =
        "400 ValidationException: Total size of the entries in the request is over the limit.";
    assertThat(error("PutEvents", entries(entry("{\"a\":\"" + "x".repeat(room + 1) + "\"}"))))
        .isEqualTo(tooLarge);
    assertThat(
            error(
                "PutEvents",
                entries(
                    entry("{\"a\":\"" + "x".repeat(room - 13) + "\"}").put("Time", 1_774_953_000))))
        .isEqualTo(tooLarge);
    assertThat(
            error("PutEvents", entries(entry("{\"a\":\"" + "\u00fc".repeat(room / 2 + 1) + "\"}"))))
        .isEqualTo(tooLarge);
    String half = "{\"a\":\"" + "x".repeat(room / 2) + "\"}";
    assertThat(error("PutEvents", entries(entry(half), entry(half)))).isEqualTo(tooLarge);
  }

  private static String entries(ObjectNode... entries) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input.putArray("Entries").addAll(List.of(entries));
    return input.toString();
  }

  @Test
  void anEventsTimeAndResourcesAreThoseOfItsEntry() {
    put(
        entry("{}")
            .put("Time", 1_774_953_000.75)
            .set("Resources", JsonNodeFactory.instance.arrayNode().add("arn:x")));
    assertThat(line.endpoint.received().getFirst().text())
        .contains(
            "\"time\":\"2026-03-31T10:30:00Z\",\"region\":\"us-east-1\",\"resources\":[\"arn:x\"]");
  }

  @Test
  void severalViolationsComeInOneMessage() {
    assertThat(
            error(
                "CreateApiDestination",
                "{'ConnectionArn':'"
                    + line.call("DescribeConnection", "{'Name':'c'}").path("ConnectionArn").asText()
                    + "'}"))
        .isEqualTo(
            "400 ValidationException: 3 validation errors detected: Value null at 'name' failed to"
                + " satisfy constraint: Member must not be null; Value null at 'invocationEndpoint'"
                + " failed to satisfy constraint: Member must not be null; Value null at"
                + " 'httpMethod' failed to satisfy constraint: Member must not be null");
    assertThat(
            error(
                "PutTargets",
                TARGETS
                    + "{},{'Id':'1','Arn':'a','RetryPolicy':{'MaximumRetryAttempts':186,'MaximumEventAgeInSeconds':59}}]}"))
        .contains(
            "4 validation errors detected: Value null at 'targets.1.member.id'",
            "'targets.1.member.arn'",
            "'targets.2.member.retryPolicy.maximumRetryAttempts' failed to satisfy constraint:"
                + " Member must have value less than or equal to 185",
            "'targets.2.member.retryPolicy.maximumEventAgeInSeconds' failed to satisfy constraint:"
                + " Member must have value greater than or equal to 60");
    assertThat(error("PutTargets", "{}")).contains("2 validation errors detected: ");
    assertThat(error("StartReplay", "{}")).contains("5 validation errors detected: ");
  }

  @Test
  void anInvalidPatternSaysWhy() {
    assertThat(
            error(
                "PutRule",
                "{'Name':'x','EventBusName':'b','EventPattern':'{\\\"source\\\":\\\"text\\\"}'}"))
        .startsWith("400 InvalidEventPatternException: Event pattern is not valid. Reason: ");
    assertThat(error("TestEventPattern", "{'Event':'{}','EventPattern':'{'}"))
        .startsWith("400 InvalidEventPatternException: Event pattern is not valid. Reason: ");
  }

  @Test
  void patternsAreTestedByAwssOwnMatcher() {
    String pattern =
        "'EventPattern':'{\\\"detail\\\":{\\\"plan\\\":[\\\"pro\\\",{\\\"prefix\\\":\\\"enterprise\\\"}]}}'}";
    assertThat(
            line.call(
                    "TestEventPattern",
                    "{'Event':'{"
                        + ENVELOPE
                        + "\\\"detail-type\\\":\\\"t\\\",\\\"detail\\\":{\\\"plan\\\":\\\"enterprise-50\\\"}}',"
                        + pattern)
                .path("Result")
                .asBoolean())
        .isTrue();
    assertThat(
            line.call(
                    "TestEventPattern",
                    "{'Event':'{"
                        + ENVELOPE
                        + "\\\"detail-type\\\":\\\"t\\\",\\\"detail\\\":{\\\"plan\\\":\\\"free\\\"}}',"
                        + pattern)
                .path("Result")
                .asBoolean())
        .isFalse();
  }

  /** As the rules of agents that hear several events, each under a condition of its own. */
  @Test
  void aPatternMayHaveAlternatives() {
    String pattern =
        "'EventPattern':'{\\\"$or\\\":[{\\\"detail-type\\\":[\\\"a\\\",\\\"b\\\"]},{\\\"detail-type\\\":[\\\"c\\\"],\\\"detail\\\":{\\\"to\\\":[\\\"me\\\"]}}]}'}";
    String event =
        "{'Event':'{"
            + ENVELOPE
            + "\\\"detail-type\\\":\\\"%s\\\",\\\"detail\\\":{\\\"to\\\":\\\"%s\\\"}}',";
    assertThat(
            line.call("TestEventPattern", event.formatted("b", "you") + pattern)
                .path("Result")
                .asBoolean())
        .isTrue();
    assertThat(
            line.call("TestEventPattern", event.formatted("c", "me") + pattern)
                .path("Result")
                .asBoolean())
        .isTrue();
    assertThat(
            line.call("TestEventPattern", event.formatted("c", "you") + pattern)
                .path("Result")
                .asBoolean())
        .isFalse();
    line.call("PutRule", "{'Name':'alternatives','EventBusName':'b'," + pattern);
  }

  @Test
  void targetsAreAddedReplacedAndRemovedAndFailedEntriesAreAlwaysTold() {
    String queue = "'Arn':'arn:aws:sqs:us-east-1:000000000000:q'";
    assertThat(
            line.call("PutTargets", TARGETS + "{'Id':'1'," + queue + "},{'Id':'2'," + queue + "}]}")
                .toString())
        .isEqualTo("{\"FailedEntryCount\":0,\"FailedEntries\":[]}");
    assertThat(
            line.call("ListTargetsByRule", "{'Rule':'r','EventBusName':'b'}")
                .path("Targets")
                .findValuesAsText("Id"))
        .containsExactly("1", "2");
    assertThat(line.call("RemoveTargets", "{'Rule':'r','EventBusName':'b','Ids':['1']}").toString())
        .isEqualTo("{\"FailedEntryCount\":0,\"FailedEntries\":[]}");
    assertThat(
            line.call("ListTargetsByRule", "{'Rule':'r','EventBusName':'b'}")
                .path("Targets")
                .findValuesAsText("Id"))
        .containsExactly("2");
  }

  @Test
  void aRuleHasAtMostFiveTargets() {
    String targets =
        String.join(
            ",",
            IntStream.range(0, 6)
                .mapToObj(i -> "{'Id':'t" + i + "','Arn':'arn:aws:sqs:us-east-1:000000000000:q'}")
                .toList());
    assertThat(error("PutTargets", TARGETS + targets + "]}"))
        .startsWith("400 LimitExceededException");
  }

  @Test
  void whatATargetCannotHaveHereIsRefusedByName() {
    assertThat(
            error(
                "PutTargets",
                TARGETS
                    + "{'Id':'1','Arn':'arn:aws:states:us-east-1:000000000000:stateMachine:f'}]}"))
        .contains("arn:aws:states:us-east-1:000000000000:stateMachine:f");
    assertThat(
            error(
                "PutTargets",
                TARGETS
                    + "{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q','SqsParameters':{}}]}"))
        .contains("SqsParameters");
    assertThat(
            error(
                "PutTargets",
                TARGETS
                    + "{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q','Input':'1','InputPath':'$'}]}"))
        .contains("Only one of");
    assertThat(
            error(
                "PutTargets",
                TARGETS
                    + "{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q','DeadLetterConfig':{'Arn':'arn:aws:sqs:us-east-1:000000000000:q.fifo'}}]}"))
        .contains("standard queue");
  }

  @Test
  void aRulePutAgainKeepsItsTargets() {
    line.call(
        "PutRule",
        "{'Name':'r','EventBusName':'b','EventPattern':'{\\\"detail-type\\\":[\\\"other\\\",\\\"t\\\"]}'}");
    line.put("{}");
    assertThat(line.endpoint.received()).hasSize(1);
  }

  @Test
  void listsAreByTheirNamesBeginning() {
    line.call(
        "PutRule", "{'Name':'q','EventBusName':'b','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}'}");
    assertThat(
            line.call("ListRules", "{'EventBusName':'b','NamePrefix':'r'}")
                .path("Rules")
                .findValuesAsText("Name"))
        .containsExactly("r");
    assertThat(
            line.call("ListRules", "{'EventBusName':'b'}").path("Rules").findValuesAsText("Name"))
        .containsExactly("q", "r");
    assertThat(line.call("ListRules", "{}").path("Rules")).isEmpty();
    assertThat(line.call("ListConnections", "{'NamePrefix':'x'}").path("Connections")).isEmpty();
    assertThat(line.call("ListApiDestinations", "{'NamePrefix':'d'}").path("ApiDestinations"))
        .hasSize(1);
    assertThat(
            line.call("ListEventBuses", "{'NamePrefix':'b'}")
                .path("EventBuses")
                .findValuesAsText("Name"))
        .containsExactly("b");
  }

  @Test
  void whatDoesNotExistIsSaidByName() {
    assertThat(error("DescribeRule", "{'Name':'x','EventBusName':'b'}"))
        .isEqualTo("400 ResourceNotFoundException: Rule x does not exist on EventBus b.");
    assertThat(error("ListRules", "{'EventBusName':'x'}"))
        .isEqualTo("400 ResourceNotFoundException: Event bus x does not exist.");
    assertThat(error("DeleteConnection", "{'Name':'x'}"))
        .isEqualTo(
            "400 ResourceNotFoundException: Failed to describe the connection(s). Connection 'x'"
                + " does not exist.");
    assertThat(error("DeleteArchive", "{'ArchiveName':'x'}"))
        .isEqualTo("400 ResourceNotFoundException: Archive x does not exist.");
    assertThat(error("CreateEventBus", "{'Name':'b'}"))
        .isEqualTo("400 ResourceAlreadyExistsException: Event bus b already exists.");
  }

  @Test
  void whatIsStillInUseIsNotDeleted() {
    assertThat(error("DeleteRule", "{'Name':'r','EventBusName':'b'}"))
        .isEqualTo("400 ValidationException: Rule can't be deleted since it has targets.");
    assertThat(error("DeleteEventBus", "{'Name':'b'}")).contains("since it has rules");
    assertThat(error("DeleteEventBus", "{'Name':'default'}"))
        .contains("Cannot delete event bus default.");
  }

  @Test
  void arnsOfConnectionsAndDestinationsEndInAUuid() {
    String uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    assertThat(line.destinationArn())
        .matches("arn:aws:events:us-east-1:000000000000:api-destination/d/" + uuid);
    JsonNode connection = line.call("DescribeConnection", "{'Name':'c'}");
    assertThat(connection.path("ConnectionArn").asText())
        .matches("arn:aws:events:us-east-1:000000000000:connection/c/" + uuid);
    assertThat(connection.path("ConnectionState").asText()).isEqualTo("AUTHORIZED");
  }

  @Test
  void aConnectionIsComplete() {
    assertThat(
            error(
                "CreateConnection",
                "{'Name':'o','AuthorizationType':'OAUTH_CLIENT_CREDENTIALS','AuthParameters':{}}"))
        .contains("OAUTH_CLIENT_CREDENTIALS");
    assertThat(
            error(
                "CreateConnection",
                "{'Name':'o','AuthorizationType':'BASIC','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'n','ApiKeyValue':'v'}}}"))
        .contains("BASIC");
    assertThat(
            error(
                "CreateConnection",
                "{'Name':'o','AuthorizationType':'API_KEY','AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'n'}}}"))
        .contains(
            "Value null at 'authParameters.apiKeyAuthParameters.apiKeyValue' failed to satisfy"
                + " constraint: Member must not be null");
  }

  @Test
  void aReplayGoesToTheRulesItNamesAndBearsItsName() {
    line.call(
        "CreateArchive",
        "{'ArchiveName':'a','EventSourceArn':'arn:aws:events:us-east-1:000000000000:event-bus/b'}");
    line.put("{'event_id':'e'}");
    line.call(
        "PutRule",
        "{'Name':'log','EventBusName':'b','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}'}");
    line.call(
        "PutTargets",
        "{'Rule':'log','EventBusName':'b','Targets':[{'Id':'1','Arn':'arn:aws:logs:us-east-1:000000000000:log-group:g'}]}");
    line.pass(Duration.ofMinutes(1));
    long from = RuleTestBed.START.getEpochSecond();
    line.call(
        "StartReplay",
        "{'ReplayName':'again','EventSourceArn':'arn:aws:events:us-east-1:000000000000:archive/a','EventStartTime':"
            + from
            + ",'EventEndTime':"
            + (from + 1)
            + ",'Destination':{'Arn':'arn:aws:events:us-east-1:000000000000:event-bus/b','FilterArns':['arn:aws:events:us-east-1:000000000000:rule/b/r']}}");
    line.timeline.settle();
    assertThat(line.endpoint.received()).hasSize(2);
    assertThat(line.endpoint.received().getLast().text())
        .contains("\"region\":\"us-east-1\",\"replay-name\":\"again\",\"resources\":[]");
    assertThat(line.logged).isEmpty();
    assertThat(line.call("DescribeArchive", "{'ArchiveName':'a'}").path("EventCount").asInt())
        .isEqualTo(1);
  }

  @Test
  void anUnknownOperationIsNamed() {
    assertThat(error("CreateEndpoint", "{}"))
        .isEqualTo(
            "400 UnknownOperationException: The local cloud does not support EventBridge"
                + " CreateEndpoint");
  }
}
