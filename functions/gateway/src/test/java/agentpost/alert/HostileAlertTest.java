package agentpost.alert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.event.EventCodec;
import agentpost.hostile.FuzzInputs;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import agentpost.testing.ExampleEvents;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An alert that does not look as expected is the last one to lose, and one that fails would fail
 * the batch it is in.
 */
class HostileAlertTest {
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private static final JsonMapper JSON = new JsonMapper();
  private final AwsAlerts alerts =
      new AwsAlerts(Clock.fixed(Instant.parse("2026-03-31T10:30:00Z"), ZoneOffset.UTC));
  private final EventCodec codec = new EventCodec();

  @Provide
  Arbitrary<String> events() {
    Arbitrary<String> any = FuzzInputs.json();
    Arbitrary<String> type =
        Arbitraries.of(
            "\"CloudWatch Alarm State Change\"", "\"GuardDuty Finding\"", "\"Other\"", "null");
    Arbitrary<String> time =
        Arbitraries.oneOf(
            Arbitraries.of(
                "\"2026-03-31T10:30:00Z\"",
                "\"+999999999-12-31T23:59:59Z\"",
                "\"-0001-01-01T00:00:00Z\"",
                "\"0000-01-01T00:00:00Z\"",
                "\"9999-12-31T23:59:59-18:00\"",
                "\"2026-03-31T10:30:00+00:00:01\""),
            any);
    return Combinators.combine(type, any, time, any, any)
        .as(
            "{\"id\":\"i\",\"detail-type\":%s,\"source\":%s,\"time\":%s,\"account\":\"1\",\"region\":\"r\",\"resources\":[%s],\"detail\":{\"alarmName\":%s,\"title\":\"t\",\"severity\":8}}"
                ::formatted);
  }

  private void assertFits(String text) {
    JsonNode event;
    try {
      event = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return;
    }
    String written = codec.write(alerts.of(event));
    assertThat(codec.parse(written.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            EventCodec.Parsed.Json.class,
            read ->
                assertThat(SCHEMAS.validate(read.json()))
                    .as(written)
                    .isInstanceOf(Validation.Valid.class));
  }

  @Property
  void everyEventOfTheDefaultBusBecomesAnAlertThatFitsTheSchema(
      @ForAll("events") String event, @ForAll(supplier = FuzzInputs.Json.class) String other) {
    assertFits(event);
    assertFits(other);
    assertFits("{\"detail-type\":\"GuardDuty Finding\",\"detail\":" + other + "}");
  }

  @Test
  void aLongSourceIsCut() {
    assertFits("{\"detail-type\":\"Other\",\"source\":\"" + "s".repeat(257) + "\",\"detail\":{}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"+10000-01-01T00:00:00Z", "+999999999-12-31T23:59:59Z", "-0001-01-01T00:00:00Z"})
  void aTimeThatNoCalendarHasIsNone(String time) {
    assertFits("{\"detail-type\":\"Other\",\"time\":\"" + time + "\",\"detail\":{}}");
  }
}
