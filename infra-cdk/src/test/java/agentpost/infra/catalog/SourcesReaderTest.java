package agentpost.infra.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source that is all right; each scenario changes one thing and is told where it is and what is
 * allowed.
 */
class SourcesReaderTest {
  private static final String AGENTS =
      "agents: {helper: {subscribes: [lead.captured], hosted: {handler:"
          + " agentpost.agent.HelperHandler}}, other: {subscribes: [lead.captured], hosted:"
          + " {handler: agentpost.agent.HelperHandler}}, crm: {subscribes: [lead.captured],"
          + " external: {url: https://example.com/a}}}\n";
  private static final String CRM =
      "{scheme: {header: X-Sign, prefix: 's=', encoding: hex, algorithm: sha256, signed:"
          + " '{timestamp}.{body}', timestampHeader: X-Time}, type: /event, delivery: /id,"
          + " unmapped: refused, mappings: {lead.new: {event: lead.captured, data: {lead_id:"
          + " {pointer: /lead/id, as: text}, email: /lead/email, source: {value: crm}}}}}";

  private static Catalog read(String sources) {
    return CatalogReader.read(
        "agents.yaml",
        AGENTS + "sources: " + sources + "\n",
        EventSchemas.load(),
        ExtensionNames.of(ExtensionNames.class.getClassLoader()));
  }

  private static List<String> problems(String sources) {
    CatalogException exception = catchThrowableOfType(CatalogException.class, () -> read(sources));
    assertThat(exception).as("read without complaint: %s", sources).isNotNull();
    return String.valueOf(exception.getMessage()).lines().skip(1).map(String::strip).toList();
  }

  @Test
  void aSourceIsHandedOnAsItIs() {
    Catalog.Source source = read("{crm: " + CRM + "}").sources().getFirst();
    assertEquals("crm", source.name());
    assertEquals("X-Sign", source.description().at("/scheme/header").asText());
    assertEquals(
        "/lead/id", source.description().at("/mappings/lead.new/data/lead_id/pointer").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"12345678901234567890.250", "100.0", "-0.0", "1.0e-7", "1.5E+400", "0"})
  void aConstantKeepsItsDigits(String number) {
    String done =
        "{done: {event: onboarding.completed, data: {user_id: /user_id, started_at: /started_at,"
            + " completed_at: /completed_at, steps: /steps, late: /late, took_seconds: {value: "
            + number
            + "}}}}";
    Catalog.Source source =
        read("{crm: " + CRM.replaceFirst("mappings: .*", "mappings: " + done + "}") + "}")
            .sources()
            .getFirst();
    assertThat(source.description().at("/mappings/done/data/took_seconds"))
        .hasToString("{\"value\":" + number + "}");
  }

