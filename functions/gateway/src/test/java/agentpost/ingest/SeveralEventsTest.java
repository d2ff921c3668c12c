package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.http.Response;
import agentpost.signing.Hmac;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * A third party that sends several events in one POST: each is an event of its own, and all of them
 * are acknowledged or none is.
 */
class SeveralEventsTest {
  private static final String MAPPINGS =
      "\"type\":\"/kind\",\"mappings\":{\"lead\":{\"event\":\"lead.captured\",\"data\":{\"lead_id\":\"/id\",\"email\":\"/email\"}}}}";
  private final Door door = new Door();
  private final Source source =
      door.source(
          "batch",
          "key",
          "{\"scheme\":\"github\",\"each\":\"/events\",\"delivery\":\"/event_id\"," + MAPPINGS);

  @AfterEach
  void close() {
    door.close();
  }

  private Response post(Source to, String body) {
    return post(to, body, Duration.ofSeconds(15));
  }

  private Response post(Source to, String body, Duration remaining) {
    byte[] bytes = body.getBytes(UTF_8);
    String signature =
        "sha256=" + HexFormat.of().formatHex(Hmac.sha256("key".getBytes(UTF_8), bytes));
    return door.post(
        to,
        Map.of(
            "X-Hub-Signature-256",
            signature,
            "Content-Type",
            body.startsWith("e=") ? "application/x-www-form-urlencoded" : "application/json"),
        bytes,
        remaining);
  }

  private static String lead(int number) {
    return "{\"kind\":\"lead\",\"event_id\":\"evt-"
        + number
        + "\",\"id\":\"l-"
        + number
        + "\",\"email\":\"ada"
        + number
        + "@example.com\"}";
  }

  private static String leads(String prefix, int count) {
    return leads(count).replace("evt-", prefix + "-");
  }

