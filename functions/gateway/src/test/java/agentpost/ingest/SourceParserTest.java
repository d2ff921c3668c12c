package agentpost.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.catalog.AgentName;
import agentpost.catalog.FieldLocator;
import agentpost.catalog.FieldMapping;
import agentpost.catalog.HmacAlgorithm;
import agentpost.catalog.HmacFormat;
import agentpost.catalog.Mapping;
import agentpost.catalog.SignatureEncoding;
import agentpost.catalog.SignedText;
import agentpost.catalog.SourceSettings;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceParserTest {
  private static final String ERP =
      """
      {"scheme": {"header": "X-Erp-Signature", "prefix": "s=", "encoding": "base64", "algorithm": "sha512", "signed": "{timestamp}.{body}", "timestampHeader": "X-Erp-Time"},
        "type": "header:X-Erp-Topic", "delivery": "/id", "unmapped": "refused", "mappings": {"order": {"event": "user.converted", "data": {"user_id": "/user", "plan": {"value": "pro"}, "team": {"pointer": "/team", "as": "text"}}}}}\
      """;

  private static Source read(String json) {
    return new SourceParser("https://agentpost.example.com/ingest/", "agentpost/sources/")
        .read(new AgentName("erp"), json);
  }

  @Test
  void readsASourceWhoseSchemeTheCatalogDescribes() {
    HmacFormat format =
        new HmacFormat(
            "X-Erp-Signature",
            "s=",
            SignatureEncoding.BASE64,
            HmacAlgorithm.SHA512,
            SignedText.of("{timestamp}.{body}"),
            Optional.of("X-Erp-Time"));
    assertEquals(
        new Source(
            new AgentName("erp"),
            "https://agentpost.example.com/ingest/erp",
            new SourceScheme.Described(format),
            "agentpost/sources/erp",
            new FieldLocator.Header("X-Erp-Topic"),
            Optional.of(new FieldLocator.Body(JsonPointer.compile("/id"))),
            SourceSettings.Unmapped.REFUSED,
            Map.of(
                "order",
                new Mapping(
                    "user.converted",
                    Map.of(
                        "user_id",
                            new FieldMapping.At(JsonPointer.compile("/user"), FieldMapping.As.IS),
                        "plan", new FieldMapping.Constant(TextNode.valueOf("pro")),
                        "team",
                            new FieldMapping.At(
                                JsonPointer.compile("/team"), FieldMapping.As.TEXT))))),
        read(ERP));
  }

  @Test
  void readsAThirdPartyByItsName() {
    for (String name : Provider.ALL.names()) {
      Source source =
          read(
              "{\"scheme\":\""
                  + name
                  + "\",\"type\":\"/type\",\"mappings\":{\"a\":{\"event\":\"b\",\"data\":{}}}}");
      assertEquals(new SourceScheme.Known(Provider.ALL.named(name)), source.scheme());
      assertEquals(SourceSettings.Unmapped.ACKNOWLEDGED, source.unmapped());
      assertEquals(Optional.empty(), source.delivery());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"unmapped\"|\"unmaped\"",
        "\"refused\"|\"ignored\"",
        "base64|base32",
        "sha512|md5",
        "{timestamp}.{body}|{timestamp}.",
        "\"timestampHeader\"|\"timestamp_header\"",
        ", \"timestampHeader\": \"X-Erp-Time\"|",
        "\"/id\"|\"id\"",
        "\"/user\"|\"user\"",
        "\"event\"|\"evnt\"",
        "\"X-Erp-Signature\"|\"\"",
        "\"/id\"|\"header:X-Id\"",
        "header:X-Erp-Topic|header:X Erp",
        "\"value\": \"pro\"|\"value\": \"pro\", \"pointer\": \"/p\"",
        "\"as\": \"text\"|\"as\": \"date\"",
        "{\"value\": \"pro\"}|5",
        "{\"value\": \"pro\"}|{}"
      })
  void refusesWhatItDoesNotKnowAndNamesTheSource(String found, @Nullable String instead) {
    String changed = ERP.replace(found, instead == null ? "" : instead);
    assertTrue(!changed.equals(ERP), "the scenario changes something");
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> read(changed));
    assertTrue(
        refused.toString().toLowerCase(Locale.ROOT).contains(": source erp: "), refused.toString());
  }
}
