package agentpost.event;

import static agentpost.hostile.FuzzInputs.assertReadsWithoutGoingBack;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.catalog.AgentName;
import agentpost.hostile.FuzzInputs;
import agentpost.schemas.EventSchemas;
import agentpost.testing.ExampleEvents;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HostileEventTest {
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private static final int MAX_SHOWN = 10_000;
  private final EventCodec codec = new EventCodec();

  /** An envelope of which any part may be anything. */
  @Provide
  Arbitrary<String> envelopes() {
    Arbitrary<String> other = FuzzInputs.json();
    return Combinators.combine(
            usually("\"uuid-1234-abcd\"", other),
            usually("\"user.signed_up\"", other),
            usually("\"2026-03-31T10:30:00Z\"", other),
            usually(
                "{\"user_id\":\"usr-5678\",\"email\":\"ada@example.com\",\"plan\":\"premium_trial\"}",
                other),
            usually("\"authentication_service\"", other),
            usually("\"corr-9876\"", other),
            usually("1", other))
        .as(
            "{\"event_id\":%s,\"event_type\":%s,\"timestamp\":%s,\"data\":%s,\"metadata\":{\"source_service\":%s,\"correlation_id\":%s,\"schema_version\":%s}}"
                ::formatted);
  }

  private static Arbitrary<String> usually(String usual, Arbitrary<String> other) {
    return Arbitraries.oneOf(Arbitraries.just(usual), Arbitraries.just(usual), other);
  }

  @Property
  void everyBodyIsReadOrIsNot(@ForAll(supplier = FuzzInputs.Bodies.class) byte[] body) {
    assertThat(codec.parse(body)).isNotNull();
    assertThat(codec.idOf(body)).isNotNull();
  }

  @Property
  void whatIsReadIsWrittenAndReadAgainTheSame(@ForAll("envelopes") String envelope) {
    if (codec.parse(envelope.getBytes(UTF_8))
            instanceof EventCodec.Parsed.Json(_, Optional<Event> read)
        && read.isPresent()) {
      String written = codec.write(read.get());
      assertThat(written.length()).isLessThan(10 * envelope.length() + 200);
      assertThat(codec.parse(written.getBytes(UTF_8))).isInstanceOf(EventCodec.Parsed.Json.class);
      assertEquals(Optional.of(read.get().id()), codec.idOf(written.getBytes(UTF_8)));
    }
  }

  @Property
  void everyObjectIsHeldToASchemaAndLittleIsSaidOfIt(@ForAll("envelopes") String envelope) {
    if (codec.parse(envelope.getBytes(UTF_8)) instanceof EventCodec.Parsed.Json(var json, _)) {
      assertThat(SCHEMAS.validate(json).problem().length()).isLessThan(MAX_SHOWN);
    }
  }

  @Property
  void whatIsNoNameIsRefusedWithoutBeingQuoted(
      @ForAll(supplier = FuzzInputs.Texts.class) String text) {
    for (Function<String, ?> type :
        List.<Function<String, ?>>of(AgentName::new, EventId::new, CorrelationId::new)) {
      try {
        assertThat(type.apply(text)).hasToString(text);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).hasSizeLessThan(200);
      }
    }
  }

  @Test
  void anEventWithTenThousandPropertiesTooManyGetsAShortAnswer() {
    StringBuilder data = new StringBuilder("{");
    for (int i = 0; i < 10_000; i++) {
      data.append("\"no_such_property_").append(i).append("\":1,");
    }
    data.append('"').append("n".repeat(40_000)).append("\":1}");
    String envelope =
        "{\"event_id\":\"e\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":"
            + data
            + ",\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
    assertThat(codec.parse(envelope.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            EventCodec.Parsed.Json.class,
            read -> {
              assertThat(SCHEMAS.validate(read.json()).problem().length()).isLessThan(MAX_SHOWN);
            });
  }

  /** As a number of a hundred digits would be by its exponent, if anything wrote it out. */
  @Test
  void aNumberWithAHugeExponentStaysShort() {
    for (String number : List.of("1e999999999", "-1E-999999999", "9.99e2147483640")) {
      String envelope =
          "{\"event_id\":\"e\",\"event_type\":\"lead.captured\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{\"lead_id\":\"l\",\"email\":\"a@example.com\",\"employees\":"
              + number
              + "},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
      assertThat(codec.parse(envelope.getBytes(UTF_8)))
          .isInstanceOfSatisfying(
              EventCodec.Parsed.Json.class,
              read -> {
                assertThat(read.json().toString().length()).isLessThan(300);
                assertThat(SCHEMAS.validate(read.json()).problem().length()).isLessThan(MAX_SHOWN);
              });
    }
  }

  @Test
  void aNumberWhoseExponentHasTooManyDigitsIsNoJson() {
    for (String number :
        List.of("1e99999999999", "1e-99999999999", "1e99999999999999999999999999")) {
      assertThat(codec.parse(("{\"data\":" + number + "}").getBytes(UTF_8)))
          .isInstanceOf(EventCodec.Parsed.NotJson.class);
    }
  }

  @Test
  void bodiesAndNamesAreReadWithoutGoingBack() {
    assertReadsWithoutGoingBack("", "", text -> codec.parse(text.getBytes(UTF_8)));
    assertReadsWithoutGoingBack(
        "{\"event_id\":\"", "\"}", text -> codec.idOf(text.getBytes(UTF_8)));
    assertReadsWithoutGoingBack("a", "!", AgentName::isValid);
    for (String at : List.of("event_id", "event_type", "timestamp", "source_service")) {
      assertReadsWithoutGoingBack("a", "!", text -> validated(at, text));
    }
    for (String property : List.of("email", "location", "user_id", "plan")) {
      assertReadsWithoutGoingBack("a", "@example.com", text -> validated("data/" + property, text));
      assertReadsWithoutGoingBack("a@", "!", text -> validated("data/" + property, text));
    }
  }

  private void validated(String place, String text) {
    String usual =
        "{\"event_id\":\"e\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{\"user_id\":\"u\",\"email\":\"a@example.com\"},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
    if (codec.parse(usual.getBytes(UTF_8)) instanceof EventCodec.Parsed.Json(var json, _)) {
      if (place.startsWith("data/")) {
        json.withObjectProperty("data").put(place.substring(5), text);
      } else if (place.equals("source_service")) {
        json.withObjectProperty("metadata").put(place, text);
      } else {
        json.put(place, text);
      }
      assertThat(SCHEMAS.validate(json).problem().length()).isLessThan(MAX_SHOWN);
    }
  }
}
