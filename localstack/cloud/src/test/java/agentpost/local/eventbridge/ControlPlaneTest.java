package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages, tags, permissions, and updates of buses and archives. */
class ControlPlaneTest {
  private static final String BUS = "arn:aws:events:us-east-1:000000000000:event-bus/b";
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private JsonNode bus() {
    return line.call("DescribeEventBus", "{'Name':'b'}");
  }

  private void rules(int count) {
    for (int i = 0; i < count; i++) {
      line.call(
          "PutRule",
          "{'Name':'page-"
              + i
              + "','EventBusName':'b','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}'}");
    }
  }

  private List<String> names(String input) {
    List<String> names = new ArrayList<>();
    JsonNode page = line.call("ListRules", input + "}");
    names.addAll(page.path("Rules").findValuesAsText("Name"));
    while (page.has("NextToken")) {
      page =
          line.call("ListRules", input + ",'NextToken':'" + page.path("NextToken").asText() + "'}");
      names.addAll(page.path("Rules").findValuesAsText("Name"));
    }
    return names;
  }

  @Test
  void pagesTogetherAreTheList() {
    rules(7);
    assertThat(names("{'EventBusName':'b','NamePrefix':'page-','Limit':3"))
        .containsExactly("page-0", "page-1", "page-2", "page-3", "page-4", "page-5", "page-6");
    assertThat(
            line.call("ListRules", "{'EventBusName':'b','NamePrefix':'page-','Limit':7}")
                .has("NextToken"))
        .isFalse();
  }

  @Test
  void aPageIsOfAHundredIfNothingIsSaid() {
    rules(101);
    JsonNode page = line.call("ListRules", "{'EventBusName':'b','NamePrefix':'page-'}");
    assertThat(page.path("Rules")).hasSize(100);
    assertThat(page.has("NextToken")).isTrue();
  }

  @Test
  void whatGoesBetweenTwoPagesCostsTheRestNothing() {
    rules(4);
    String token =
        line.call("ListRules", "{'EventBusName':'b','NamePrefix':'page-','Limit':2}")
            .path("NextToken")
            .asText();
    line.call("DeleteRule", "{'Name':'page-1','EventBusName':'b'}");
    assertThat(
            line.call(
                    "ListRules",
                    "{'EventBusName':'b','NamePrefix':'page-','NextToken':'" + token + "'}")
                .path("Rules")
                .findValuesAsText("Name"))
        .containsExactly("page-2", "page-3");
  }

  @Test
  void aTokenOfAnotherListOrNoneAtAllIsNotValid() {
    rules(4);
    String token =
        line.call("ListRules", "{'EventBusName':'b','Limit':2}").path("NextToken").asText();
    for (String bad : List.of("bad", "!!!", token + "x")) {
      assertThatThrownBy(() -> line.call("ListEventBuses", "{'NextToken':'" + bad + "'}"))
          .as(bad)
          .hasMessage("Parameter NextToken is not valid.");
    }
    assertThatThrownBy(() -> line.call("ListEventBuses", "{'NextToken':'" + token + "'}"))
        .hasMessage("Parameter NextToken is not valid.");
  }

  @Test
  void rulesAndBusesHaveTags() {
    line.call("CreateEventBus", "{'Name':'t','Tags':[{'Key':'a','Value':'1'}]}");
    String arn = "'ResourceARN':'arn:aws:events:us-east-1:000000000000:event-bus/t'";
    line.call(
        "TagResource", "{" + arn + ",'Tags':[{'Key':'a','Value':'2'},{'Key':'b','Value':''}]}");
    assertThat(line.call("ListTagsForResource", "{" + arn + "}").path("Tags").toString())
        .isEqualTo("[{\"Key\":\"a\",\"Value\":\"2\"},{\"Key\":\"b\",\"Value\":\"\"}]");
    line.call("UntagResource", "{" + arn + ",'TagKeys':['a','none']}");
    assertThat(
            line.call("ListTagsForResource", "{" + arn + "}").path("Tags").findValuesAsText("Key"))
        .containsExactly("b");
    assertThatThrownBy(
            () ->
                line.call(
                    "ListTagsForResource",
                    "{'ResourceARN':'arn:aws:events:us-east-1:000000000000:rule/b/none'}"))
        .hasMessage("Rule none does not exist on EventBus b.");
    line.call("DeleteEventBus", "{'Name':'t'}");
    line.call("CreateEventBus", "{'Name':'t'}");
    assertThat(line.call("ListTagsForResource", "{" + arn + "}").path("Tags")).isEmpty();
  }

