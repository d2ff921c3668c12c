package agentpost.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.Response;
import agentpost.testing.LocalTables;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;

class WorkAcceptorTest {
  private static final String URL =
      "https://" + OperationsTestBed.CALLBACK_HOST + "/agentpost/webhooks/process-complete";
  private static final String ACCEPTED =
      "202 {\"correlation_id\":\"op-1\",\"status\":\"accepted\"}";

  private final OperationsTestBed world = new OperationsTestBed();

  @AfterEach
  void close() {
    world.close();
  }

  private static String body(String callbackUrl) {
    return "{\"data_to_process\":{\"time_zone\":\"Europe/Berlin\"},\"callback_url\":\""
        + callbackUrl
        + "\",\"correlation_id\":\"op-1\"}";
  }

  private String post(String body) {
    return OperationsTestBed.text(world.processData(OperationsTestBed.SECRET, body));
  }

  private void assertRefused(String statusAndType, String answer) {
    assertTrue(
        answer.startsWith(statusAndType.substring(0, 3))
            && answer.contains("urn:agentpost:problem:" + statusAndType.substring(4) + "\""),
        answer);
    assertEquals(0, world.queue.messages().size());
  }

  @Test
  void aRequestIsAcceptedAndQueued() {
    assertEquals(ACCEPTED, post(body(URL)));
    assertEquals(
        "{\"data_to_process\":{\"time_zone\":\"Europe/Berlin\"},\"callback_url\":\""
            + URL
            + "\",\"correlation_id\":\"op-1\",\"accepted_at\":\"2026-03-31T10:30:00Z\"}",
        world.queue.messages().getFirst().body());
  }

  @Test
  void theSameRequestAgainIsAcceptedAndNotQueuedAgain() {
    assertEquals(ACCEPTED, post(body(URL)));
    assertEquals(ACCEPTED, post(body(URL)));
    assertEquals(1, world.queue.messages().size());
  }

  @Test
  void aSignatureByAnotherSecretIsForbidden() {
    assertRefused(
        "403 forbidden",
        OperationsTestBed.text(world.processData(OperationsTestBed.OTHER_SECRET, body(URL))));
  }

  @Test
  void aBodyThatIsNoJsonIsMalformed() {
    assertRefused("400 malformed", post("{"));
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    assertRefused("413 too-large", post(body(URL) + " ".repeat(WorkAcceptor.MAX_BODY_BYTES)));
  }

  @Test
  void aBodyOfAnotherFormIsRefused() {
    assertRefused(
        "422 invalid-request",
        post("{\"callback_url\":\"" + URL + "\",\"correlation_id\":\"op-1\"}"));
    assertRefused(
        "422 invalid-request",
        post(
            "{\"data_to_process\":[],\"callback_url\":\""
                + URL
                + "\",\"correlation_id\":\"op-1\"}"));
    assertRefused(
        "422 invalid-request", post("{\"data_to_process\":{},\"correlation_id\":\"op-1\"}"));
    assertRefused(
        "422 invalid-request", post("{\"data_to_process\":{},\"callback_url\":\"" + URL + "\"}"));
    assertRefused(
        "422 invalid-request",
        post(
            "{\"data_to_process\":{},\"callback_url\":\""
                + URL
                + "\",\"correlation_id\":\"a\\nb\"}"));
  }

  /**
   * Whoever may ask for work learns nothing of the network that the processor is in: one answer for
   * all, and the reason in the log.
   */
  @Test
  void everyUrlThatMayNotBeCalledGetsTheSameAnswer() {
    world
        .network
        .with("private.example.com", "10.0.0.7")
        .with("loopback.example.com", "127.0.0.1")
        .with("metadata.example.com", "169.254.169.254")
        .with("both.example.com", "93.184.216.34", "192.168.3.4");
    world.network.with("v6.example.com", "fd00:ec2::254");
    Map<String, String> reasons = new TreeMap<>();
    Set<String> answers = new TreeSet<>();
    for (String url :
        List.of(
            "https://private.example.com/",
            "https://loopback.example.com/",
            "https://metadata.example.com/",
            "https://both.example.com/",
            "https://v6.example.com/",
            "https://10.0.0.7/",
            "https://100.64.0.1/",
            "https://[::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.7]/",
            "https://localhost/",
            "https://db.internal/",
            "https://hooks.example.com:6379/",
            "http://hooks.example.com/",
            "https://user@hooks.example.com/")) {
      answers.add(post(body(url)));
      reasons.put(url, world.log.getLast());
    }
    assertThat(answers).hasSize(1);
    assertThat(answers.iterator().next())
        .contains("callback-refused")
        .doesNotContain("private", "loopback", "metadata", "link-local");
    assertThat(reasons.get("https://private.example.com/"))
        .contains("its host has an address that is private");
    assertThat(reasons.get("https://metadata.example.com/")).contains("link-local");
    assertThat(reasons.get("http://hooks.example.com/")).contains("its scheme must be https");
  }

