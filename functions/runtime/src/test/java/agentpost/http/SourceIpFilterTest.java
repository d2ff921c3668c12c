package agentpost.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agentpost.platform.LogFields;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceIpFilterTest {
  private final List<String> log = new CopyOnWriteArrayList<>();

  private Optional<Response> asked(String ranges, String sourceIp, String... headers) {
    Map<String, List<String>> all =
        headers.length == 0 ? Map.of() : Map.of(headers[0], List.of(headers[1]));
    Response response =
        new Endpoint("attempt", Clock.systemUTC(), log::add)
            .receive(
                new Request("POST", "/webhooks/crm", Map.of(), all, new byte[7], sourceIp),
                new Endpoint.Rules(
                    LogFields.of("agent", "crm"), SourceIpFilter.of(ranges), OptionalInt.empty()),
                () -> Reply.answer("let-in", Response.json(200, "{}")));
    return Optional.of(response).filter(one -> one.status() != 200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.7",
        "192.0.2.255",
        "2001:db8::1",
        "2001:0db8:0:0::ffff",
        "::ffff:192.0.2.7"
      })
  void letsInWhoIsInARange(String address) {
    assertThat(asked("192.0.2.0/24, 2001:db8::/32", address)).isEmpty();
    assertThat(log).singleElement().asString().contains("\"outcome\":\"let-in\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.3.0",
        "192.0.1.255",
        "10.0.0.1",
        "2001:db9::1",
        "::1",
        "",
        "192.0.2",
        "192.0.2.7, 10.0.0.1",
        "localhost"
      })
  void turnsAwayWhoIsNot(String address) {
    Response refused = asked("192.0.2.0/24, 2001:db8::/32", address).orElseThrow();
    assertThat(refused.status()).isEqualTo(403);
  }

  @Test
  void theReasonIsInTheLogAndNotInTheAnswer() {
    Response refused = asked("192.0.2.0/24", "10.9.8.7").orElseThrow();
    assertThat(new String(refused.body(), StandardCharsets.UTF_8))
        .doesNotContain("10.9.8.7", "192.0.2", "address", "range");
    assertThat(log)
        .singleElement()
        .asString()
        .contains(
            "\"agent\":\"crm\"",
            "\"source_ip\":\"10.9.8.7\"",
            "\"status\":403",
            "\"reason\":\"its address is in no range that may come in here\"")
        .doesNotContain("192.0.2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For",
        "Forwarded",
        "X-Real-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Client-IP"
      })
  void whatAClientSaysOfItsAddressCountsForNothing(String header) {
    assertThat(asked("192.0.2.0/24", "10.9.8.7", header, "192.0.2.7")).isPresent();
    assertThat(asked("192.0.2.0/24", "192.0.2.7", header, "10.9.8.7")).isEmpty();
  }

  @Test
  void withoutRangesEveryoneMayComeIn() {
    assertThat(asked("", "10.9.8.7")).isEmpty();
    assertThat(asked(" ", "")).isEmpty();
  }

  @Test
  void aListThatCannotBeReadKeepsTheFunctionFromStarting() {
    assertThatThrownBy(() -> asked("192.0.2.0/24,everyone", "192.0.2.7"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ALLOWED_SOURCES");
  }
}