  @Test
  void permissionsAreStatementsOfTheBussPolicy() {
    line.call(
        "PutPermission",
        "{'EventBusName':'b','Action':'events:PutEvents','Principal':'111111111111','StatementId':'one'}");
    line.call(
        "PutPermission",
        "{'EventBusName':'b','Action':'events:PutEvents','Principal':'*','StatementId':'two','Condition':{'Type':'StringEquals','Key':'aws:PrincipalOrgID','Value':'o-1'}}");
    assertThat(bus().path("Policy").asText())
        .isEqualTo(
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"one\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:root\"},\"Action\":\"events:PutEvents\",\"Resource\":\""
                + BUS
                + "\"},{\"Sid\":\"two\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"events:PutEvents\",\"Resource\":\""
                + BUS
                + "\",\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-1\"}}}]}");
    line.call("RemovePermission", "{'EventBusName':'b','StatementId':'one'}");
    assertThat(bus().path("Policy").asText()).doesNotContain("111111111111");
    assertThatThrownBy(
            () -> line.call("RemovePermission", "{'EventBusName':'b','StatementId':'one'}"))
        .hasMessage("Statement with the provided id does not exist.");
    line.call("RemovePermission", "{'EventBusName':'b','RemoveAllPermissions':true}");
    assertThat(bus().has("Policy")).isFalse();
    line.call(
        "PutPermission",
        "{'EventBusName':'b','Policy':'{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Sid\\\":\\\"s\\\",\\\"Effect\\\":\\\"Allow\\\"}]}'}");
    assertThat(bus().path("Policy").asText())
        .isEqualTo(
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\"}]}");
    assertThatThrownBy(
            () ->
                line.call(
                    "PutPermission",
                    "{'EventBusName':'none','Action':'events:PutEvents','Principal':'*','StatementId':'s'}"))
        .hasMessage("Event bus none does not exist.");
  }

