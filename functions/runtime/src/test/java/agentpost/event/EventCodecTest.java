package agentpost.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {
  private static final String EVENT =
      "{\"event_id\":\"e-1\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T12:30:00.5+02:00\",\"data\":{\"n\":1.10},"
          + "\"metadata\":{\"source_service\":\"auth\",\"correlation_id\":\"c-1\",\"causation_id\":\"e-0\",\"schema_version\":2,\"hops\":3}}";
  private final EventCodec codec = new EventCodec();

  private Optional<Event> event(String text) {
    return assertInstanceOf(EventCodec.Parsed.Json.class, codec.parse(text.getBytes(UTF_8)))
        .event();
  }

  @Test
  void readsTheEnvelopeWithAnyOffset() {
    Event event = event(EVENT).orElseThrow();
    assertEquals(Instant.parse("2026-03-31T10:30:00.500Z"), event.timestamp());
    assertEquals(Optional.of(new EventId("e-0")), event.metadata().causationId());
    assertEquals(2, event.metadata().schemaVersion());
    assertEquals(3, event.metadata().hops());
  }

  @Test
  void writesWhatItReads() {
    Event event = event(EVENT).orElseThrow();
    assertEquals(Optional.of(event), event(codec.write(event)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "1",
        "null",
        "{} {}",
        "{\"a\":1,\"a\":2}",
        "{'a':1}",
        "{\"a\":NaN}"
      })
  void whatIsNotOneJsonObjectIsNotAnEvent(String text) {
    assertInstanceOf(EventCodec.Parsed.NotJson.class, codec.parse(text.getBytes(UTF_8)));
  }

  /**
   * RFC 8259, section 8.1: nothing but UTF-8. A receiver that is strict would not read what a
   * lenient relay passes on.
   */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
  void anotherEncodingIsNotJson(String encoding) {
    byte[] body = EVENT.getBytes(Charset.forName(encoding));
    assertInstanceOf(EventCodec.Parsed.NotJson.class, codec.parse(body));
    assertEquals(Optional.empty(), codec.idOf(body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0",
        "\0a",
        "\0\0a",
        "\0\0\0{",
        "{\0",
        "{\0\0",
        "{\0\0\0}",
        "\ufeff",
        "\ufeff{\"event_id\":\"e\"}",
        "\0{\0}"
      })
  void bytesThatLookLikeAnotherEncodingAreNotJson(String text) {
    assertInstanceOf(EventCodec.Parsed.NotJson.class, codec.parse(text.getBytes(UTF_8)));
    assertEquals(Optional.empty(), codec.idOf(text.getBytes(UTF_8)));
  }

  @Test
  void nestingHasAnEnd() {
    String deep = "{\"a\":".repeat(65) + "1" + "}".repeat(65);
    assertInstanceOf(EventCodec.Parsed.NotJson.class, codec.parse(deep.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"event_id\":1}",
        "{\"event_id\":\"a b\"}",
        "[{\"event_id\":\"e\"}]",
        "{\"data\":{\"event_id\":\"e\"}}",
        "not json"
      })
  void anIdIsTheEnvelopesOwnOrNone(String text) {
    assertEquals(Optional.empty(), codec.idOf(text.getBytes(UTF_8)));
  }

  @Test
  void anIdIsFoundWhereverItStands() {
    assertEquals(
        Optional.of(new EventId("e-1")),
        codec.idOf("{\"data\":{\"event_id\":\"x\"},\"event_id\":\"e-1\"}".getBytes(UTF_8)));
  }

  @Test
  void aDerivedIdIsTheSameEveryTimeAndAVersion5Uuid() {
    EventId derived = EventId.derive("welcome-agent", new EventId("e-1"), "email.sent");
    assertEquals(derived, EventId.derive("welcome-agent", new EventId("e-1"), "email.sent"));
    assertNotEquals(derived, EventId.derive("welcome-agent", new EventId("e-2"), "email.sent"));
    assertNotEquals(derived, EventId.derive("trial-monitor", new EventId("e-1"), "email.sent"));
    assertNotEquals(derived, EventId.derive("welcome-agent", new EventId("e-1"), "email.lost"));
    UUID uuid = UUID.fromString(derived.value());
    assertEquals(5, uuid.version());
    assertEquals(2, uuid.variant());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Welcome", "welcome_agent", "-a", "a-", "a--b", "1a", "a/../b", "a.b"})
  void aNameThatCouldMeanSomethingElseInAPathIsNone(String name) {
    assertThrows(IllegalArgumentException.class, () -> new AgentName(name));
  }

  @Test
  void aNameHasAtMostFortyCharacters() {
    assertTrue(AgentName.isValid("a".repeat(40)));
    assertTrue(!AgentName.isValid("a".repeat(41)));
  }
}
