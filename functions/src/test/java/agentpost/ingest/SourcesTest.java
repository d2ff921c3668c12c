package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.event.AgentName;
import com.fasterxml.jackson.core.JsonPointer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesTest {
  private static final String ERP =
      """
      {"erp": {"scheme": {"header": "X-Erp-Signature", "prefix": "s=", "encoding": "base64", "algorithm": "sha512", "signed": "{timestamp}.{body}", "timestamp_header": "X-Erp-Time"},
        "type": "header:X-Erp-Topic", "delivery": "/id", "unmapped": "refused", "mappings": {"order": {"event": "user.converted", "data": {"user_id": "/user"}}}}}""";

  private static Map<String, Source> read(String json) {
    return new Sources("https://agentpost.example.com/ingest/", "agentpost/sources/").read(json);
  }

  @Test
  void readsASourceWhoseSchemeTheCatalogDescribes() {
    HmacFormat format =
        new HmacFormat("X-Erp-Signature", "s=", SignatureEncoding.BASE64, HmacAlgorithm.SHA512, SignedText.of("{timestamp}.{body}"), Optional.of("X-Erp-Time"));
    assertEquals(
        Map.of(
            "erp",
            new Source(
                new AgentName("erp"),
                "https://agentpost.example.com/ingest/erp",
                new SourceScheme.Described(format),
                "agentpost/sources/erp",
                new Place.Header("X-Erp-Topic"),
                new Place.Body(JsonPointer.compile("/id")),
                Source.Unmapped.REFUSED,
                Map.of("order", new Mapping("user.converted", Map.of("user_id", JsonPointer.compile("/user")))))),
        read(ERP));
  }

  @Test
  void readsAThirdPartyByItsName() {
    for (Provider provider : Provider.values()) {
      String json = "{\"a\":{\"scheme\":\"" + provider.label() + "\",\"type\":\"/type\",\"delivery\":\"/id\",\"unmapped\":\"acknowledged\",\"mappings\":{}}}";
      assertEquals(Map.of("a", new SourceScheme.Known(provider)), Map.of("a", read(json).values().iterator().next().scheme()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"erp\": {|\"Erp\": {", "\"unmapped\"|\"unmaped\"", "\"refused\"|\"ignored\"", "base64|base32", "sha512|md5", "{timestamp}.{body}|{timestamp}.", "\"timestamp_header\"|\"timestampHeader\"",
        ", \"timestamp_header\": \"X-Erp-Time\"|", "\"/id\"|\"id\"", "\"/user\"|\"user\"", "\"event\"|\"evnt\"", "\"X-Erp-Signature\"|\"\""
      })
  void refusesWhatItDoesNotKnowAndNamesTheSource(String found, @Nullable String instead) {
    String changed = ERP.replace(found, instead == null ? "" : instead);
    assertTrue(!changed.equals(ERP), "the scenario changes something");
    IllegalStateException refused = assertThrows(IllegalStateException.class, () -> read(changed));
    assertTrue(refused.toString().toLowerCase(Locale.ROOT).contains(": source erp: "), refused.toString());
  }
}
