package agentpost.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.event.EventId;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An outcome on the row is what it was, also as releases before events were in it wrote it. */
class CircuitOutcomeTest {
  private static final long YEAR_2000 = 946_684_800_000L;
  private static final long YEAR_4000 = 64_060_588_800_000L;

  @Property
  void isReadAsItWasWritten(
      @ForAll Circuit.Kind kind,
      @ForAll @LongRange(min = YEAR_2000, max = YEAR_4000) long millis,
      @ForAll @AlphaChars @NotBlank @StringLength(min = 1, max = 40) String event) {
    Instant at = Instant.ofEpochMilli(millis);
    Circuit.Outcome plain = new Circuit.Outcome(at, kind);
    assertEquals(plain, Circuit.Outcome.of(plain.value()));
    assertEquals(
        AttributeValue.fromN(
            millis + "" + plain.value().n().charAt(plain.value().n().length() - 1)),
        plain.value());
    Circuit.Outcome failed = Circuit.Outcome.failedAt(new EventId(event), at);
    assertEquals(failed, Circuit.Outcome.of(failed.value()));
  }

  @Test
  void rowsOfTheLastReleaseAreRead() {
    assertEquals(
        new Circuit.Outcome(Instant.parse("2026-03-31T10:30:00.123Z"), Circuit.Kind.FAILED),
        Circuit.Outcome.of(AttributeValue.fromN("17749530001233")));
  }
}
