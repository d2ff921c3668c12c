package agentpost.local.eventbridge;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.RuleTestBed.Letter;
import agentpost.local.eventbridge.delivery.DeliveryListener;
import agentpost.local.eventbridge.delivery.PendingDelivery;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How one event gets to an API destination, as aws-facts has it; the timeline moves by hand, the
 * HTTP is real.
 */
class DeliveryTest {
  private static final Duration DAY = Duration.ofDays(1);
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private Letter letter() {
    assertThat(line.letters).hasSize(1);
    return line.letters.getFirst();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 407, 409, 429, 500, 502, 503, 504, 599})
  void triesAgainAfter(int status) {
    line.endpoint.answers(status).answers(200);
    line.put("{}");
    line.pass(Duration.ofSeconds(1));
    assertThat(line.endpoint.received()).hasSize(2);
    assertThat(line.events.pendingDeliveries()).isEmpty();
    assertThat(line.letters).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        300, 301, 302, 304, 307, 400, 402, 403, 404, 405, 408, 410, 413, 418, 422, 423, 425, 451
      })
  void givesUpAtOnceAfter(int status) {
    line.endpoint.answers(status, "Location: " + line.endpoint.url("/elsewhere")).answers(200);
    line.put("{}");
    line.pass(DAY);
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "ERROR_FROM_TARGET")
        .containsEntry("RETRY_ATTEMPTS", "0")
        .doesNotContainKey("EXHAUSTED_RETRY_CONDITION");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void isDoneAfter(int status) {
    line.endpoint.answers(status);
    line.put("{}");
    line.pass(DAY);
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(line.letters).isEmpty();
    assertThat(line.events.pendingDeliveries()).isEmpty();
  }

  @Test
  void triesAgainWhenTheConnectionIsRefused() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    line.destination("http://127.0.0.1:" + port + "/", 300).retry(1, 86_400);
    line.put("{}");
    line.pass(DAY);
    assertThat(line.attempts()).isEqualTo(2);
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "CONNECTION_FAILURE")
        .containsEntry("RETRY_ATTEMPTS", "1");
  }

  @Test
  void triesAgainWhenTheConnectionIsClosedWithoutAnAnswer() {
    line.endpoint.raw(new byte[0]).answers(200);
    line.put("{}");
    line.pass(Duration.ofSeconds(1));
    assertThat(line.endpoint.received()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(line.letters).isEmpty();
  }

  /** The JDK's client would send a GET and a HEAD again by itself. */
  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST"})
  void anEndpointThatHangsUpIsAskedOnceAnAttempt(String method) {
    line.call("UpdateApiDestination", "{'Name':'d','HttpMethod':'" + method + "'}");
    line.endpoint.raw(new byte[0]).answers(200);
    line.put("{}");
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(line.happenings.toString()).contains("The connection to the endpoint failed");
    line.pass(Duration.ofSeconds(1));
    assertThat(line.endpoint.received()).hasSize(2);
    assertThat(line.letters).isEmpty();
  }

  @Test
  void hangsUpAfterFiveSecondsOfRealTimeAndTriesAgain() {
    line.endpoint.answersLate(Duration.ofSeconds(7), 200).answers(200);
    long start = System.nanoTime();
    line.put("{}");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(4900));
    assertThat(line.happenings.toString()).contains("The endpoint did not answer within 5 seconds");
    line.pass(Duration.ofSeconds(1));
    assertThat(line.events.pendingDeliveries()).isEmpty();
    assertThat(line.letters).isEmpty();
  }

  /** A 200 whose body does not end is no answer. */
  @Test
  void theFiveSecondsAreToTheAnswersEnd() {
    line.retry(0, 60).endpoint.answersHalting(200, Duration.ofSeconds(7));
    long start = System.nanoTime();
    line.put("{}");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(4900));
    assertThat(letter().attributes()).containsEntry("ERROR_CODE", "TIMEOUT");
  }

  @Test
  void waitsLongerEachTimeWithJitter() {
    line.endpoint.answers(503);
    line.put("{}");
    line.pass(Duration.ofHours(2));
    List<Duration> waits = line.waits();
    for (int i = 0; i < 10; i++) {
      assertThat(waits.get(i))
          .isBetween(Duration.ofMillis(500L << i), Duration.ofMillis(1000L << i));
    }
    assertThat(waits.subList(10, waits.size()))
        .allMatch(wait -> wait.compareTo(Duration.ofMinutes(10)) <= 0)
        .doesNotHaveDuplicates();
  }

  @Test
  void waitsTheSameWithTheSameSeedAndOthersWithAnother() throws IOException {
    assertThat(waits(7)).isEqualTo(waits(7)).isNotEqualTo(waits(8));
  }

  private static List<Duration> waits(long seed) throws IOException {
    try (RuleTestBed line = new RuleTestBed(seed)) {
      line.endpoint.answers(503);
      line.put("{'event_id':'e'}");
      line.pass(Duration.ofMinutes(10));
      return line.waits();
    }
  }

  @Test
  void differentEventsDoNotComeBackAtTheSameInstant() {
    line.endpoint.answers(503);
    line.put("{'event_id':'one'}");
    line.put("{'event_id':'two'}");
    assertThat(line.waits()).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "3, 4"})
  void triesOnceAndAsOftenAgainAsThePolicySays(int retries, int attempts) {
    line.retry(retries, 86_400).endpoint.answers(500);
    line.put("{}");
    line.pass(DAY);
    assertThat(line.endpoint.received()).hasSize(attempts);
    assertThat(letter().attributes())
        .containsEntry("RETRY_ATTEMPTS", Integer.toString(retries))
        .containsEntry("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts");
  }

  @Test
  void triesForADayAndUpTo185TimesAgainIfThePolicySaysNothing() {
    line.endpoint.answers(500);
    line.put("{}");
    line.pass(DAY.plusMinutes(11));
    assertThat(line.attempts()).isBetween(140, 186);
    assertThat(letter().attributes()).containsKey("EXHAUSTED_RETRY_CONDITION");
    assertThat(line.waits().stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofHours(20), DAY);
  }

  @Test
  void triesNoLongerThanTheEventsMaximumAge() {
    line.retry(185, 60).endpoint.answers(500);
    line.put("{}");
    line.pass(Duration.ofSeconds(61));
    assertThat(letter().attributes())
        .containsEntry("EXHAUSTED_RETRY_CONDITION", "MaximumEventAgeInSeconds");
    assertThat(line.waits().stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThanOrEqualTo(Duration.ofSeconds(60));
    assertThat(line.attempts()).isGreaterThan(4);
  }

  @Test
  void eventsAboveTheRateWait() {
    line.destination(line.endpoint.url("/"), 2);
    for (int i = 0; i < 6; i++) {
      line.put("{}");
    }
    assertThat(line.endpoint.received()).hasSize(2);
    line.pass(Duration.ofMillis(500));
    assertThat(line.endpoint.received()).hasSize(3);
    line.pass(Duration.ofMillis(1500));
    assertThat(line.endpoint.received()).hasSize(6);
  }

  @Test
  void anEventThatWaitsLongerThanItsAgeForItsTurnIsADeadLetterAndCostsOthersNothing() {
    line.destination(line.endpoint.url("/"), 1).retry(185, 60);
    for (int i = 0; i < 63; i++) {
      line.put("{}");
    }
    line.pass(Duration.ofSeconds(60));
    assertThat(line.endpoint.received()).hasSize(61);
    assertThat(line.letters).hasSize(2);
    assertThat(line.letters.getFirst().attributes())
        .containsEntry("ERROR_CODE", "THROTTLING")
        .containsEntry("RETRY_ATTEMPTS", "0")
        .containsEntry("EXHAUSTED_RETRY_CONDITION", "MaximumEventAgeInSeconds");
    line.pass(Duration.ofSeconds(1));
    line.put("{}");
    assertThat(line.endpoint.received()).hasSize(62);
  }

  @Test
  void aDisabledRuleDeliversNothingUntilItIsEnabled() {
    line.call("DisableRule", "{'Name':'r','EventBusName':'b'}");
    line.put("{}");
    line.pass(DAY);
    assertThat(line.endpoint.received()).isEmpty();
    line.call("EnableRule", "{'Name':'r','EventBusName':'b'}");
    line.put("{}");
    assertThat(line.endpoint.received()).hasSize(1);
  }

  /** What it makes of it is between the function and Lambda: see AsyncInvocationsTest. */
  @Test
  void aFunctionIsHandedItsInputAndThatIsAllThereIsToIt() {
    line.target(
        "{'Arn':'arn:aws:lambda:us-east-1:000000000000:function:f:live','InputPath':'$.detail'}");
    line.put("{'a':1}");
    assertThat(line.invoked)
        .containsExactly("arn:aws:lambda:us-east-1:000000000000:function:f:live {\"a\":1}");
    assertThat(line.events.pendingDeliveries()).isEmpty();
  }

  @Test
  void anEventForAFunctionThatIsGoneIsADeadLetterAtOnce() {
    line.target("{'Arn':'arn:aws:lambda:us-east-1:000000000000:function:gone'}");
    line.put("{}");
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "NO_RESOURCE")
        .containsEntry("RETRY_ATTEMPTS", "0");
  }

  @Test
  void saysWhatIsInFlightUntilItIsSettled() {
    line.endpoint.answers(503).answers(200);
    line.put("{'event_id':'e-1'}");
    assertThat(line.events.pendingDeliveries()).containsExactly(new PendingDelivery("e-1", "r", 1));
    line.pass(Duration.ofSeconds(1));
    assertThat(line.events.pendingDeliveries()).isEmpty();
  }

  @Test
  void aListenerThatFailsChangesNothing() {
    Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
    List<Throwable> heard = new ArrayList<>();
    Thread.currentThread().setUncaughtExceptionHandler((_, e) -> heard.add(e));
    try {
      line.events.listen(
          _ -> {
            throw new IllegalStateException("a listener's mistake");
          });
      line.put("{}");
    } finally {
      Thread.currentThread().setUncaughtExceptionHandler(before);
    }
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(line.letters).isEmpty();
    assertThat(line.events.pendingDeliveries()).isEmpty();
    assertThat(heard).isNotEmpty();
  }

  private String putOfType(String type) {
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input
        .putArray("Entries")
        .addObject()
        .put("EventBusName", "b")
        .put("Source", "s")
        .put("DetailType", type)
        .put("Detail", "{}");
    String id =
        line.events
            .service()
            .call("PutEvents", input)
            .path("Entries")
            .path(0)
            .path("EventId")
            .asText();
    line.timeline.settle();
    return id;
  }

  /** As recorded from AWS: it is taken, with an id, and nobody gets it. */
  @Test
  void aDetailTypeOfMoreThan128CharactersIsTakenAndDeliveredToNobody() {
    line.call(
        "PutRule", "{'Name':'r','EventBusName':'b','EventPattern':'{\\\"source\\\":[\\\"s\\\"]}'}");
    line.call(
        "CreateArchive",
        "{'ArchiveName':'a','EventSourceArn':'arn:aws:events:us-east-1:000000000000:event-bus/b'}");
    putOfType("😀".repeat(128));
    assertThat(line.endpoint.received()).hasSize(1);
    String id = putOfType("x".repeat(129));
    assertThat(id).isNotEmpty();
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(line.call("DescribeArchive", "{'ArchiveName':'a'}").path("EventCount").asInt())
        .isEqualTo(1);
    assertThat(line.attempts("id=" + id))
        .contains("\"kind\":\"dropped\"", "DetailType has 129 characters");
    assertThat(line.happenings)
        .anyMatch(
            happening ->
                happening instanceof DeliveryListener.DeliveryEvent.Dropped dropped
                    && dropped.eventId().equals(id));
  }

  /** How many of so many events' calls start at once. */
  private int started(int events) {
    int before = line.timeline.planned();
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    ArrayNode entries = input.putArray("Entries");
    for (int i = 0; i < events; i++) {
      entries
          .addObject()
          .put("EventBusName", "b")
          .put("Source", "s")
          .put("DetailType", "t")
          .put("Detail", "{}");
    }
    line.events.service().call("PutEvents", input);
    return line.timeline.planned() - before;
  }

  /** What its first call loads, others would load beside it, or wait for. */
  @Test
  void anAgentOfThisMachineIsCalledOnceAtATimeUntilItHasAnswered() {
    String api = "abc.execute-api.us-east-1.amazonaws.com";
    line.locate(api).destination("https://" + api + "/hook", 300);
    assertThat(started(5)).isEqualTo(1);
    line.timeline.settle();
    assertThat(line.endpoint.received()).hasSize(5);
    assertThat(started(5)).isEqualTo(5);
    line.timeline.settle();
    assertThat(line.endpoint.received()).hasSize(10);
  }
}
