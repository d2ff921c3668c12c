package agentpost.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.http.Response;
import agentpost.secrets.SecretStore;
import agentpost.secrets.WebhookKeyStore;
import agentpost.signing.Signer;
import agentpost.testing.FakeSecretsManager;
import agentpost.testing.LocalTables;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an inbox refuses before its agent hears of it. */
class InboxVerificationTest extends InboxTestBed {
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private void assertUntouched() {
    assertEquals(List.of(), handled);
    assertEquals(List.of(), bus.calls());
    assertTrue(
        tables.row(LocalTables.CLAIMS, "welcome-agent", "event_id", "uuid-1234-abcd").isEmpty(),
        "no claim was taken");
  }

  /** It overflowed the validator's stack, and the function's end was the sender's 502. */
  @Test
  void aTextThatKillsAPatternIsRefusedWithTheFieldsName() {
    String event =
        "{\"event_id\":\"uuid-1234-abcd\",\"event_type\":\"lead.captured\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{\"lead_id\":\"l\",\"email\":\"a@example.com\",\"time_zone\":\"A"
            + "/b".repeat(50_000)
            + "\"},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
    Response response = receive(event.getBytes(UTF_8));
    assertEquals(422, response.status());
    assertTrue(
        new String(response.body(), UTF_8)
            .contains("/data/time_zone: must have at most 64 characters"),
        () -> new String(response.body(), UTF_8));
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "4711", "true", "{}", "[]", "\"\"", "\" \""})
  void anIdThatIsNoneIsRefusedByName(String id) {
    for (String name : List.of("event_id", "user_id", "correlation_id")) {
      Response response =
          receive(
              EXAMPLE
                  .replaceFirst("\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":" + id)
                  .getBytes(UTF_8));
      assertEquals(422, response.status());
      assertTrue(
          new String(response.body(), UTF_8).contains("/" + name + ": must"),
          () -> new String(response.body(), UTF_8));
    }
    assertUntouched();
  }

  @Test
  void aSecretThatWasTurnedOverTenSecondsAgoIsKnownAtOnceAndForgeriesMakeNoCalls() {
    Inbox inbox = inbox();
    secrets.with(SECRET_ID, "{\"current\":\"" + OTHER + "\",\"previous\":\"" + SECRET + "\"}");
    clock.move(Duration.ofSeconds(10));
    Map<String, String> byTheNewOne =
        new Signer(WebhookKeyStore.parse(OTHER)).sign("uuid-1234-abcd", clock.instant(), BODY);
    assertEquals(200, inbox.receive(request(byTheNewOne, BODY), REMAINING).status(), lastLog());
    int calls = secrets.calls();
    Map<String, String> forged =
        new Signer(WebhookKeyStore.parse("whsec_" + "A".repeat(32)))
            .sign("uuid-1234-abcd", clock.instant(), BODY);
    for (int i = 0; i < 1000; i++) {
      assertEquals(403, inbox.receive(request(forged, BODY), REMAINING).status());
    }
    assertEquals(calls, secrets.calls());
  }

  @Test
  void aMissingSecretStopsTheInboxFromStartingAndIsNamed() {
    FakeSecretsManager empty = new FakeSecretsManager();
    WebhookKeyStore none = new WebhookKeyStore(new SecretStore(empty, clock));
    Inbox.Parts parts =
        new Inbox.Parts(
            new AgentName("welcome-agent"),
            agent,
            none,
            SECRET_ID,
            SCHEMAS,
            new ClaimStore(
                tables.client(), LocalTables.CLAIMS, new AgentName("welcome-agent"), clock),
            publisher,
            clock,
            log::add);
    IllegalStateException failure =
        assertThrows(IllegalStateException.class, () -> new Inbox(parts));
    assertTrue(String.valueOf(failure.getMessage()).contains(SECRET_ID), failure.getMessage());
  }

  @Test
  void aSecretOfTheWrongShapeIsRefusedWithoutBeingSaid() {
    secrets.with(SECRET_ID, "hunter2-hunter2-hunter2");
    IllegalStateException failure = assertThrows(IllegalStateException.class, this::inbox);
    assertTrue(String.valueOf(failure.getMessage()).contains(SECRET_ID));
    assertFalse(String.valueOf(failure.getMessage()).contains("hunter2"), failure.getMessage());
  }

  @Test
  void aBodyChangedInOneByteIsForbiddenBeforeAnythingReadsIt() {
    byte[] changed = BODY.clone();
    changed[BODY.length - 2] ^= 1;
    assertEquals(403, inbox().receive(request(signed(BODY), changed), REMAINING).status());
    assertUntouched();
  }

  /**
   * Nobody signed it, so nobody is let in; a header that is there and cannot be read is its
   * sender's mistake.
   */
  @Test
  void withoutASignatureIs403AndAMalformedOneIs400() {
    for (Map<String, String> unsigned :
        List.of(
            Map.<String, String>of(),
            Map.of("webhook-id", "uuid-1234-abcd", "webhook-timestamp", "1774953001"),
            Map.of("webhook-signature", "v1,x"),
            Map.of("webhook-id", "uuid-1234-abcd", "webhook-signature", "v1,x"),
            Map.of("webhook-timestamp", "1774953001", "webhook-signature", "v1,x"))) {
      Response response = inbox().receive(request(unsigned, BODY), REMAINING);
      assertEquals(403, response.status());
      assertTrue(new String(response.body(), UTF_8).contains("urn:agentpost:problem:forbidden"));
    }
    for (String malformed : List.of("", "none", "sha256=zz", "md5=" + "0".repeat(64))) {
      assertEquals(
          400,
          inbox()
              .receive(request(Map.of("X-Webhook-Signature", malformed), BODY), REMAINING)
              .status(),
          malformed);
    }
    for (Map<String, String> malformed :
        List.of(
            Map.of(
                "webhook-id", "", "webhook-timestamp", "1774953001", "webhook-signature", "v1,x"),
            Map.of("webhook-id", "a", "webhook-timestamp", "", "webhook-signature", "v1,x"),
            Map.of("webhook-id", "a", "webhook-timestamp", "1774953001", "webhook-signature", ""),
            Map.of("webhook-id", "a", "webhook-timestamp", "soon", "webhook-signature", "v1,x"))) {
      assertEquals(
          400, inbox().receive(request(malformed, BODY), REMAINING).status(), malformed.toString());
    }
    assertUntouched();
  }

  @Test
  void whatIsNotJsonButSignedIsMalformedAndWhatIsNeitherIsForbidden() {
    byte[] garbage = "{{{".getBytes(UTF_8);
    assertEquals(400, receive(garbage).status());
    assertEquals(403, inbox().receive(request(signed(BODY), garbage), REMAINING).status());
    assertUntouched();
  }

  /**
   * Envelopes have none (ADR 2), unlike what third parties send to /ingest; an agent elsewhere
   * might not read it.
   */
  @Test
  void aByteOrderMarkBeforeAnEnvelopeIsMalformedAndNamed() {
    Response response = receive(("\ufeff" + EXAMPLE).getBytes(UTF_8));
    assertEquals(400, response.status());
    assertTrue(
        new String(response.body(), UTF_8)
            .contains("the body begins with a byte order mark, which it must not have"));
    assertUntouched();
  }

  @Test
  void aBodyThatIsNotUtf8IsMalformed() {
    byte[] latin1 = EXAMPLE.replace("ada@", "\u00e4da@").getBytes(ISO_8859_1);
    Response response = receive(latin1);
    assertEquals(400, response.status());
    assertTrue(new String(response.body(), UTF_8).contains("not UTF-8"));
    assertUntouched();
  }

  @Test
  void oneMebibyteIsTakenAndOneByteMoreIsNot() {
    String padded =
        EXAMPLE.replace(
            "\"US-CA\"",
            "\"US-CA\",\"note\":\"" + "x".repeat(1024 * 1024 - BODY.length - 10) + "\"");
    byte[] full = padded.getBytes(UTF_8);
    assertEquals(1024 * 1024, full.length);
    assertEquals(200, receive(full).status());
    byte[] over = (padded + " ").getBytes(UTF_8);
    assertEquals(413, receive(over).status());
    assertEquals(1, handled.size());
  }

  @Test
  void anEventThatBreaksItsSchemaIs422AndSaysWhereWithoutTheValue() {
    byte[] wrong = EXAMPLE.replace("ada@example.com", "not-an-address").getBytes(UTF_8);
    Response response = receive(wrong);
    assertEquals(422, response.status());
    String problem = new String(response.body(), UTF_8);
    assertTrue(problem.contains("/data/email"), problem);
    assertTrue(problem.contains("urn:agentpost:problem:invalid-event"), problem);
    assertFalse(problem.contains("not-an-address"), problem);
    assertUntouched();
  }

  @Test
  void aSignatureOlderThanTheToleranceIsForbidden() {
    Map<String, String> old = signed(BODY);
    clock.move(Duration.ofSeconds(301));
    assertEquals(403, inbox().receive(request(old, BODY), REMAINING).status());
    assertUntouched();
  }

  @Test
  void duringARotationBothSecretsOpenTheDoorAndAfterItOnlyTheNewOne() {
    secrets.with(SECRET_ID, "{\"current\":\"" + OTHER + "\",\"previous\":\"" + SECRET + "\"}");
    assertEquals(200, receive(BODY).status());
    secrets.with(SECRET_ID, "{\"current\":\"" + OTHER + "\"}");
    assertEquals(403, receive(BODY).status());
  }

  @Test
  void thePlainHeaderAloneOpensTheDoorOnlyWhileTheEventIsUnder25HoursOld() {
    Map<String, String> plain =
        Map.of("x-webhook-signature", String.valueOf(signed(BODY).get("X-Webhook-Signature")));
    clock.move(Duration.ofHours(25).minusSeconds(1));
    assertEquals(403, inbox().receive(request(plain, BODY), REMAINING).status(), "25 h old");
    assertUntouched();
    clock.move(Duration.ofSeconds(-1));
    assertEquals(
        200, inbox().receive(request(plain, BODY), REMAINING).status(), "a second younger");
  }

  @Test
  void thePlainHeaderDoesNotOpenTheDoorToAnEventFromTheFuture() {
    Map<String, String> plain =
        Map.of("x-webhook-signature", String.valueOf(signed(BODY).get("X-Webhook-Signature")));
    clock.move(Duration.ofMinutes(-6));
    assertEquals(403, inbox().receive(request(plain, BODY), REMAINING).status());
    assertUntouched();
  }
}