  /** "null" was an id once, and whoever came second with it was never worked for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "4711",
        "1.5",
        "true",
        "{}",
        "[]",
        "[\"op-1\"]",
        "\"\"",
        "\" \"",
        "\"\\t\"",
        ""
      })
  void whatIsNoIdIsRefusedByNameAndClaimsNothing(String id) {
    String member = id.isEmpty() ? "" : ",\"correlation_id\":" + id;
    for (int i = 0; i < 2; i++) {
      String answer =
          post("{\"data_to_process\":{},\"callback_url\":\"" + URL + "\"" + member + "}");
      assertRefused("422 invalid-request", answer);
      assertTrue(answer.contains("correlation_id must be a text of 1 to 128"), answer);
    }
    assertEquals(0, world.tables.rows(LocalTables.CLAIMS).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "true", "{}", "[]"})
  void aCallbackUrlThatIsNoTextIsRefusedByName(String url) {
    String answer =
        post("{\"data_to_process\":{},\"callback_url\":" + url + ",\"correlation_id\":\"op-1\"}");
    assertRefused("422 invalid-request", answer);
    assertTrue(answer.contains("callback_url must be a text"), answer);
  }

  @Test
  void theDigitsOfWhatIsToBeProcessedAreKept() {
    String data = "{\"a\":12345678901234567890.25,\"b\":100.0,\"c\":1e2,\"d\":0.0000001}";
    assertEquals(
        ACCEPTED,
        post(
            "{\"data_to_process\":"
                + data
                + ",\"callback_url\":\""
                + URL
                + "\",\"correlation_id\":\"op-1\"}"));
    assertTrue(
        world.queue.messages().getFirst().body().contains(data),
        world.queue.messages().getFirst()::body);
    assertEquals(
        data,
        WorkItem.parse(world.queue.messages().getFirst().body())
            .orElseThrow()
            .dataToProcess()
            .toString());
  }

  @Test
  void aCallbackUrlThatLeadsInsideIsRefusedAndNotCalled() {
    world.network.with("inside.example.com", "169.254.169.254");
    assertRefused("422 callback-refused", post(body("https://inside.example.com/")));
    assertRefused(
        "422 callback-refused", post(body("http://" + OperationsTestBed.CALLBACK_HOST + "/")));
    assertRefused("422 callback-refused", post(body("https://127.0.0.1/")));
    assertEquals(0, world.network.connected().size());
  }

  @Test
  void aCallbackUrlWhoseNameIsUnknownIsTriedAgain() {
    assertRefused("503 try-again", post(body("https://nowhere.example.com/")));
  }

  @Test
  void aQueueThatDoesNotAnswerIsTriedAgainAtOnce() {
    world.queue.failing(Optional.of(SdkClientException.create("no route to SQS")));
    assertRefused("503 try-again", post(body(URL)));
    world.queue.failing(Optional.empty());
    assertEquals(ACCEPTED, post(body(URL)), "the claim was given back");
  }

  @Test
  void aTableThatDoesNotAnswerIsTriedAgain() {
    world.tables.failBefore(_ -> Optional.of(SdkClientException.create("no route to DynamoDB")));
    assertRefused("503 try-again", post(body(URL)));
  }

  @Test
  void whatIsQueuedTwiceIsDoneOnce() {
    world.tables.failBefore(
        call ->
            call.equals("updateItem")
                ? Optional.of(SdkClientException.create("crash"))
                : Optional.empty());
    Response response = world.processData(OperationsTestBed.SECRET, body(URL));
    assertEquals(503, response.status(), "queued, and not marked so");
    world.tables.works();
    world.clock.move(Duration.ofSeconds(30));
    assertEquals(ACCEPTED, post(body(URL)));
    assertEquals(2, world.queue.messages().size());
    world.callbacks = Optional.of(_ -> Response.json(200, "{}"));
    WorkerHandler worker = new TestWorker(world.platform);
    assertEquals(1, world.worked(worker, world.queue.receive(1)));
    assertEquals(1, world.worked(worker, world.queue.receive(1)));
    long slots =
        world.tables.rows(LocalTables.AGENT_STATE).stream()
            .filter(row -> row.toString().contains("slot#"))
            .count();
    assertEquals(1, slots);
  }
}
