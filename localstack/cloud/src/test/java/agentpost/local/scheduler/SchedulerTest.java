package agentpost.local.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import agentpost.local.eventbridge.targets.TargetServices;
import agentpost.local.iam.Authorizer;
import agentpost.local.policy.ResourcePolicies;
import agentpost.local.testing.ManualTimeline;
import agentpost.local.time.InFlightCounter;
import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsRequest;
import agentpost.local.wire.AwsResponse;
import agentpost.local.wire.JsonService;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
  private final ManualTimeline timeline = new ManualTimeline(Instant.parse("2026-03-31T10:30:00Z"));
  private final List<JsonNode> put = new ArrayList<>();
  private final List<String> invoked = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final List<String> deadLetters = new ArrayList<>();
  private Duration takes = Duration.ZERO;
  private boolean isThere = true;
  private boolean refused;
  private boolean idle;
  private final Scheduler scheduler = scheduler(timeline);

  private Scheduler scheduler(Timeline timeline) {
    return new Scheduler(
        timeline,
        new JsonService(
            "EventBridge",
            "1.1",
            Map.of(
                "PutEvents",
                input -> {
                  put.add(input.path("Entries").path(0));
                  ObjectNode answer =
                      JsonNodeFactory.instance
                          .objectNode()
                          .put("FailedEntryCount", refused ? 1 : 0);
                  answer
                      .putArray("Entries")
                      .addObject()
                      .put("ErrorCode", "MalformedDetail")
                      .put("ErrorMessage", "Detail is malformed.");
                  return answer;
                })),
        this::invoked,
        new Queues(),
        new Authorizer(new ResourcePolicies(), (_, _) -> {}),
        (name, line) -> log.add(name + " " + line),
        () -> idle);
  }

  /** Time that is moved, and that runs 600 times as fast as the wall's. */
  private record Ahead(ManualTimeline timeline) implements Timeline {
    @Override
    public Instant now() {
      return timeline.now();
    }

    @Override
    public Duration runsAhead(Duration wall) {
      return wall.multipliedBy(600);
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return timeline.schedule(delay, task);
    }

    @Override
    public void close() {
      timeline.close();
    }
  }

  /**
   * A function plans a reminder for the next minute and calls it off in the next moment, which at
   * such a pace is hours later.
   */
  @Test
  void whereTimeRunsAheadAPlanCanStillBeCalledOff() {
    Scheduler fast = scheduler(new Ahead(timeline));
    String soon = schedule("at(2026-03-31T10:31:00)", "").replace('\'', '"');
    for (String name : List.of("called-off", "kept")) {
      assertThat(
              fast.handle(
                      new AwsRequest(
                          "POST", "/schedules/" + name, Map.of(), Map.of(), soon.getBytes(UTF_8)))
                  .status())
          .isEqualTo(200);
    }
    timeline.pass(Duration.ofMinutes(19));
    assertThat(put).isEmpty();
    assertThat(
            fast.handle(
                    new AwsRequest(
                        "DELETE", "/schedules/called-off", Map.of(), Map.of(), new byte[0]))
                .status())
        .isEqualTo(200);
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  /**
   * A held schedule: a sign-up is on its way when its time comes, and leads to a part before it
   * ends. However long each takes, nothing is told to be missing until both have arrived.
   */
  @Test
  void whereTimeRunsAheadAScheduleWaitsForWhatIsOnItsWayAndWhatThatLeadsTo() throws Exception {
    Scheduler fast = scheduler(new Ahead(timeline));
    InFlightCounter deliveries = new InFlightCounter();
    fast.waitsFor(deliveries);
    deliveries.begin();
    fast.handle(
        new AwsRequest(
            "POST",
            "/schedules/deadline",
            Map.of(),
            Map.of(),
            schedule("at(2026-03-31T10:31:00)", "").replace('\'', '"').getBytes(UTF_8)));
    Thread due = Thread.ofPlatform().start(() -> timeline.pass(Duration.ofMinutes(20)));
    awaitWaiting(due);
    assertThat(put).isEmpty();
    deliveries.begin();
    deliveries.end();
    awaitWaiting(due);
    assertThat(put).isEmpty();
    deliveries.end();
    assertThat(due.join(Duration.ofMinutes(1))).isTrue();
    assertThat(put).hasSize(1);
  }

  private static void awaitWaiting(Thread thread) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> thread.getState() == Thread.State.TIMED_WAITING);
  }

  /** Dead-letter queues. */
  private final class Queues implements TargetServices {
    @Override
    public Optional<Failure> sendToQueue(
        String queueArn, String body, Map<String, String> attributes) {
      deadLetters.add(queueArn + " " + body + " " + new TreeMap<>(attributes));
      return Optional.empty();
    }

    @Override
    public Optional<Failure> putLogEvent(String logGroupArn, Instant at, String message) {
      throw new IllegalStateException("nothing is logged");
    }

    @Override
    public URI locate(URI endpoint) {
      return endpoint;
    }
  }

  /** A target that takes as long as it is told. */
  private boolean invoked(String function, String input) {
    invoked.add(
        function.replaceFirst("^.*:function:", "").replaceFirst(":.*", "")
            + " "
            + input
            + " "
            + timeline.now());
    if (!takes.isZero()) {
      timeline.pass(takes);
    }
    return isThere;
  }

  private AwsResponse ask(String method, String name, String body, String... group) {
    Map<String, List<String>> query =
        group.length == 0 ? Map.of() : Map.of("groupName", List.of(group));
    return scheduler.handle(
        new AwsRequest(
            method,
            "/schedules/" + name,
            query,
            Map.of(),
            body.replace('\'', '"').getBytes(UTF_8)));
  }

  private static String schedule(String expression, String more) {
    return "{'FlexibleTimeWindow':{'Mode':'OFF'},'ScheduleExpression':'"
        + expression
        + "','Target':{'Arn':'arn:aws:events:us-east-1:000000000000:event-bus/b','RoleArn':'arn:aws:iam::000000000000:role/r',"
        + "'EventBridgeParameters':{'Source':'s','DetailType':'t'},'Input':'{\\\"a\\\":1}'}"
        + more
        + "}";
  }

  @Test
  void putsItsEventWhenItsTimeComesAndNotBefore() {
    assertThat(ask("POST", "one", schedule("at(2026-03-31T11:30:00)", "")).status()).isEqualTo(200);
    timeline.pass(Duration.ofMinutes(59));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
    assertThat(put.getFirst().toString())
        .isEqualTo(
            "{\"EventBusName\":\"arn:aws:events:us-east-1:000000000000:event-bus/b\",\"Source\":\"s\",\"DetailType\":\"t\",\"Detail\":\"{\\\"a\\\":1}\"}");
    timeline.pass(Duration.ofDays(2));
    assertThat(put).hasSize(1);
  }

  @Test
  void itsTimeIsOfItsZone() {
    ask(
        "POST",
        "one",
        schedule("at(2026-03-31T13:30:00)", ",'ScheduleExpressionTimezone':'Europe/Berlin'"));
    timeline.pass(Duration.ofMinutes(59));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void isDeletedAfterCompletionOnlyIfItSaysSo() {
    ask("POST", "gone", schedule("at(2026-03-31T10:31:00)", ",'ActionAfterCompletion':'DELETE'"));
    ask("POST", "kept", schedule("at(2026-03-31T10:31:00)", ""));
    timeline.pass(Duration.ofMinutes(1));
    assertThat(ask("GET", "gone", "").status()).isEqualTo(404);
    assertThat(ask("GET", "kept", "").status()).isEqualTo(200);
  }

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

  @Test
  void anUpdateMovesIt() {
    ask("POST", "one", schedule("at(2026-03-31T10:31:00)", ""));
    assertThat(ask("PUT", "one", schedule("at(2026-03-31T10:35:00)", "")).status()).isEqualTo(200);
    assertThat(ask("PUT", "two", schedule("at(2026-03-31T10:35:00)", "")).status()).isEqualTo(404);
    timeline.pass(Duration.ofMinutes(4));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void aPastTimeFiresAtOnceAndADisabledOneNever() {
    ask("POST", "past", schedule("at(2026-03-30T10:30:00)", ",'ActionAfterCompletion':'DELETE'"));
    ask("POST", "off", schedule("at(2026-03-31T10:31:00)", ",'State':'DISABLED'"));
    timeline.pass(Duration.ofDays(1));
    assertThat(put).hasSize(1);
    assertThat(ask("GET", "past", "").status()).isEqualTo(404);
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

  private static final String FUNCTION =
      "arn:aws:lambda:us-east-1:000000000000:function:sweep:live";

  private static String everyTime(String expression, String more) {
    return "{'FlexibleTimeWindow':{'Mode':'OFF'},'ScheduleExpression':'"
        + expression
        + "','Target':{'Arn':'"
        + FUNCTION
        + "','RoleArn':'arn:aws:iam::000000000000:role/r','Input':'{}'}"
        + more
        + "}";
  }

  @Test
  void aRateInvokesItsFunctionAgainAndAgain() {
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    ask("POST", "slower", everyTime("rate(2 hours)", "").replace(":sweep", ":slow"));
    timeline.pass(Duration.ofSeconds(59));
    assertThat(invoked).isEmpty();
    timeline.pass(Duration.ofSeconds(121));
    assertThat(invoked)
        .containsExactly(
            "sweep {} 2026-03-31T10:31:00Z",
            "sweep {} 2026-03-31T10:32:00Z",
            "sweep {} 2026-03-31T10:33:00Z");
    timeline.pass(Duration.ofHours(2));
    assertThat(invoked).contains("slow {} 2026-03-31T12:30:00Z");
  }

  @Test
  void aTargetThatTakesLongerThanItsRateIsNotRunTwiceAtOnce() {
    takes = Duration.ofSeconds(90);
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    timeline.pass(Duration.ofSeconds(60));
    takes = Duration.ZERO;
    assertThat(invoked).containsExactly("sweep {} 2026-03-31T10:31:00Z");
    timeline.pass(Duration.ofMinutes(3));
    assertThat(invoked).element(1).isEqualTo("sweep {} 2026-03-31T10:33:30Z");
  }

  @Test
  void aRateThatIsDeletedOrChangedIsOver() {
    ask("POST", "gone", everyTime("rate(1 minute)", ""));
    ask("POST", "changed", everyTime("rate(1 minute)", "").replace(":sweep", ":before"));
    timeline.pass(Duration.ofSeconds(90));
    assertThat(ask("DELETE", "gone", "").status()).isEqualTo(200);
    assertThat(
            ask("PUT", "changed", everyTime("rate(1 hour)", "").replace(":sweep", ":after"))
                .status())
        .isEqualTo(200);
    invoked.clear();
    timeline.pass(Duration.ofMinutes(61));
    assertThat(invoked).containsExactly("after {} 2026-03-31T11:31:30Z");
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

  private static long seconds(String time) {
    return Instant.parse(time).getEpochSecond();
  }

  private List<String> times() {
    return invoked.stream().map(line -> line.replaceFirst("^.* ", "")).toList();
  }

  @Test
  void aRateBeginsAtItsStartAndEndsAtItsEnd() {
    String dates =
        ",'StartDate':"
            + seconds("2026-03-31T12:00:00Z")
            + ",'EndDate':"
            + seconds("2026-03-31T14:00:00Z");
    assertThat(ask("POST", "every", everyTime("rate(1 hour)", dates)).status()).isEqualTo(200);
    timeline.pass(Duration.ofDays(2));
    assertThat(times())
        .containsExactly("2026-03-31T12:00:00Z", "2026-03-31T13:00:00Z", "2026-03-31T14:00:00Z");
    assertThat(new String(ask("GET", "every", "").body(), UTF_8))
        .contains(
            "\"StartDate\":" + seconds("2026-03-31T12:00:00Z"),
            "\"EndDate\":" + seconds("2026-03-31T14:00:00Z"));
  }

  @Test
  void aStartThatIsPastGivesTheRateItsPhase() {
    ask(
        "POST",
        "every",
        everyTime("rate(1 hour)", ",'StartDate':" + seconds("2026-03-31T08:45:00Z")));
    timeline.pass(Duration.ofHours(2));
    assertThat(times()).containsExactly("2026-03-31T10:45:00Z", "2026-03-31T11:45:00Z");
  }

  /**
   * User guide, "Deletion after schedule completion": after the last invocation before the end
   * date; without an end date never.
   */
  @Test
  void aRateIsDeletedAfterItsLastInvocationAndNotAfterItsFirst() {
    ask(
        "POST",
        "ends",
        everyTime(
            "rate(1 hour)",
            ",'ActionAfterCompletion':'DELETE','EndDate':" + seconds("2026-03-31T13:00:00Z")));
    ask(
        "POST",
        "endless",
        everyTime("rate(1 hour)", ",'ActionAfterCompletion':'DELETE'").replace(":sweep", ":other"));
    timeline.pass(Duration.ofHours(1));
    assertThat(ask("GET", "ends", "").status()).isEqualTo(200);
    timeline.pass(Duration.ofHours(1));
    assertThat(ask("GET", "ends", "").status()).isEqualTo(404);
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked).filteredOn(line -> line.startsWith("sweep")).hasSize(2);
    assertThat(invoked).filteredOn(line -> line.startsWith("other")).hasSize(26);
    assertThat(ask("GET", "endless", "").status()).isEqualTo(200);
  }

  @Test
  void aRateWhoseEndComesBeforeItsFirstTimeNeverFiresAndIsDeletedIfItSaysSo() {
    ask(
        "POST",
        "short",
        everyTime(
            "rate(1 hour)",
            ",'ActionAfterCompletion':'DELETE','EndDate':" + seconds("2026-03-31T11:00:00Z")));
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked).isEmpty();
    assertThat(ask("GET", "short", "").status()).isEqualTo(404);
  }

  @Test
  void onceIsWhenItSaysWhateverTheDatesAre() {
    ask(
        "POST",
        "one",
        schedule(
            "at(2026-03-31T11:30:00)",
            ",'StartDate':"
                + seconds("2026-04-01T00:00:00Z")
                + ",'EndDate':"
                + seconds("2026-03-31T11:00:00Z")));
    timeline.pass(Duration.ofHours(1));
    assertThat(put).hasSize(1);
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
  void whatFailsIsTriedAgainAndThenInItsDeadLetterQueue() {
    isThere = false;
    String target =
        "'Input':'{}','RetryPolicy':{'MaximumRetryAttempts':2},'DeadLetterConfig':{'Arn':'arn:aws:sqs:us-east-1:000000000000:late'}";
    ask("POST", "one", everyTime("at(2026-03-31T11:30:00)", "").replace("'Input':'{}'", target));
    timeline.pass(Duration.ofHours(2));
    assertThat(invoked).hasSize(3);
    assertThat(deadLetters)
        .singleElement()
        .asString()
        .contains("function:sweep:live")
        .contains("arn:aws:sqs:us-east-1:000000000000:late {\"FunctionName\":")
        .contains(
            "ERROR_CODE=ResourceNotFoundException",
            "EXHAUSTED_RETRY_CONDITION=MaximumRetryAttempts",
            "RETRY_ATTEMPTS=2",
            "SCHEDULED_TIME=2026-03-31T11:30:00Z")
        .contains(
            "SCHEDULE_ARN=arn:aws:scheduler:us-east-1:000000000000:schedule/default/one",
            "TARGET_ARN=arn:aws:scheduler:::aws-sdk:lambda:invoke",
            "IS_PAYLOAD_TRUNCATED=false");
  }

  @Test
  void whatIsTooOldIsGivenUpAndSaysSo() {
    isThere = false;
    ask(
        "POST",
        "one",
        everyTime("at(2026-03-31T11:30:00)", "")
            .replace("'Input':'{}'", "'Input':'{}','RetryPolicy':{'MaximumEventAgeInSeconds':60}"));
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked).hasSize(6);
    assertThat(log)
        .singleElement()
        .asString()
        .contains("schedule default/one given up after 6 attempts (MaximumEventAgeInSeconds)");
  }

  @Test
  void anEventThatThePutRefusesIsADeadLetterToo() {
    refused = true;
    String queue =
        "'DeadLetterConfig':{'Arn':'arn:aws:sqs:us-east-1:000000000000:late'},'RetryPolicy':{'MaximumRetryAttempts':0},'Input'";
    ask("POST", "one", schedule("at(2026-03-31T11:30:00)", "").replace("'Input'", queue));
    timeline.pass(Duration.ofHours(1));
    assertThat(deadLetters)
        .singleElement()
        .asString()
        .contains("ERROR_CODE=MalformedDetail", "\"Entries\":[{");
  }

  @Test
  void itsInputKnowsTheScheduleAndTheTime() {
    ask(
        "POST",
        "one",
        everyTime("at(2026-03-31T11:30:00)", "")
            .replace(
                "'{}'",
                "'<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time>"
                    + " <aws.scheduler.attempt-number>'"));
    timeline.pass(Duration.ofHours(1));
    assertThat(invoked.getFirst())
        .startsWith(
            "sweep arn:aws:scheduler:us-east-1:000000000000:schedule/default/one"
                + " 2026-03-31T11:30:00Z 1 ");
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
   * At --time-scale 600, where a minute is a tenth of a second.
   *
   * @param inVain whether the function only reads
   */
  private void everyMinuteAtScale600(boolean inVain) {
    Scheduler fast = scheduler(new Ahead(timeline));
    fast.passesLooksInVain(_ -> () -> inVain);
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    assertThat(
            fast.handle(
                    new AwsRequest(
                        "POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)))
                .status())
        .isEqualTo(200);
  }

  private int invocationsIn(Duration wall) {
    int before = invoked.size();
    timeline.pass(wall.multipliedBy(600));
    return invoked.size() - before;
  }

  @Test
  void aMinuteThatIsATenthOfASecondIsNotLookedForTenTimesASecondWhileNobodyDoesAnything() {
    idle = true;
    everyMinuteAtScale600(false);
    assertThat(invocationsIn(Duration.ofSeconds(16))).isEqualTo(4);
    assertThat(invocationsIn(Duration.ofMinutes(10))).isEqualTo(120);
  }

  /** In forty seconds of an idle cloud, after a minute and after nearly three. */
  @Test
  void aFunctionThatFindsNothingToDoIsAskedLessAndLessOften() {
    idle = true;
    everyMinuteAtScale600(true);
    assertThat(invocationsIn(Duration.ofSeconds(60))).isLessThanOrEqualTo(12);
    assertThat(invocationsIn(Duration.ofSeconds(40))).isBetween(1, 2);
    invocationsIn(Duration.ofSeconds(60));
    assertThat(invocationsIn(Duration.ofSeconds(40))).isBetween(1, 2);
    assertThat(invocationsIn(Duration.ofMinutes(10))).isEqualTo(20);
  }

  /**
   * Whenever after the last thing that happened something becomes due, the function looks no later
   * than by half of that time, by five seconds if that is more, and by thirty at most.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 6, 24, 25, 26, 59, 60, 61, 144, 150, 151, 3600, 86_400})
  void whatBecomesDueWhileNothingHappensIsNotFoundMuchLater(int seconds) {
    idle = true;
    everyMinuteAtScale600(true);
    // Its first time.
    timeline.pass(Duration.ofMinutes(1));
    invocationsIn(Duration.ofSeconds(seconds));
    int most = Math.max(5, Math.min(30, seconds / 2 + 1));
    // A look's own minute beside it.
    assertThat(invocationsIn(Duration.ofSeconds(most).plusMillis(100))).isPositive();
  }

  /** Somebody asks, or an event is put: within a second it is as often as the rate says. */
  @Test
  void whenSomethingHappensTheRateIsKeptFromTheNextSecondOn() {
    idle = true;
    everyMinuteAtScale600(true);
    invocationsIn(Duration.ofMinutes(10));
    idle = false;
    assertThat(invocationsIn(Duration.ofSeconds(1))).isPositive();
    assertThat(invocationsIn(Duration.ofSeconds(2))).isEqualTo(20);
    idle = true;
    assertThat(invocationsIn(Duration.ofSeconds(16))).isBetween(3, 4);
  }

  /** What the function did may be what the next look finds. */
  @Test
  void aFunctionThatFoundSomethingIsAskedAgainInFiveSeconds() {
    idle = true;
    AtomicBoolean inVain = new AtomicBoolean(true);
    Scheduler fast = scheduler(new Ahead(timeline));
    fast.passesLooksInVain(_ -> inVain::get);
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    fast.handle(
        new AwsRequest("POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)));
    invocationsIn(Duration.ofMinutes(10));
    inVain.set(false);
    assertThat(invocationsIn(Duration.ofSeconds(31))).isGreaterThanOrEqualTo(5);
  }

  /** A function in a process of its own takes seconds to start, which are hours at such a pace. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFunctionThatIsStillAtWorkIsNotBegunOnceMore(boolean isIdle) {
    idle = isIdle;
    AtomicBoolean atWork = new AtomicBoolean();
    Scheduler fast = scheduler(new Ahead(timeline));
    fast.passesOverWhile(
        arn -> {
          assertThat(arn).contains(":function:");
          return atWork.get();
        });
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    fast.handle(
        new AwsRequest("POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)));
    timeline.pass(Duration.ofMinutes(1));
    assertThat(invoked).hasSize(1);
    atWork.set(true);
    assertThat(invocationsIn(Duration.ofMinutes(1))).isZero();
    atWork.set(false);
    assertThat(invocationsIn(Duration.ofSeconds(1))).isPositive();
  }

  /** As on AWS, which has no such pace. */
  @Test
  void aMinuteThatIsAMinuteIsKeptWhetherTheFunctionIsAtWorkOrNot() {
    scheduler.passesOverWhile(_ -> true);
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    timeline.pass(Duration.ofMinutes(60));
    assertThat(invoked).hasSize(60);
  }

  @Test
  void aRateThatIsDeletedWhileNothingHappensIsGone() {
    idle = true;
    Scheduler fast = scheduler(new Ahead(timeline));
    String every = everyTime("rate(1 minute)", "").replace('\'', '"');
    fast.handle(
        new AwsRequest("POST", "/schedules/every", Map.of(), Map.of(), every.getBytes(UTF_8)));
    assertThat(invocationsIn(Duration.ofSeconds(7))).isPositive();
    fast.handle(new AwsRequest("DELETE", "/schedules/every", Map.of(), Map.of(), new byte[0]));
    assertThat(invocationsIn(Duration.ofMinutes(1))).isZero();
    assertThat(timeline.planned()).isZero();
  }

  @Test
  void aMinuteThatIsAMinuteIsKeptWhetherAnybodyDoesAnythingOrNot() {
    idle = true;
    ask("POST", "every", everyTime("rate(1 minute)", ""));
    timeline.pass(Duration.ofMinutes(60));
    assertThat(invoked).hasSize(60);
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
