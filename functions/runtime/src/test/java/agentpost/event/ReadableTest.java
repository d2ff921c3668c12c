package agentpost.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.hostile.FuzzInputs;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Validation;
import agentpost.testing.ExampleEvents;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An envelope fits its schema if and only if it can be read: nobody takes what another refuses. */
class ReadableTest {
  private static final EventSchemas SCHEMAS = ExampleEvents.SCHEMAS;
  private static final String FACE = "\ud83d\ude00";
  private static final String DATA =
      "{\"user_id\":\"usr-5678\",\"email\":\"ada@example.com\",\"plan\":\"premium_trial\",\"n\":%s}";
  private final EventCodec codec = new EventCodec();

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }

  private static Arbitrary<String> usually(String usual, Arbitrary<String> other) {
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(4, Arbitraries.just(usual)),
        net.jqwik.api.Tuple.of(2, other),
        net.jqwik.api.Tuple.of(1, FuzzInputs.json()));
  }

  /** Of any form, with lengths around the bounds, in UTF-16 units and in code points. */
  private static Arbitrary<String> texts(int most) {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "a", "A", "0", ".", "_", ":", "-", "/", " ", "\n", "\u00e9", "\u00a0", "\u001c",
            "\u0085", "\u200b", "\u0000", "\u2060", FACE);
    Arbitrary<String> few = pieces.list().ofMaxSize(4).map(list -> String.join("", list));
    Arbitrary<String> many =
        Combinators.combine(pieces, Arbitraries.integers().between(most - 1, most + 1))
            .as(String::repeat);
    Arbitrary<String> halves =
        Combinators.combine(pieces, Arbitraries.integers().between(most / 2 - 1, most / 2 + 1))
            .as(String::repeat);
    return Arbitraries.oneOf(few, many, halves).map(ReadableTest::quoted);
  }

  private static Arbitrary<String> noTexts() {
    return Arbitraries.of(
        "null",
        "1",
        "1.0",
        "true",
        "{}",
        "[]",
        "[\"a\"]",
        "\"\"",
        "\" \"",
        "\"null\"",
        "\"\\ud83d\"",
        "\"\\u0000\"");
  }

  private static Arbitrary<String> times() {
    Arbitrary<String> date =
        Arbitraries.of(
            "2026-03-31",
            "2016-12-31",
            "2026-02-29",
            "2024-02-29",
            "0000-01-01",
            "9999-12-31",
            "12026-01-01",
            "2026-3-1");
    Arbitrary<String> t = Arbitraries.of("T", "T", "T", "t", " ");
    Arbitrary<String> time =
        Arbitraries.of(
            "10:30:00",
            "23:59:60",
            "23:59:59",
            "24:00:00",
            "00:00:00",
            "10:30",
            "10:30:61",
            "22:59:60");
    Arbitrary<String> fraction =
        Arbitraries.of("", "", ".5", ".123456789", ".1234567890123", ".", ",5");
    Arbitrary<String> offset =
        Arbitraries.of(
            "Z",
            "Z",
            "z",
            "+00:00",
            "-00:00",
            "+02:00",
            "-01:00",
            "+01:00",
            "+18:00",
            "+18:01",
            "-23:59",
            "+0200",
            "+02",
            "",
            "+02:00:30",
            "+02:60");
    return Combinators.combine(date, t, time, fraction, offset)
        .as((one, two, three, four, five) -> quoted(one + two + three + four + five));
  }

  private static Arbitrary<String> numbers() {
    Arbitrary<String> whole =
        Arbitraries.strings()
            .numeric()
            .ofMinLength(1)
            .ofMaxLength(40)
            .map(digits -> digits.replaceFirst("^0+(?=.)", ""));
    Arbitrary<String> fraction =
        Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(40).map(digits -> "." + digits);
    Arbitrary<String> exponent =
        Combinators.combine(
                Arbitraries.of("e", "E", "e+", "E-"), Arbitraries.integers().between(0, 99_999))
            .as((e, n) -> e + n);
    return Combinators.combine(
            Arbitraries.of("", "-"),
            whole,
            fraction.injectNull(0.5).map(f -> f == null ? "" : f),
            exponent.injectNull(0.5).map(e -> e == null ? "" : e))
        .as((sign, one, two, three) -> sign + one + two + three);
  }

  private static Arbitrary<String> members(String name, Arbitrary<String> value) {
    return value
        .map(json -> ",\"" + name + "\":" + json)
        .injectNull(0.4)
        .map(member -> member == null ? "" : member);
  }

  @Provide
  Arbitrary<String> envelopes() {
    Arbitrary<String> id = usually("\"uuid-1234-abcd\"", Arbitraries.oneOf(texts(128), noTexts()));
    Arbitrary<String> time =
        Arbitraries.oneOf(usually("\"2026-03-31T10:30:00Z\"", noTexts()), times());
    Arbitrary<String> source =
        usually("\"authentication_service\"", Arbitraries.oneOf(texts(256), noTexts()));
    Arbitrary<String> correlation =
        usually("\"corr-9876\"", Arbitraries.oneOf(texts(256), noTexts()));
    Arbitrary<String> cause =
        members("causation_id", usually("\"uuid-0000\"", Arbitraries.oneOf(texts(128), noTexts())));
    Arbitrary<String> version =
        members(
            "schema_version",
            Arbitraries.of(
                "1",
                "1",
                "1",
                "1.0",
                "1e0",
                "0",
                "-1",
                "01",
                "99999999999",
                "1" + "0".repeat(50),
                "\"1\"",
                "null",
                "true",
                "[1]"));
    Arbitrary<String> hops =
        members(
            "hops",
            Arbitraries.of(
                "0",
                "1",
                "16",
                "17",
                "1.0",
                "1e0",
                "-1",
                "01",
                "1000000",
                "1000001",
                "2147483648",
                "99999999999",
                "\"1\"",
                "null",
                "[1]"));
    Arbitrary<String> numbers = Combinators.combine(version, hops).as((one, other) -> one + other);
    Arbitrary<String> more = Arbitraries.of("", "", "", "", ",\"more\":1", ",\"event_id\":\"e\"");
    Arbitrary<String> data = numbers().map(DATA::formatted);
    return Combinators.combine(id, time, data, source, correlation, cause, numbers, more)
        .as(
            (a, b, c, d, e, f, g, h) ->
                "{\"event_id\":%s,\"event_type\":\"user.signed_up\",\"timestamp\":%s,\"data\":%s,\"metadata\":{\"source_service\":%s,\"correlation_id\":%s%s%s}%s}"
                    .formatted(a, b, c, d, e, f, g, h));
  }

  @Property(tries = 5000)
  void anEnvelopeIsValidIfAndOnlyIfItCanBeRead(@ForAll("envelopes") String envelope) {
    if (codec.parse(envelope.getBytes(UTF_8))
        instanceof EventCodec.Parsed.Json(var json, Optional<Event> event)) {
      Validation validation = SCHEMAS.validate(json);
      assertThat(event.isPresent())
          .as(envelope + ": " + validation.problem())
          .isEqualTo(validation instanceof Validation.Valid);
      assertThat(codec.idOf(envelope.getBytes(UTF_8)).isPresent())
          .isEqualTo(
              json.path("event_id").isTextual()
                  && EventId.of(json.path("event_id").asText()).isPresent());
    } else {
      assertThat(codec.idOf(envelope.getBytes(UTF_8)))
          .as("the relay signs nothing that an agent cannot read")
          .isEmpty();
    }
  }

  @Property
  void whatIsValidIsWrittenValidAndTheSame(@ForAll("envelopes") String envelope) {
    EventReader reader = new EventReader(SCHEMAS);
    if (reader.read(envelope) instanceof EventReader.Reading.Valid(_, var event)) {
      assertThat(reader.read(codec.write(event)))
          .isInstanceOfSatisfying(
              EventReader.Reading.Valid.class,
              again -> {
                assertThat(codec.write(again.event())).isEqualTo(codec.write(event));
                assertThat(again.event().data()).hasToString(event.data().toString());
              });
    }
  }

  @Property
  void numbersKeepTheirDigits(@ForAll("numbersOfJson") String number) {
    String data = DATA.formatted(number);
    String envelope =
        "{\"event_id\":\"e\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":"
            + data
            + ",\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\"}}";
    assertThat(codec.parse(envelope))
        .isInstanceOfSatisfying(
            EventCodec.Parsed.Json.class,
            read -> {
              assertThat(read.json()).hasToString(envelope);
              assertThat(codec.write(read.event().orElseThrow())).contains(data);
            });
  }

  @Provide
  Arbitrary<String> numbersOfJson() {
    return Arbitraries.oneOf(
        numbers(),
        Arbitraries.of(
            "-0",
            "-0.0",
            "-0e1",
            "0E-10",
            "1e-7",
            "1E400",
            "1e+400",
            "100.0",
            "12345678901234567890.25"));
  }

  /** Every schema has the same envelope, so what holds for one holds for all. */
  @Test
  void theEnvelopeIsTheSameInEverySchema() {
    for (String pointer :
        List.of(
            "/required",
            "/additionalProperties",
            "/properties/event_id",
            "/properties/timestamp",
            "/properties/metadata")) {
      assertThat(
              SCHEMAS.eventTypes().stream()
                  .map(
                      type ->
                          SCHEMAS
                              .newestDocument(type)
                              .at(pointer)
                              .toString()
                              .replaceAll("\"description\":\"[^\"]*\"", ""))
                  .distinct()
                  .toList())
          .as(pointer)
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "1",
        "1.5",
        "true",
        "{}",
        "[]",
        "[\"c\"]",
        "\"\"",
        "\" \"",
        "\"\\u00a0\\t\"",
        "\"\\u001c\"",
        "\"\\u001f\"",
        "\"\\u0085\"",
        "\"\\u200b\"",
        "\"\\u0000\"",
        "\"a\\u0000\"",
        "\"a\\n\""
      })
  void whatIsNoIdIsRefusedByNameAndNeverTakenForAText(String value) {
    String usual =
        "{\"event_id\":\"e\",\"event_type\":\"user.signed_up\",\"timestamp\":\"2026-03-31T10:30:00Z\",\"data\":{\"user_id\":\"u\",\"email\":\"a@example.com\",\"plan\":\"free\"},\"metadata\":{\"source_service\":\"s\",\"correlation_id\":\"c\",\"causation_id\":\"b\"}}";
    assertThat(new EventReader(SCHEMAS).read(usual)).isInstanceOf(EventReader.Reading.Valid.class);
    for (String name :
        List.of("event_id", "user_id", "source_service", "correlation_id", "causation_id")) {
      String wrong =
          usual.replaceFirst(
              "\"" + name + "\":\"[^\"]*\"", "\"" + name + "\":" + value.replace("\\", "\\\\"));
      assertThat(new EventReader(SCHEMAS).read(wrong))
          .as(wrong)
          .isInstanceOfSatisfying(
              EventReader.Reading.Invalid.class,
              invalid ->
                  assertThat(invalid.validation().problem()).contains("/" + name + ": must"));
      String absent = usual.replaceFirst(",?\"" + name + "\":\"[^\"]*\"", "").replace("{,", "{");
      if (!name.equals("causation_id")) {
        assertThat(new EventReader(SCHEMAS).read(absent))
            .isInstanceOfSatisfying(
                EventReader.Reading.Invalid.class,
                invalid ->
                    assertThat(invalid.validation().problem())
                        .contains("/" + name + ": a value is required"));
      }
    }
  }
}