  private static String leads(int count) {
    return IntStream.range(0, count)
        .mapToObj(SeveralEventsTest::lead)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String events(String list) {
    return "{\"events\":" + list + "}";
  }

  private List<String> ids() {
    return door.published("lead.captured").stream()
        .map(event -> event.path("event_id").asText())
        .toList();
  }

  private static List<String> answered(Response response) throws JsonProcessingException {
    return new JsonMapper()
        .readTree(new String(response.body(), UTF_8))
        .path("event_ids")
        .valueStream()
        .map(id -> id.asText())
        .toList();
  }

  @Test
  void eachIsAnEventOfItsOwn() throws JsonProcessingException {
    Response response = post(source, events(leads(25)));
    assertEquals(202, response.status());
    assertThat(ids()).hasSize(25).doesNotHaveDuplicates();
    assertThat(answered(response)).containsExactlyElementsOf(ids());
    assertThat(door.published("lead.captured"))
        .extracting(event -> event.at("/data/lead_id").asText())
        .containsExactlyElementsOf(IntStream.range(0, 25).mapToObj(i -> "l-" + i).toList());
  }

  @Test
  void aDeliveryThatComesAgainIsNotPublishedAgainAndNeitherIsAnEventInAnother()
      throws JsonProcessingException {
    Response first = post(source, events(leads(3)));
    assertEquals(Door.text(first), Door.text(post(source, events(leads(3)))));
    Response more = post(source, events(leads(5)));
    assertThat(answered(more)).startsWith(answered(first).toArray(String[]::new)).hasSize(5);
    assertThat(door.bus.accepted()).hasSize(5);
  }

  /** Without an id in each, its place in what was signed tells it from the others. */
  @Test
  void equalEventsInOneListAreTwoUnlessTheirIdSaysOtherwise() {
    Source bare =
        door.source("bare", "key", "{\"scheme\":\"github\",\"each\":\"/events\"," + MAPPINGS);
    String twice = events("[" + lead(1) + "," + lead(1) + "]");
    for (int i = 0; i < 2; i++) {
      assertEquals(202, post(bare, twice).status());
    }
    assertThat(door.bus.accepted()).hasSize(2);
    assertEquals(202, post(source, twice).status());
    assertThat(door.bus.accepted()).hasSize(3);
  }

  @Test
  void twoThatDifferUnderOneIdAreNotTakenForOne() {
    String other = lead(1).replace("ada1", "bob");
    assertEquals(422, post(source, events("[" + lead(1) + "," + other + "]")).status());
    assertThat(ids()).hasSize(1);
    assertThat(door.published("ingest.refused"))
        .singleElement()
        .satisfies(event -> assertEquals(other, event.at("/data/body").asText()));
  }

  @Test
  void whatDidNotGetOntoTheBusHasAllOfItComeAgainAndWhatDidIsNotPublishedAgain() {
    // Of the second ten, one entry fails as often as PutEvents is tried.
    door.bus
        .failNext(Set.of())
        .failNext(Set.of(3))
        .failNext(Set.of(0))
        .failNext(Set.of(0))
        .failNext(Set.of(0));
    Response failed = post(source, events(leads(25)));
    assertEquals(503, failed.status());
    assertThat(failed.headers()).containsKey("Retry-After");
    int calls = door.bus.calls().size();
    assertEquals(202, post(source, events(leads(25))).status());
    assertThat(ids()).hasSize(25);
    assertThat(
            door.bus.calls().subList(calls, door.bus.calls().size()).stream()
                .mapToInt(List::size)
                .sum())
        .as("the first ten were done")
        .isEqualTo(15);
  }

  @Test
  void aTableThatDoesNotAnswerHasAllOfItComeAgain() {
    door.tables.failBefore(
        method ->
            method.equals("putItem") || method.equals("updateItem")
                ? Optional.of(SdkClientException.create("no route"))
                : Optional.empty());
    assertEquals(503, post(source, events(leads(12))).status());
    assertThat(door.bus.accepted()).isEmpty();
    door.tables.works();
    assertEquals(202, post(source, events(leads(12))).status());
    assertThat(ids()).hasSize(12);
  }

  @Test
  void oneThatCanBeNoEventIsKeptAloneAndTheOthersArePublishedAndNoneIsAcknowledged() {
    String wrong = lead(2).replace("ada2@example.com", "nowhere");
    String none = "{\"kind\":\"other\"}";
    String body = events("[" + String.join(",", lead(1), wrong, none, "{}", "7", lead(3)) + "]");
    for (int i = 0; i < 2; i++) {
      Response response = post(source, body);
      assertEquals(422, response.status());
      assertThat(Door.text(response))
          .contains("3 of 6 events are refused; number 2: ")
          .contains("/data/email");
    }
    assertThat(ids()).hasSize(2);
    assertThat(door.published("ingest.refused"))
        .extracting(event -> event.at("/data/body").asText())
        .containsExactly(wrong, "{}", "7");
    assertThat(door.published("ingest.refused"))
        .allSatisfy(event -> assertEquals("", Door.SCHEMAS.validate(event).problem()));
    assertThat(door.bus.accepted()).hasSize(5);
    assertThat(door.log)
        .anyMatch(
            line ->
                line.contains("\"message\":\"ingest event\"")
                    && line.contains("\"number\":2")
                    && line.contains("\"outcome\":\"invalid-event\""));
    assertThat(door.log.getLast()).contains("\"events\":6").contains("\"status\":422");
  }

  /** As HubSpot and SendGrid have it; as Mandrill has it. */
  @ParameterizedTest
  @CsvSource({"'',list", "/e,form"})
  void theListMayBeTheWholeBodyOrAFormsText(String each, String kind) {
    Source other =
        door.source("other", "key", "{\"scheme\":\"github\",\"each\":\"" + each + "\"," + MAPPINGS);
    assertEquals(
        202,
        post(other, kind.equals("list") ? leads(3) : "e=" + URLEncoder.encode(leads(3), UTF_8))
            .status(),
        door.log.getLast());
    assertThat(ids()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|not a list at /events",
        "{\"events\":{}}|not a list at /events",
        "[]|not a list at /events",
        "{\"events\":\"x\"}|not a list at /events"
      })
  void aListThatIsNotThereIsKept(String body, String why) {
    Response response = post(source, body);
    assertEquals(422, response.status());
    assertThat(Door.text(response)).contains(why);
    assertThat(door.published("ingest.refused"))
        .singleElement()
        .satisfies(event -> assertEquals(body, event.at("/data/body").asText()));
  }

  @Test
  void anEmptyListIsAcknowledged() {
    assertEquals("202 {\"event_ids\":[]}", Door.text(post(source, events("[]"))));
    assertThat(door.log.getLast()).contains("\"outcome\":\"no-events\"");
  }

  @Test
  void moreThanAnInvocationHasTimeForAreKept() {
    Response response = post(source, events("[" + "0,".repeat(PayloadReader.MAX_EVENTS) + "0]"));
    assertEquals(422, response.status());
    assertThat(Door.text(response))
        .contains("the body has 1001 events; at most 1000 are taken at a time");
    assertThat(door.published("ingest.refused")).hasSize(1);
  }

  /** Each time some are done, so that it ends. */
  @Test
  void whatThereIsNoTimeForIsDoneWhenItComesAgain() {
    int tries = 0;
    Response response;
    do {
      response = post(source, events(leads(35)), Duration.ofSeconds(1));
      tries++;
      assertThat(door.bus.accepted()).hasSize(Math.min(35, 10 * tries));
    } while (response.status() == 503 && tries < 10);
    assertEquals(202, response.status());
    assertThat(ids()).hasSize(35);
  }

  /**
   * A call to the table takes a few milliseconds on AWS: two thousand of them, one after the other,
   * are more than the function has.
   */
  @Test
  void theTableIsAskedTenTimesAtOnce() {
    for (String method : List.of("putItem", "updateItem")) {
      CyclicBarrier ten = new CyclicBarrier(10);
      door.tables.failBefore(
          called -> called.equals(method) ? meet(ten) : Optional.<RuntimeException>empty());
      assertEquals(202, post(source, events(leads(method, 100))).status(), method);
    }
    assertThat(ids()).hasSize(200);
  }

  private static Optional<RuntimeException> meet(CyclicBarrier others) {
    try {
      others.await(20, TimeUnit.SECONDS);
      return Optional.empty();
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      return Optional.of(SdkClientException.create("the others did not come", e));
    }
  }

  @Test
  void theMostThatAreTakenGoOntoTheBusInAHundredCalls() {
    assertEquals(202, post(source, events(leads(PayloadReader.MAX_EVENTS))).status());
    assertThat(ids()).hasSize(PayloadReader.MAX_EVENTS);
    assertThat(door.bus.calls()).hasSize(PayloadReader.MAX_EVENTS / 10);
  }

  /** As many as can be, of which none can become an event, cost no more than good ones. */
  @Test
  void soAreTheMostThatAreRefusedKept() {
    String wrong = leads(PayloadReader.MAX_EVENTS).replace("@example.com", "");
    assertEquals(422, post(source, events(wrong)).status());
    assertThat(door.published("ingest.refused")).hasSize(PayloadReader.MAX_EVENTS);
    assertThat(door.bus.calls()).hasSize(PayloadReader.MAX_EVENTS / 10);
    assertEquals(PayloadReader.MAX_EVENTS, door.counted("IngestRefused"));
  }
}
