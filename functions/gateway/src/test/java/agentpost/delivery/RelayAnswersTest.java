package agentpost.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.http.HttpPost;
import agentpost.http.Response;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How an agent's answer, or its silence, gets back to EventBridge. */
class RelayAnswersTest extends RelayTestBed {
  @ParameterizedTest
  @ValueSource(
      ints = {
        200, 201, 202, 204, 400, 402, 403, 404, 409, 410, 422, 423, 424, 426, 429, 451, 500, 501,
        503, 599
      })
  void theAgentsOwnStatusIsPassedOn(int status) {
    agent.answers(
        TlsAgent.raw(
            "HTTP/1.1 "
                + status
                + " x\r\nContent-Length: 0\r\nRetry-After: 7\r\nX-Other: no\r\n\r\n"));
    Response response = deliver();
    assertEquals(status, response.status());
    assertEquals("7", response.headers().get("Retry-After"));
    assertFalse(response.headers().containsKey("X-Other"));
  }

  @Test
  void aBodyThatIsTooLargeForGoodIsPassedOn() {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 413 x\r\nContent-Length: 0\r\nRetry-After: never\r\n\r\n"));
    assertEquals(413, deliver().status());
  }

  /** RFC 9110, 15.5.9, 15.5.14 and 15.5.20; RFC 8470, 5.2. EventBridge would give the event up. */
  @ParameterizedTest
  @ValueSource(ints = {408, 413, 421, 425})
  void whatPassesByItsOwnRfcIsHandedToEventBridgeAs503(int status) {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n"));
    Response response = deliver();
    assertEquals(503, response.status());
    assertEquals("7", response.headers().get("Retry-After"));
    assertTrue(
        new String(response.body(), UTF_8).contains("the agent answered " + status),
        "someone will look for why");
    assertTrue(log.getLast().contains("\"agent_status\":" + status), log.getLast());
  }

  /** For a negative one EventBridge gives the event up at once. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1",
        "-0",
        "+5",
        "1.5",
        "1e3",
        "soon",
        "",
        "120\r\nRetry-After: 60",
        "7, 7",
        "0x10",
        "٣",
        "Tue, 31 Mar 2026"
      })
  void aRetryAfterThatIsNotAllowedIsDropped(String value) {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: " + value + "\r\n\r\n"));
    Response response = deliver();
    assertEquals(503, response.status());
    assertFalse(response.headers().containsKey("Retry-After"), response.headers().toString());
  }

  /**
   * An event that is to wait for a day is a day old then, and EventBridge gives it up at once: an
   * agent that asks for a rest would lose it.
   */
  @ParameterizedTest
  @CsvSource({
    "'',0,86400,82800",
    "'',0,82801,82800",
    "'',0,82800,82800",
    "'',36000,86400,46800",
    "'',36000,600,600",
    "'',0,86401,82800",
    "'',0,99999999999999999999,82800",
    "'',36000,0086401,46800",
    "'',86000,86400,3600",
    "'',900000,86400,3600",
    "'',-600,86400,82800",
    "',\"maxAge\":600',0,3600,575",
    "',\"maxAge\":600',300,3600,275",
    "',\"maxAge\":60',0,86400,57",
    "',\"maxAge\":60',59,30,2"
  })
  void aWaitThatWouldBeTheEndOfTheEventIsCutSoThatItIsTriedOnceMore(
      String more, int age, String asked, String passedOn) {
    agents.with("crm-sync", "{\"endpoint\":\"" + agent.endpoint() + "\"" + more + "}");
    for (String status : List.of("503", "429", "401", "413", "500")) {
      agent.answers(
          TlsAgent.raw(
              "HTTP/1.1 "
                  + status
                  + " x\r\nContent-Length: 0\r\nRetry-After: "
                  + asked
                  + "\r\n\r\n"));
      Response response = deliver(clock.instant().minusSeconds(age));
      assertEquals(passedOn, response.headers().get("Retry-After"), status);
      assertEquals(
          !asked.equals(passedOn),
          log.getLast()
              .contains(
                  "\"retry_after_asked\":"
                      + new BigInteger(asked).min(BigInteger.valueOf(86_400))
                      + ",\"retry_after\":"
                      + passedOn),
          log.getLast());
    }
  }

  @Test
  void ofAnEventThatCannotBeReadAWaitOfAnHourIsPassedOnAtMost() {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 503 x\r\nContent-Length: 0\r\nRetry-After: 86400\r\n\r\n"));
    assertEquals("3600", deliver().headers().get("Retry-After"));
  }

  /** By the agent's own clock, of which its Date is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Tue, 31 Mar 2026 10:32:00 GMT",
        "Tuesday, 31-Mar-26 10:32:00 GMT",
        "Tue Mar 31 10:32:00 2026"
      })
  void aRetryAfterThatIsADateIsPassedOnInSeconds(String value) {
    agent.answers(
        TlsAgent.raw(
            "HTTP/1.1 503 x\r\n"
                + "Content-Length: 0\r\n"
                + "Date: Tue, 31 Mar 2026 10:30:00 GMT\r\n"
                + "Retry-After: "
                + value
                + "\r\n\r\n"));
    assertEquals("120", deliver().headers().get("Retry-After"));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 407})
  void whatWouldDeauthorizeTheConnectionOfAllAgentsIsABadGateway(int status) {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n"));
    Response response = deliver();
    assertEquals(502, response.status());
    assertEquals("7", response.headers().get("Retry-After"));
    assertTrue(
        new String(response.body(), UTF_8).contains("the agent answered " + status),
        "someone will look for why");
    assertTrue(log.getLast().contains("\"agent_status\":" + status), log.getLast());
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308, 600, 999})
  void aRedirectIsNotFollowedAndWhatIsNoFinalStatusIsABadGateway(int status) {
    agent.answers(
        TlsAgent.raw(
            "HTTP/1.1 "
                + status
                + " x\r\nContent-Length: 0\r\nLocation: "
                + agent.endpoint()
                + "/elsewhere\r\n\r\n"));
    assertEquals(502, deliver().status());
    assertEquals(1, agent.received().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/9.9 hello\r\n\r\n",
        "\0\1\2"
      })
  void anAgentThatAnswersGarbageIsABadGateway(String garbage) {
    agent.answers(TlsAgent.raw(garbage));
    assertEquals(502, deliver().status());
    assertTrue(log.getLast().contains("unreachable"), log.getLast());
  }

  @Test
  void anAgentThatIsNotThereIsABadGateway() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      livesAt("https://localhost:" + free.getLocalPort() + "/");
    }
    assertEquals(502, deliver().status());
  }

  @Test
  void anAgentThatTakesTooLongIsAnsweredForBeforeItAnswers() {
    CountDownLatch answered = new CountDownLatch(1);
    agent.answers(_ -> answered.await());
    assertEquals(504, deliver().status(), "while the agent still has not answered");
    answered.countDown();
  }

  @Test
  void anAgentThatNeverEndsItsAnswerIsAnsweredForToo() {
    agent.answers(
        socket -> {
          TlsAgent.raw("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n").to(socket);
          // Until the relay hangs up; then writing fails.
          while (true) {
            TlsAgent.raw("x".repeat(16_000)).to(socket);
          }
        });
    assertEquals(504, deliver().status());
  }

  @Test
  void aLongAnswerIsCutNotRefused() {
    agent.answers(
        TlsAgent.raw("HTTP/1.1 500 x\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000)));
    Response response = deliver();
    assertEquals(500, response.status());
    assertEquals(HttpPost.MAX_KEPT_BYTES, response.body().length);
  }
}
