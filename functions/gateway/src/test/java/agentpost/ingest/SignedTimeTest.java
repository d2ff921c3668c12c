package agentpost.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import agentpost.catalog.AgentName;
import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.HmacFormat;
import agentpost.catalog.SignatureEncoding;
import agentpost.catalog.SignedText;
import agentpost.catalog.TimestampUnit;
import agentpost.signing.Hmac;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A time is signed as its sender writes it, and held to five minutes whatever its unit. */
class SignedTimeTest {
  private static final String BODY = "{\"a\":1}";
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");

  private static SourceVerification verify(TimestampUnit unit, String time, Instant now) {
    HmacFormat format =
        new HmacFormat(
            "X-Sign",
            "",
            SignatureEncoding.HEX,
            HmacAlgorithm.SHA256,
            SignedText.of("{timestamp}{body}"),
            Optional.of("X-Time"),
            unit);
    String signature =
        HexFormat.of().formatHex(Hmac.sha256("key".getBytes(UTF_8), (time + BODY).getBytes(UTF_8)));
    return new Delivery(BODY)
        .with("X-Sign", signature)
        .with("X-Time", time)
        .heldAgainst(
            new HmacVerifier(format, Delivery.secrets("key"), Delivery.asOf(now.getEpochSecond())));
  }

  @ParameterizedTest
  @CsvSource({
    "SECONDS,1774953000",
    "MILLISECONDS,1774953000000",
    "MILLISECONDS,1774953000999",
    "ISO8601,2026-03-31T10:30:00Z",
    "ISO8601,2026-03-31T10:30:00.123456789Z",
    "ISO8601,2026-03-31t10:30z",
    "ISO8601,2026-03-31T12:30:00+02:00",
    "ISO8601,2026-03-31T05:30:00.5-0500"
  })
  void isTakenForFiveMinutesEitherWay(TimestampUnit unit, String time) {
    for (long off : new long[] {-300, 0, 300}) {
      assertThat(verify(unit, time, NOW.plusSeconds(off)))
          .as("%d s off", off)
          .isInstanceOf(SourceVerification.Accepted.class);
    }
    for (long off : new long[] {-302, 301, 86_400}) {
      assertThat(verify(unit, time, NOW.plusSeconds(off)))
          .as("%d s off", off)
          .isInstanceOf(SourceVerification.Stale.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SECONDS,1774953000000",
    "SECONDS,2026-03-31T10:30:00Z",
    "MILLISECONDS,2026-03-31T10:30:00Z",
    "MILLISECONDS,-1",
    "MILLISECONDS,1774953000.5",
    "MILLISECONDS,1774953000000000",
    "ISO8601,1774953000",
    "ISO8601,2026-03-31T10:30:00",
    "ISO8601,2026-03-31",
    "ISO8601,2026-02-30T10:30:00Z",
    "ISO8601,2026-03-31T10:30:00Z[Europe/Berlin]",
    "ISO8601,now"
  })
  void ofAnotherUnitIsStaleOrMalformed(TimestampUnit unit, String time) {
    assertThat(verify(unit, time, NOW))
        .isInstanceOfAny(SourceVerification.Malformed.class, SourceVerification.Stale.class);
  }

  @Test
  void isReadFromTheCatalogBesideTheTimeOnly() {
    String scheme =
        "{\"header\":\"X-Sign\",\"encoding\":\"hex\",\"algorithm\":\"sha256\",\"signed\":\"{timestamp}{body}\",\"timestampHeader\":\"X-Time\",\"unit\":\"milliseconds\"}";
    assertThat(read(scheme).scheme())
        .isInstanceOfSatisfying(
            SourceScheme.Described.class,
            described ->
                assertThat(described.format().unit()).isEqualTo(TimestampUnit.MILLISECONDS));
    assertThrows(
        IllegalArgumentException.class, () -> read(scheme.replace("milliseconds", "minutes")));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            read(scheme.replace("{timestamp}", "").replace(",\"timestampHeader\":\"X-Time\"", "")));
  }

  private static Source read(String scheme) {
    return new SourceParser("https://agentpost.example.com/ingest/", "s/")
        .read(
            new AgentName("crm"),
            "{\"scheme\":"
                + scheme
                + ",\"type\":\"/t\",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"seconds", "milliseconds", "iso8601"})
  void everyUnitHasAName(String unit) {
    String scheme =
        "{\"header\":\"X-Sign\",\"encoding\":\"hex\",\"algorithm\":\"sha256\",\"signed\":\"{timestamp}{body}\",\"timestampHeader\":\"X-Time\",\"unit\":\""
            + unit
            + "\"}";
    assertThat(read(scheme)).isNotNull();
  }
}
