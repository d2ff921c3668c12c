package agentpost.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The door takes what is made here for a delivery of the source's. */
class SampleDeliveryTest {
  private static final String MAPPING =
      "\"mappings\":{\"sample\":{\"event\":\"lead.captured\",\"data\":{\"lead_id\":{\"value\":\"l-1\"},\"email\":\"/mail\",\"source\":{\"value\":\"fair\"}}}}}";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private final Door door = new Door();

  @AfterEach
  void close() {
    door.close();
  }

  private Optional<SampleDelivery> sample(Source source) {
    return SampleDelivery.of(
        source,
        SECRET,
        "sample",
        "id-1",
        JsonNodeFactory.instance.objectNode().put("mail", "ada@example.com"),
        Door.SCHEMAS,
        door.clock);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"scheme\":\"github\",\"type\":\"header:X-GitHub-Event\"",
        "\"scheme\":\"github\",\"type\":\"/a/kind\",\"delivery\":\"/a/id\"",
        "\"scheme\":\"slack\",\"type\":\"/type\",\"delivery\":\"unsigned-header:X-Id\"",
        "\"scheme\":\"shopify\",\"type\":\"/type\",\"each\":\"\"",
        "\"scheme\":\"standard\",\"type\":\"/type\",\"each\":\"/all/events\",\"delivery\":\"/id\"",
        "\"scheme\":\"standard\",\"type\":\"/type\"",
        "\"scheme\":{\"header\":\"X-S\",\"encoding\":\"base64\",\"algorithm\":\"sha512\",\"signed\":\"{timestamp}.{body}\",\"timestampHeader\":\"X-T\",\"unit\":\"milliseconds\"},\"type\":\"/t\"",
        "\"scheme\":{\"header\":\"X-S\",\"prefix\":\"v=\",\"encoding\":\"hex\",\"algorithm\":\"sha1\",\"signed\":\"{timestamp}.{body}\",\"timestampHeader\":\"X-T\",\"unit\":\"iso8601\"},\"type\":\"/t\""
      })
  void itIsTakenAndBecomesTheEventThatItSays(String settings) {
    Source source = door.source("shop", SECRET, "{" + settings + "," + MAPPING);
    SampleDelivery sample = sample(source).orElseThrow();
    assertThat(door.post(source, sample.headers(), sample.body(), Duration.ofSeconds(15)).status())
        .isIn(200, 202);
    assertThat(door.published("lead.captured"))
        .singleElement()
        .satisfies(
            event -> {
              assertEquals(sample.event().id().value(), event.path("event_id").asText());
              assertEquals(sample.event().data(), event.path("data"));
              assertEquals("shop", event.at("/metadata/source_service").asText());
            });
  }

  @Test
  void whatOnlyItsSenderCanSignOrWriteIsNotMade() {
    for (String settings :
        new String[] {
          "\"scheme\":\"stripe\",\"type\":\"/type\"",
          "\"scheme\":\"twilio\",\"type\":\"/SmsStatus\""
        }) {
      assertThat(sample(door.source("shop", SECRET, "{" + settings + "," + MAPPING)))
          .as(settings)
          .isEmpty();
    }
  }
}
