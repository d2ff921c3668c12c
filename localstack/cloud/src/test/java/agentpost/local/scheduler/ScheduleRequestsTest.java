package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scheduler's operations take, refuse and list. */
class ScheduleRequestsTest extends SchedulerTestBed {
  @Test
  void aNameIsTakenOnceInAGroupAndTheSecondNeverFires() {
    ask("POST", "one", schedule("at(2026-03-31T11:30:00)", ""));
    AwsResponse again = ask("POST", "one", schedule("at(2026-03-31T10:00:00)", ""));
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.headers()).containsEntry("x-amzn-ErrorType", "ConflictException");
    timeline.settle();
    assertThat(put).isEmpty();
    scheduler.addGroup("g");
    assertThat(ask("POST", "one", schedule("at(2026-03-31T11:30:00)", ",'GroupName':'g'")).status())
        .isEqualTo(200);
    assertThat(ask("DELETE", "one", "", "g").status()).isEqualTo(200);
    assertThat(ask("DELETE", "one", "", "g").status()).isEqualTo(404);
    timeline.pass(Duration.ofHours(1));
    assertThat(put).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "cron(0 10 * * ? *)",
        "at(tomorrow)",
        ""
      })
  void anExpressionItCannotHonourIsNamed(String expression) {
    AwsResponse answer = ask("POST", "one", schedule(expression, ""));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(new String(answer.body(), UTF_8)).contains(expression);
  }

  @Test
  void groupsAreListedApart() {
    scheduler.addGroup("g");
    ask("POST", "one", everyTime("rate(1 minute)", ",'GroupName':'g'"));
    ask("POST", "two", everyTime("rate(1 minute)", ""));
    AwsResponse listed =
        scheduler.handle(
            new AwsRequest(
                "GET", "/schedules", Map.of("ScheduleGroup", List.of("g")), Map.of(), new byte[0]));
    assertThat(new String(listed.body(), UTF_8)).contains("\"Name\":\"one\"").doesNotContain("two");
  }

  @Test
  void aTargetOrAnOperationItCannotHonourIsNamed() {
    String lambda =
        schedule("at(2026-03-31T11:30:00)", "")
            .replace("arn:aws:events:us-east-1:000000000000:event-bus/b", "arn:aws:lambda:x");
    assertThat(new String(ask("POST", "one", lambda).body(), UTF_8)).contains("arn:aws:lambda:x");
    assertThat(new String(ask("PATCH", "one", "{}").body(), UTF_8))
        .contains("PATCH /schedules/one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ",'EndDate':1000|EndDate",
        ",'StartDate':1790000000,'EndDate':1780000000|EndDate",
        ",'KmsKeyArn':'arn:aws:kms:us-east-1:000000000000:key/k'|KmsKeyArn",
        ",'Nonsense':1|Nonsense",
        ",'State':'ON'|'ON' at 'state'",
        ",'ScheduleExpressionTimezone':'Mars/Base'|Mars/Base",
        ",'ActionAfterCompletion':'ARCHIVE'|'ARCHIVE' at 'actionAfterCompletion'",
      })
  void whatItCannotHonourIsNamed(String more, String named) {
    AwsResponse answer = ask("POST", "one", everyTime("rate(1 hour)", more));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.headers()).containsEntry("x-amzn-ErrorType", "ValidationException");
    assertThat(new String(answer.body(), UTF_8)).contains(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Mode':'FLEXIBLE'}",
        "{'Mode':'OFF','MaximumWindowInMinutes':5}",
        "{'Mode':'FLEXIBLE','MaximumWindowInMinutes':1441}",
        "{}"
      })
  void aWindowIsOfItsMode(String window) {
    assertThat(
            ask("POST", "one", everyTime("rate(1 hour)", "").replace("{'Mode':'OFF'}", window))
                .status())
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'EcsParameters':{'TaskDefinitionArn':'t'}",
        "'KinesisParameters':{'PartitionKey':'k'}",
        "'SqsParameters':{}",
        "'SageMakerPipelineParameters':{}"
      })
  void aTargetsSettingOfAnotherKindIsNamed(String setting) {
    AwsResponse answer =
        ask(
            "POST",
            "one",
            everyTime("rate(1 hour)", "").replace("'Input':'{}'", "'Input':'{}'," + setting));
    assertThat(new String(answer.body(), UTF_8))
        .contains(
            setting.substring(1, setting.indexOf("Parameters")) + "Parameters of CreateSchedule");
  }

  @Test
  void theSameTokenIsTheSameRequest() {
    String same = everyTime("rate(1 hour)", ",'ClientToken':'abc'");
    assertThat(ask("POST", "one", same).status()).isEqualTo(200);
    assertThat(ask("POST", "one", same).status()).isEqualTo(200);
    assertThat(ask("POST", "one", everyTime("rate(1 hour)", ",'ClientToken':'other'")).status())
        .isEqualTo(409);
    AwsRequest delete =
        new AwsRequest(
            "DELETE",
            "/schedules/one",
            Map.of("clientToken", List.of("gone")),
            Map.of(),
            new byte[0]);
    assertThat(scheduler.handle(delete).status()).isEqualTo(200);
    assertThat(scheduler.handle(delete).status()).isEqualTo(200);
    assertThat(ask("DELETE", "one", "").status()).isEqualTo(404);
  }

  @Test
  void listsHavePagesPrefixesAndStates() {
    for (String name : List.of("a1", "a2", "a3", "b1")) {
      ask("POST", name, everyTime("rate(1 hour)", name.equals("a3") ? ",'State':'DISABLED'" : ""));
    }
    assertThat(names(Map.of("MaxResults", List.of("2")))).isEqualTo("a1 a2 …");
    assertThat(names(Map.of("NamePrefix", List.of("a"), "State", List.of("ENABLED"))))
        .isEqualTo("a1 a2");
    assertThat(names(Map.of("State", List.of("DISABLED")))).isEqualTo("a3");
    assertThat(
            new String(
                scheduler
                    .handle(
                        new AwsRequest(
                            "GET",
                            "/schedules",
                            Map.of("Nonsense", List.of("x")),
                            Map.of(),
                            new byte[0]))
                    .body(),
                UTF_8))
        .contains("Nonsense of ListSchedules");
  }

  private String names(Map<String, List<String>> query) {
    String listed =
        new String(
            scheduler
                .handle(new AwsRequest("GET", "/schedules", query, Map.of(), new byte[0]))
                .body(),
            UTF_8);
    String names =
        Pattern.compile("\"Name\":\"([a-z0-9]+)\"")
            .matcher(listed)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.joining(" "));
    return names + (listed.contains("NextToken") ? " …" : "");
  }

  /**
   * Rights are looked at for the group that the query names; a body that names another must not be
   * what counts.
   */
  @Test
  void aGroupInTheBodyOfADeletionIsRefusedByName() {
    AwsRequest delete =
        new AwsRequest(
            "DELETE",
            "/schedules/one",
            Map.of("groupName", List.of("others")),
            Map.of(),
            "{\"GroupName\":\"own\"}".getBytes(UTF_8));
    AwsResponse answer = scheduler.handle(delete);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(new String(answer.body(), UTF_8))
        .contains("does not support GroupName in the body of DeleteSchedule");
  }

  @Test
  void aScheduleIsOfAGroupThatIsThereAndGoesWithIt() {
    String inGroup = schedule("at(2026-03-31T11:30:00)", ",'GroupName':'later'");
    for (String method : List.of("POST", "PUT")) {
      assertThat(ask(method, "one", inGroup).status()).isEqualTo(404);
    }
    AwsResponse refused = ask("POST", "one", inGroup);
    assertThat(refused.headers()).containsEntry("x-amzn-ErrorType", "ResourceNotFoundException");
    assertThat(new String(refused.body(), UTF_8)).contains("Schedule group later does not exist.");
    scheduler.addGroup("later");
    assertThat(ask("POST", "one", inGroup).status()).isEqualTo(200);
    scheduler.removeGroup("later");
    assertThat(ask("GET", "one", "", "later").status()).isEqualTo(404);
    timeline.pass(Duration.ofHours(2));
    assertThat(put).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate(1 hours)",
        "rate(2 hour)",
        "rate(0 minutes)",
        "rate(-1 minutes)",
        "rate(5 weeks)",
        "rate(1.5 hours)",
        "rate(5  minutes)",
        "every day",
        "at(tomorrow)",
        "at(2027-01-01T00:00:00.5)",
        "at(2027-01-01T00:00:00.000000001)",
        "at(2027-01-01T00:00)",
        "at(+12027-01-01T00:00:00)",
        "at(2027-02-30T00:00:00)",
        "at(2027-01-01T00:00:00Z)"
      })
  void anExpressionThatIsNoneIsSaidToBeSo(String expression) {
    AwsResponse refused = ask("POST", "one", schedule(expression, ""));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(new String(refused.body(), UTF_8))
        .contains("Invalid Schedule Expression " + expression + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arn:aws:sqs:eu-west-1:000000000000:letters",
        "arn:aws:sqs:us-east-1:111111111111:letters"
      })
  void itsDeadLettersStayHere(String queue) {
    AwsResponse refused =
        ask(
            "POST",
            "one",
            schedule("at(2026-03-31T11:30:00)", "")
                .replace("'Target':{", "'Target':{'DeadLetterConfig':{'Arn':'" + queue + "'},"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(new String(refused.body(), UTF_8))
        .contains("A dead-letter queue must be a standard queue of SQS in us-east-1", queue);
  }

  @Test
  void itsRoleIsOfThisAccount() {
    AwsResponse refused =
        ask(
            "POST",
            "one",
            schedule("at(2026-03-31T11:30:00)", "")
                .replace("iam::000000000000", "iam::111111111111"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(new String(refused.body(), UTF_8))
        .contains("Cross-account pass role is not allowed.");
  }
}