  /** The quota's 10,240 characters of what DescribeEventBus shows. */
  @Test
  void aPolicyIsAtMostAsLongAsTheQuota() {
    String policy =
        "{'EventBusName':'b','Policy':'{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Sid\\\":\\\"%s\\\"}]}'}";
    int besides = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"\"}]}".length();
    assertThatThrownBy(
            () -> line.call("PutPermission", policy.formatted("s".repeat(10_241 - besides))))
        .isInstanceOfSatisfying(
            AwsException.class,
            e -> assertThat(e.code()).isEqualTo("PolicyLengthExceededException"));
    assertThat(bus().has("Policy")).isFalse();
    line.call("PutPermission", policy.formatted("s".repeat(10_240 - besides)));
    assertThatThrownBy(
            () ->
                line.call(
                    "PutPermission",
                    "{'EventBusName':'b','Action':'events:PutEvents','Principal':'*','StatementId':'one'}"))
        .isInstanceOfSatisfying(
            AwsException.class,
            e -> assertThat(e.code()).isEqualTo("PolicyLengthExceededException"));
    assertThat(bus().path("Policy").asText()).hasSize(10_240);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ListArchives", "ListReplays"})
  void aListIsFilteredByOneThing(String operation) {
    for (String two :
        new String[] {
          "'NamePrefix':'a','State':'%s'",
          "'NamePrefix':'a','EventSourceArn':'" + BUS + "'",
          "'State':'%s','EventSourceArn':'" + BUS + "'"
        }) {
      String state = operation.equals("ListArchives") ? "ENABLED" : "RUNNING";
      assertThatThrownBy(() -> line.call(operation, "{" + two.formatted(state) + "}"))
          .hasMessage(
              "At most one filter is allowed for "
                  + operation
                  + ". Use either : State, EventSourceArn, or NamePrefix.");
    }
  }

  @Test
  void aBussUpdateKeepsWhatItDoesNotSay() {
    line.pass(Duration.ofSeconds(5));
    line.call(
        "UpdateEventBus",
        "{'Name':'b','Description':'d','DeadLetterConfig':{'Arn':'" + RuleTestBed.DLQ + "'}}");
    line.call("UpdateEventBus", "{'Name':'b'}");
    assertThat(bus().path("Description").asText()).isEqualTo("d");
    assertThat(bus().path("DeadLetterConfig").path("Arn").asText()).isEqualTo(RuleTestBed.DLQ);
    assertThat(bus().path("LastModifiedTime").asDouble() - bus().path("CreationTime").asDouble())
        .isEqualTo(5);
    line.put("{}");
    assertThat(line.endpoint.received()).hasSize(1);
  }

  @Test
  void anArchivesUpdateKeepsItsEvents() {
    line.call(
        "CreateArchive",
        "{'ArchiveName':'a','EventSourceArn':'"
            + BUS
            + "','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}'}");
    line.put("{}");
    line.call(
        "UpdateArchive",
        "{'ArchiveName':'a','EventPattern':'{\\\"source\\\":[\\\"other\\\"]}','RetentionDays':3,'Description':'d'}");
    line.put("{}");
    JsonNode archive = line.call("DescribeArchive", "{'ArchiveName':'a'}");
    assertThat(archive.path("EventCount").asInt()).isEqualTo(1);
    assertThat(archive.path("SizeBytes").asInt()).isGreaterThan(100);
    assertThat(archive.path("RetentionDays").asInt()).isEqualTo(3);
    assertThat(archive.path("Description").asText()).isEqualTo("d");
    assertThat(archive.path("EventPattern").asText()).contains("other");
    assertThat(line.call("ListArchives", "{'EventSourceArn':'" + BUS + "'}").path("Archives"))
        .hasSize(1);
    assertThat(line.call("ListArchives", "{'State':'ENABLED'}").path("Archives")).hasSize(1);
    assertThat(line.call("ListArchives", "{'State':'DISABLED'}").path("Archives")).isEmpty();
    assertThatThrownBy(() -> line.call("ListArchives", "{'EventSourceArn':'" + BUS + "none'}"))
        .hasMessage("Event bus bnone does not exist.");
    assertThatThrownBy(
            () ->
                line.call(
                    "CreateArchive", "{'ArchiveName':'x','EventSourceArn':'" + BUS + "none'}"))
        .hasMessage("Event bus bnone does not exist.");
    assertThatThrownBy(() -> line.call("UpdateArchive", "{'ArchiveName':'none'}"))
        .isInstanceOfSatisfying(AwsException.class, e -> assertThat(e.status()).isEqualTo(500))
        .hasMessage("Service encountered unexpected problem. Please try again.");
  }

  @Test
  void aReplayIsOfTheArchivesBus() {
    line.call("CreateArchive", "{'ArchiveName':'a','EventSourceArn':'" + BUS + "'}");
    String replay =
        "{'ReplayName':'p','Description':'d','EventSourceArn':'arn:aws:events:us-east-1:000000000000:archive/%s','EventStartTime':%d,'EventEndTime':%d,'Destination':{'Arn':'%s'}}";
    assertThatThrownBy(() -> line.call("StartReplay", replay.formatted("none", 1, 2, BUS)))
        .hasMessage("Parameter EventSourceArn is not valid. Reason: Archive none does not exist.");
    assertThatThrownBy(() -> line.call("StartReplay", replay.formatted("a", 1, 2, BUS + "none")))
        .hasMessage("Event bus bnone does not exist.");
    assertThatThrownBy(
            () ->
                line.call(
                    "StartReplay", replay.formatted("a", 1, 2, BUS.replace("/b", "/default"))))
        .hasMessage(
            "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not"
                + " permitted.");
    assertThatThrownBy(() -> line.call("StartReplay", replay.formatted("a", 2, 2, BUS)))
        .hasMessage(
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before"
                + " EventEndTime.");
    line.call("StartReplay", replay.formatted("a", 1, 2, BUS));
    assertThat(line.call("DescribeReplay", "{'ReplayName':'p'}").path("Description").asText())
        .isEqualTo("d");
    assertThat(line.call("ListReplays", "{}").path("Replays").path(0).has("Description")).isFalse();
  }

  @Test
  void ruleNamesAreFoundByTheirTarget() {
    rules(2);
    line.call(
        "PutTargets",
        "{'Rule':'page-1','EventBusName':'"
            + BUS
            + "','Targets':[{'Id':'1','Arn':'arn:aws:sqs:us-east-1:000000000000:q'}]}");
    assertThat(
            line.call(
                    "ListRuleNamesByTarget",
                    "{'TargetArn':'arn:aws:sqs:us-east-1:000000000000:q','EventBusName':'b'}")
                .toString())
        .isEqualTo("{\"RuleNames\":[\"page-1\"]}");
  }

  @Test
  void aRuleHasARoleAndOneOfThreeStates() {
    line.call(
        "PutRule",
        "{'Name':'x','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}','State':'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS','RoleArn':'arn:aws:iam::000000000000:role/r'}");
    JsonNode rule = line.call("DescribeRule", "{'Name':'x'}");
    assertThat(rule.path("State").asText())
        .isEqualTo("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
    assertThat(rule.path("RoleArn").asText()).isEqualTo("arn:aws:iam::000000000000:role/r");
    assertThat(rule.path("CreatedBy").asText()).isEqualTo("000000000000");
    assertThat(line.call("ListRules", "{}").path("Rules").path(0).has("CreatedBy")).isFalse();
  }
}
