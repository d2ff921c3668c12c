package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogException;
import agentpost.infra.catalog.ExtensionNames;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/**
 * Writes what {@code .ci/validate} reads into {@code target/validated}: the templates of catalogs
 * that together have every option, and of these the policies and the state machines, with every
 * reference replaced by what it would be on AWS.
 */
class ValidatedTemplatesTest {
  private static final Path FOLDER = Path.of("target", "validated");
  private static final Path EVERY_OPTION = Path.of("src/test/resources/catalogs/every-option.yaml");

  private static final Path EVERY_PROVIDER =
      Path.of("../functions/gateway/src/test/resources/agentpost/ingest/documented-sources.json");

  /** Of {@code verify-deployment}, which has the CDK make nothing. */
  private static final Path RECEIVER =
      Path.of("../cli/src/main/resources/agentpost/cli/verification/receiver.template.json");

  private static final JsonMapper JSON = new JsonMapper();

  /** Egress and firewall stand alone, too: neither may need what else there is. */
  private static Map<String, String> catalogs() throws IOException {
    String minimal = Files.readString(Synthesized.MINIMAL_CATALOG);
    return new TreeMap<>(
        Map.of(
            "base",
            Files.readString(Synthesized.EXAMPLES),
            "egress",
            minimal + "egress: static\n",
            "everything",
            Files.readString(EVERY_OPTION),
            "external",
            minimal,
            "firewall",
            minimal + "waf: true\nsources: " + Files.readString(EVERY_PROVIDER)));
  }

  private static Map<String, String> context(String catalog) {
    return catalog.equals("everything") ? Map.of("stage", "try7", "workflow", "true") : Map.of();
  }

  @Test
  void writesWhatTheGateValidates(@TempDir Path directory) throws IOException {
    clear();
    for (Map.Entry<String, String> catalog : catalogs().entrySet()) {
      String name = catalog.getKey();
      Synthesized stack =
          Synthesized.of(
              Files.createDirectory(directory.resolve(name)), catalog.getValue(), context(name));
      Path folder = Files.createDirectories(FOLDER.resolve(name));
      write(folder, "root", new DocumentedNames(stack.root(), Optional.empty()));
      for (Map.Entry<String, Synthesized.Nested> nested : stack.nested().entrySet()) {
        write(
            folder,
            nested.getKey(),
            new DocumentedNames(nested.getValue().template(), Optional.of(stack.root())));
      }
    }
    write(
        Files.createDirectories(FOLDER.resolve("account")),
        "root",
        new DocumentedNames(account(directory.resolve("account")), Optional.empty()));
    write(
        Files.createDirectories(FOLDER.resolve("verification")),
        "root",
        new DocumentedNames(receiver(), Optional.empty()));
  }

  /** A new one has to be in {@code every-option.yaml}. */
  @Test
  void everyOptionIsInOneOfThem(@TempDir Path directory) throws IOException {
    String refusal = assertThrows(CatalogException.class, () -> read(directory, "[]")).getMessage();
    Matcher keys = Pattern.compile("a mapping with ([^;]++);").matcher(refusal);
    assertTrue(keys.find(), refusal);
    assertThat(keys.group(1).split(", "))
        .allSatisfy(key -> assertThat(Files.readString(EVERY_OPTION)).contains("\n" + key + ":"));
    Catalog catalog = read(directory, Files.readString(EVERY_OPTION));
    assertThat(catalog.alerts()).containsExactlyInAnyOrder(Catalog.AlertSource.values());
    assertThat(catalog.agents())
        .anySatisfy(
            agent ->
                assertThat(agent.place())
                    .isInstanceOfSatisfying(
                        Catalog.Placement.Hosted.class,
                        hosted ->
                            assertThat(hosted.uses())
                                .containsExactlyInAnyOrder(Catalog.Capability.values())));
    assertThat(catalog.agents())
        .extracting(agent -> agent.keys().scheme())
        .containsAll(catalog.extensions().signatures());
    assertThat(read(directory, Objects.requireNonNull(catalogs().get("firewall"))).sources())
        .extracting(source -> source.description().path("scheme").asText())
        .containsAll(catalog.extensions().providers());
  }

  private static Catalog read(Path directory, String text) throws IOException {
    return AgentpostApp.catalog(
        Files.writeString(directory.resolve("agents.yaml"), text).toString(),
        EventSchemas.load(),
        ExtensionNames.of(ExtensionNames.class.getClassLoader()),
        _ -> List.of());
  }

  private static void clear() throws IOException {
    if (Files.exists(FOLDER)) {
      try (var files = Files.walk(FOLDER)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Template account(Path out) throws IOException {
    App app = new App(AppProps.builder().outdir(out.toString()).analyticsReporting(false).build());
    new AccountStack(app);
    app.synth();
    return new Template(
        JSON.readTree(out.resolve(AccountStack.NAME + ".template.json").toFile()), Map.of());
  }

  /** With the code that the command puts in, which is the stage's. */
  private static Template receiver() throws IOException {
    ObjectNode template = (ObjectNode) JSON.readTree(RECEIVER.toFile());
    template
        .withObject("/Resources/Receiver/Properties/Code")
        .put("S3Bucket", "assets")
        .put("S3Key", "functions.zip");
    return new Template(template, Map.of());
  }

  private static void write(Path folder, String stack, DocumentedNames named) throws IOException {
    write(folder, stack + ".template.json", named.template().json());
    for (String type : List.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role")) {
      for (Template.Resource resource : named.template().all(type)) {
        List<JsonNode> documents = new ArrayList<>();
        resource.at("/Policies").forEach(inline -> documents.add(inline.path("PolicyDocument")));
        if (resource.properties().has("PolicyDocument")) {
          documents.add(resource.at("/PolicyDocument"));
        }
        for (JsonNode document : documents) {
          write(folder, stack + "." + resource.id() + ".policy.json", resolved(document, named));
        }
      }
    }
    for (Template.Resource machine : named.template().all("AWS::StepFunctions::StateMachine")) {
      String definition = machine.text("/DefinitionString");
      for (Map.Entry<String, JsonNode> filled :
          machine.at("/DefinitionSubstitutions").properties()) {
        definition =
            definition.replace("${" + filled.getKey() + "}", named.text(filled.getValue()));
      }
      write(folder, stack + "." + machine.id() + ".asl.json", JSON.readTree(definition));
    }
  }

  private static void write(Path folder, String file, JsonNode content) throws IOException {
    Files.writeString(folder.resolve(file), content.toPrettyString());
  }

  private static JsonNode resolved(JsonNode value, DocumentedNames named) {
    if (value.isArray()) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      value.forEach(one -> all.add(resolved(one, named)));
      return all;
    }
    String first = value.isObject() && value.size() == 1 ? value.fieldNames().next() : "";
    if (value.isObject() && !first.equals("Ref") && !first.startsWith("Fn::")) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      value
          .properties()
          .forEach(entry -> object.set(entry.getKey(), resolved(entry.getValue(), named)));
      return object;
    }
    return JsonNodeFactory.instance.textNode(named.text(value));
  }
}
