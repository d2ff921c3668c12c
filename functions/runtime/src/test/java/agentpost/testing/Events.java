package agentpost.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventCodec;
import agentpost.event.EventId;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/** Events as producers and agents publish them, and the check that they are fit to be published. */
public final class Events {
  public static final Instant SIGNED_UP = Instant.parse("2026-03-31T10:30:00Z");
  public static final CorrelationId CORRELATION = new CorrelationId("corr-9876");
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private static final JsonMapper JSON = new JsonMapper();

  private Events() {}

  /**
   * @param data JSON, with single quotes for double ones
   */
  public static Event event(String id, String type, String source, String data) {
    return new Event(
        new EventId(id),
        type,
        SIGNED_UP,
        json(data),
        new Event.Metadata(source, CORRELATION, Optional.empty(), 1));
  }

  public static Event signUp(String plan) {
    return event(
        "uuid-1234-abcd",
        "user.signed_up",
        "authentication_service",
        "{'user_id':'usr-5678','email':'ada@example.com','plan':'" + plan + "'}");
  }

  /** A sign-up as it comes, under this id. */
  public static byte[] body(String id) {
    return new EventCodec()
        .write(
            event(
                id,
                "user.signed_up",
                "authentication_service",
                "{'user_id':'usr-5678','email':'ada@example.com','plan':'free'}"))
        .getBytes(UTF_8);
  }

  /** An answer to {@code cause}, this many seconds after the sign-up. */
  public static Event answer(Event cause, String agent, String type, String data, int seconds) {
    return cause.answer(new AgentName(agent), type, json(data), SIGNED_UP.plusSeconds(seconds));
  }

  public static ObjectNode json(String text) {
    try {
      return JSON.readValue(text.replace('\'', '"'), ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /** The inbox lets no other through. */
  public static void assertValid(Event event) {
    try {
      assertEquals("", SCHEMAS.validate(JSON.readTree(new EventCodec().write(event))).problem());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * What an agent publishes is part of the public API: it must fit its schema, keep the correlation
   * and name its cause.
   */
  public static void assertPublic(Event published, Event cause) {
    assertValid(published);
    assertEquals(cause.metadata().correlationId(), published.metadata().correlationId());
    assertEquals(Optional.of(cause.id()), published.metadata().causationId());
  }
}