  @Test
  void withoutSourcesThereAreNone() {
    assertThat(
            CatalogReader.read(
                    "agents.yaml",
                    AGENTS,
                    EventSchemas.load(),
                    ExtensionNames.of(ExtensionNames.class.getClassLoader()))
                .sources())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "scheme: {header | skeme: {header | crm.skeme is not a key; there are scheme, type,"
            + " delivery, each, unmapped, answer, mappings",
        "header: X-Sign | header: 'X Sign' | crm.scheme.header must be a header's name: letters,"
            + " digits and hyphens; got \"X Sign\"",
        "header: X-Sign, | `` | crm.scheme.header must be a header's name: letters, digits and"
            + " hyphens; got nothing",
        "prefix: 's=' | prefix: 5 | crm.scheme.prefix must be what stands before the signature,"
            + " such as sha256=; got 5",
        "encoding: hex | encoding: base32 | crm.scheme.encoding must be one of base64, hex; got"
            + " \"base32\"",
        "algorithm: sha256 | algorithm: md5 | crm.scheme.algorithm must be one of sha1, sha256,"
            + " sha512; got \"md5\"",
        "'{timestamp}.{body}' | '{timestamp}.' | crm.scheme.signed must be what is signed: {body}"
            + " once, perhaps {timestamp}, and no other braces, such as '{timestamp}.{body}'; got"
            + " \"{timestamp}.\"",
        "'{timestamp}.{body}' | '{body}' | crm.scheme.timestampHeader is not signed, so it proves"
            + " nothing; signed must have {timestamp} in it",
        ", timestampHeader: X-Time | `` | crm.scheme.timestampHeader must be the name of the header"
            + " that has the {timestamp} of signed; got nothing",
        "timestampHeader | timestamp_header | crm.scheme.timestamp_header is not a key; there are"
            + " header, prefix, encoding, algorithm, signed, timestampHeader, unit",
        "type: /event | type: event | crm.type must be where a request says what it is about,"
            + " header:NAME or a JSON Pointer such as /event; got \"event\"",
        "delivery: /id | delivery: 'header:X-Id' | crm.delivery must be a JSON Pointer to the"
            + " delivery's id in the body, or unsigned-header:NAME, which whoever records a body"
            + " can change; without it, what is signed tells; got \"header:X-Id\"",
        "delivery: /id | delivery: /id, each: events | crm.each must be a JSON Pointer to the list"
            + " of a request's events, such as /events, or '' if the whole body is the list; got"
            + " \"events\"",
        "delivery: /id | delivery: /id, answer: {status: 302} | crm.answer.status must be a whole"
            + " number from 200 to 204; got 302",
        "delivery: /id | delivery: /id, answer: {body: text} | crm.answer.body must be one of"
            + " empty, ids, twiml; got \"text\"",
        "delivery: /id | delivery: /id, answer: {status: 204, body: ids} | crm.answer.body must be"
            + " empty, for a 204 has no body",
        "delivery: /id | delivery: /id, answer: {badSignature: 400} | crm.answer.badSignature must"
            + " be 401 or 403; got 400",
        "delivery: /id | delivery: /id, answer: {code: 200} | crm.answer.code is not a key; there"
            + " are status, body, badSignature",
        "delivery: /id | delivery: /id, answer: 200 | crm.answer must be a mapping with status,"
            + " body, badSignature; got 200",
        "timestampHeader: X-Time | timestampHeader: X-Time, unit: minutes | crm.scheme.unit must be"
            + " one of iso8601, milliseconds, seconds; got \"minutes\"",
        "'{timestamp}.{body}', timestampHeader: X-Time | '{body}', unit: seconds | crm.scheme.unit"
            + " is of the {timestamp} of signed, and there is none",
        "unmapped: refused | unmapped: ignored | crm.unmapped must be one of acknowledged, refused;"
            + " got \"ignored\"",
        "event: lead.captured | event: lead.found | crm.mappings.lead.new.event must be an event"
            + " type of events-schemas",
        "event: lead.captured | event: lead.captured, version: 2 | crm.mappings.lead.new.version is"
            + " not a key; there are event, data",
        "email: /lead/email, | `` | crm.mappings.lead.new.data.email must be there, for the schema"
            + " of lead.captured requires it",
        "source: {value: crm} | sauce: {value: crm} | crm.mappings.lead.new.data.sauce is not a"
            + " property of the event's data; there are lead_id, email, name,",
        "source: {value: crm} | source: {value: 5} | crm.mappings.lead.new.data.source.value must"
            + " be of type string, as the event's schema says; got 5",
        "source: {value: crm} | location: {value: Berlin} |"
            + " crm.mappings.lead.new.data.location.value must match",
        "source: {value: crm} | source: {value: crm, as: text} |"
            + " crm.mappings.lead.new.data.source.value must be a text, a number, true or false,"
            + " and alone",
        "source: {value: crm} | source: {values: crm} | crm.mappings.lead.new.data.source.values is"
            + " not a key; there are pointer, as, value",
        "source: {value: crm} | source: '{{x}}' | crm has {{ in it, which CloudFormation takes for"
            + " a reference",
        "source: {value: crm} | source: 5 | crm.mappings.lead.new.data.source must be a JSON"
            + " Pointer such as /lead/id, {pointer: /lead/id, as: text or number}, or {value:"
            + " always the same}; got 5",
        "email: /lead/email | email: lead/email | crm.mappings.lead.new.data.email must be a JSON"
            + " Pointer such as /lead/id",
        "email: /lead/email | email: /lead/~2 | crm.mappings.lead.new.data.email must be a JSON"
            + " Pointer such as /lead/id",
        "as: text | as: date | crm.mappings.lead.new.data.lead_id.as must be one of number, text;"
            + " got \"date\"",
      })
  void saysWhereAndWhatIsAllowed(String found, String instead, String problem) {
    String changed = CRM.replace(found, instead);
    assertThat(changed).isNotEqualTo(CRM);
    assertThat(problems("{crm: " + changed + "}"))
        .anyMatch(line -> line.startsWith("sources." + problem));
  }

  @Test
  void aSchemeThatIsNoneIsTold() {
    assertThat(
            problems(
                "{crm: {scheme: gitlab, type: /t, mappings: {a: {event: lead.captured, data:"
                    + " {lead_id: /a, email: /b}}}}}"))
        .containsExactly(
            "sources.crm.scheme must be one of github, shopify, slack, standard, stripe, twilio, or"
                + " a mapping with header, prefix, encoding, algorithm, signed, timestampHeader,"
                + " unit; got the text \"gitlab\"");
  }

  @Test
  void aSourceWithoutAMappingIsNone() {
    assertThat(problems("{crm: {scheme: github, type: /t, mappings: {}}}"))
        .containsExactly(
            "sources.crm.mappings must have one mapping or more, by the payload's type: {event:"
                + " TYPE, data: {PROPERTY: /pointer}}");
  }

  /** A rule may ask who published an event, and a third party must not pass for one of ours. */
  @Test
  void aSourceIsNamedAsNobodyElse() {
    for (String name : List.of("helper", "operations", "health")) {
      assertThat(problems("{" + name + ": " + CRM + "}"))
          .containsExactly(
              "sources."
                  + name
                  + " is the name that a hosted agent's events have, or those of operations, health"
                  + " or alerts; a third party must not pass for them");
    }
    assertThat(problems("{" + "a".repeat(34) + ": " + CRM + "}"))
        .singleElement()
        .asString()
        .contains("is not a source's name")
        .contains("at most 33 characters");
    assertThat(problems("{CRM: " + CRM + "}")).hasSize(1);
  }

  @Test
  void moreThanFitIsRefused() {
    String many =
        IntStream.range(0, 65)
            .mapToObj(i -> "s" + i + ": " + CRM)
            .collect(Collectors.joining(", ", "{", "}"));
    assertThat(problems(many))
        .containsExactly(
            "sources has 65 of them; at most 64 fit, for their names are in a function's"
                + " environment");
  }

  /** As they stand there. */
  @Test
  void everySourceOfTheDocumentIsOne() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "ingest.md"));
    String yaml =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(document)
            .results()
            .map(block -> block.group(1))
            .collect(Collectors.joining());
    List<Catalog.Source> sources =
        CatalogReader.read(
                "ingest.md",
                AGENTS + "sources:\n" + yaml,
                EventSchemas.load(),
                ExtensionNames.of(ExtensionNames.class.getClassLoader()))
            .sources();
    assertThat(sources)
        .extracting(Catalog.Source::name)
        .containsExactly("github", "stripe", "slack", "shopify", "twilio", "erp", "clerk");
    // The functions' tests send a request to each of them as its provider does, and know no YAML.
    JsonNode tried =
        new JsonMapper()
            .readTree(
                Path.of(
                        "..",
                        "functions",
                        "gateway",
                        "src",
                        "test",
                        "resources",
                        "agentpost",
                        "ingest",
                        "documented-sources.json")
                    .toFile());
    sources.forEach(source -> assertEquals(tried.path(source.name()), source.description()));
  }
}
