package agentpost.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.cli.Run;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** {@code docs}; the documents that it writes here are what {@code .ci/validate} reads. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class DocsCommandTest {
  private static final Path VALIDATED = Path.of("target", "asyncapi");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String HOSTILE = "<script>alert(1)</script>\" onload='x' &amp;";

  @TempDir private Path directory;
  private Path site = Path.of("unset");

  @BeforeEach
  void synthesize() throws IOException {
    site = directory.resolve("site");
    Path folder = Files.createDirectory(directory.resolve("cdk.out"));
    Files.writeString(
        folder.resolve("agentpost.template.json"),
        """
        {"Resources":{
          "crm":{"Type":"AWS::Events::Rule","Properties":{"Name":"agentpost-crm","EventPattern":
            {"$or":[{"detail-type":["user.signed_up"],"detail":{"data":{"plan":["premium"]}}},
                    {"detail-type":["order.placed"]}]}}},
          "crmQueue":{"Type":"AWS::SQS::Queue","Properties":{"QueueName":"agentpost-crm-dlq"}},
          "sources":{"Type":"AWS::SecretsManager::Secret","Properties":
            {"Name":"agentpost/directory/sources","SecretString":{"Fn::Join":["",
              ["{\\"entries\\":{\\"shop\\":{\\"a\\":\\"",{"Ref":"Region"},
               "\\",\\"mappings\\":{\\"x\\":{\\"event\\":\\"order.placed\\"}}}}}"]]}}}}}\
        """);
    System.setProperty("agentpost.cdk.out", folder.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty("agentpost.cdk.out");
    System.clearProperty("agentpost.schemas");
  }

  private JsonNode write(Path... schemas) throws IOException {
    System.setProperty(
        "agentpost.schemas",
        String.join(":", List.of(schemas).stream().map(Path::toString).toList()));
    Run run = Run.of("", "docs", "--out", site.toString());
    assertThat(run.exitCode()).as(run.everything()).isZero();
    assertThat(run.out()).isEqualTo(site + "/index.html\n" + site + "/asyncapi.json\n");
    return JSON.readTree(site.resolve("asyncapi.json").toFile());
  }

  private JsonNode writeOurs() throws IOException {
    return write(Path.of("../events-schemas/src/main/events"), Path.of("../events-schemas"));
  }

  /** With all that draft-07 says otherwise than draft-04, and text that is meant to do harm. */
  private JsonNode writeOthers() throws IOException {
    Path event = Files.createDirectories(directory.resolve("schemas/order.placed"));
    String schema =
        """
        {"title":"TITLE","description":"By the shop.",
         "data":{"required":["total"],"properties":{
           "total":{"type":"number","minimum":0,"exclusiveMinimum":true,"description":"TITLE"},
           "id":{"type":"string","description":"A name that is a keyword, too."}MORE}},
         "definitions":{"line":{"type":"object","properties":{"sku":{"type":"string"}}}}}\
        """
            .replace("TITLE", JSON.writeValueAsString(HOSTILE).replaceAll("^\"|\"$", ""));
    String lines =
        ",\"lines\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/line\"},"
            + "\"description\":\"What was bought.\"}";
    Files.writeString(event.resolve("1.schema.json"), schema.replace("MORE", ""));
    Files.writeString(event.resolve("1.1.schema.json"), schema.replace("MORE", lines));
    Files.writeString(
        event.resolve("2.schema.json"),
        schema.replace("MORE", lines).replace("\"required\":[\"total\"]", "\"required\":[\"id\"]"));
    Path examples = Files.createDirectory(event.resolve("examples"));
    String example =
        """
        {"event_id":"a","event_type":"order.placed","timestamp":"2026-03-31T10:30:00Z",
         "data":{"total":1,"id":ID},"metadata":{"source_service":"till","correlation_id":"c"VERSION}}\
        """
            .replace("ID", JSON.writeValueAsString(HOSTILE));
    Files.writeString(examples.resolve("small.json"), example.replace("VERSION", ""));
    Files.writeString(
        examples.resolve("newer.json"), example.replace("VERSION", ",\"schema_version\":2"));
    return write(directory.resolve("schemas"));
  }

  private static void keepForTheGate(String name, JsonNode document) throws IOException {
    Files.createDirectories(VALIDATED);
    Files.writeString(VALIDATED.resolve(name), document.toPrettyString());
  }

  private static void checkReferences(JsonNode document) {
    List<String> references = document.findValuesAsText("$ref");
    assertThat(references).isNotEmpty();
    assertThat(references)
        .allSatisfy(
            reference ->
                assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse());
  }

  @Test
  void everyEventIsReceivedAndEveryAgentIsSentItsOwn() throws IOException {
    JsonNode document = writeOurs();
    keepForTheGate("examples.json", document);
    checkReferences(document);
    assertThat(document.path("asyncapi").asText()).isEqualTo("3.0.0");
    EventSchemas.load()
        .eventTypes()
        .forEach(
            type -> {
              assertThat(document.at("/channels/" + type + "/address").asText()).isEqualTo(type);
              JsonNode operation = document.at("/operations/receive." + type);
              assertThat(operation.path("action").asText()).isEqualTo("receive");
              assertThat(document.at("/components/messages/" + type + ".v1/examples"))
                  .as(type)
                  .isNotEmpty();
            });
    assertThat(document.at("/channels/agent.crm/messages").fieldNames())
        .toIterable()
        .containsExactly("user.signed_up.v1");
    JsonNode delivery = document.at("/operations/deliver.crm");
    assertThat(delivery.path("action").asText()).isEqualTo("send");
    assertThat(delivery.at("/x-event-pattern/$or/0/detail/data/plan/0").asText())
        .isEqualTo("premium");
    assertThat(document.at("/components/schemas/deliveryHeaders/properties").fieldNames())
        .toIterable()
        .containsExactly(
            "webhook-id", "webhook-timestamp", "webhook-signature", "X-Webhook-Signature");
  }

  @Test
  void schemasOfOthersAreOfTheirOwnTimeAndOfEachMajorVersionTheNewest() throws IOException {
    JsonNode document = writeOthers();
    keepForTheGate("others.json", document);
    checkReferences(document);
    JsonNode data = document.at("/components/schemas/order.placed.v1/properties/data/properties");
    assertThat(data.at("/total/exclusiveMinimum").isNumber()).isTrue();
    assertThat(data.path("total").has("minimum")).isFalse();
    assertThat(data.at("/id/type").asText()).isEqualTo("string");
    assertThat(data.at("/lines/items/$ref").asText())
        .isEqualTo("#/components/schemas/order.placed.v1.line");
    for (int major : List.of(1, 2)) {
      assertThat(
              document
                  .at("/components/messages/order.placed.v" + major + "/examples")
                  .findValuesAsText("name"))
          .containsExactly(major == 1 ? "small" : "newer");
    }
    assertThat(document.at("/channels/order.placed/x-published-by").valueStream())
        .extracting(JsonNode::asText)
        .containsExactly("shop", "till");
  }

  @Test
  void thePageOfAnEventSaysWhatThereIsToSay() throws IOException {
    writeOthers();
    String page = Files.readString(site.resolve("events/order.placed.html"));
    assertThat(page)
        .contains("<li>shop</li>", "<li>till</li>", "crm: every one", "<code>total</code>")
        .contains(": adds lines</li>", "; /properties/data/required now has id")
        .contains("<a href=\"../schemas/order.placed/1.1.schema.json\">1.1</a>");
    assertThat(Files.readString(site.resolve("events/user.signed_up.html")))
        .contains(
            "{&quot;detail&quot;:{&quot;data&quot;:{&quot;plan&quot;:[&quot;premium&quot;]}}}");
    assertThat(site.resolve("schemas/order.placed/1.1.schema.json")).exists();
  }

  @Test
  void textOfOthersIsTextOnEveryPage() throws IOException {
    writeOthers();
    for (String file : List.of("index.html", "events/order.placed.html")) {
      assertThat(Files.readString(site.resolve(file)))
          .as(file)
          .doesNotContain("<script>alert", "onload='x'", "\" onload")
          .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;amp;");
    }
  }

  /** The page has all of it without a script, and nothing from anywhere else. */
  @Test
  void theSiteStandsAlone() throws IOException {
    writeOurs();
    String index = Files.readString(site.resolve("index.html"));
    EventSchemas.load()
        .eventTypes()
        .forEach(
            type ->
                assertThat(index)
                    .contains("<a href=\"events/" + type + ".html\">" + type + "</a>"));
    try (var files = Files.walk(site)) {
      assertThat(files.filter(file -> file.toString().endsWith(".html")))
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file))
                      .doesNotContainPattern("(?:src|href)=\"(?:[a-z]+:|//)")
                      .doesNotContainPattern("<script(?! src=\"search\\.js\")")
                      .doesNotContain(" style="));
    }
  }

  @Test
  void theProgramsThatVerifyAreTheDocuments() throws IOException {
    for (Receiver each : Receiver.values()) {
      assertThat(each.program())
          .isEqualTo(Files.readString(Path.of("../docs/examples", each.file())));
    }
    writeOurs();
    assertThat(Files.readString(site.resolve("delivery.html")))
        .contains(
            Arrays.stream(Receiver.values())
                .map(each -> Html.text(each.program()).markup())
                .toList());
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Run run = Run.of("", "docs", "--out", file.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains(file + " cannot be written: ");
  }
}
