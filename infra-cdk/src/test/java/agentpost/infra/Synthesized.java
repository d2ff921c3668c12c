package agentpost.infra;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.ExtensionNames;
import agentpost.schemas.EventSchemas;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/**
 * A catalog and what the app makes of it.
 *
 * @param nested the agents' stacks, by their rules' names, those of operations, ingest, alarms,
 *     alerts, dashboards and secrets by these words
 */
record Synthesized(
    Path directory,
    ResourceNames names,
    Catalog catalog,
    Template root,
    Map<String, Nested> nested) {
  /**
   * @param stack the resource in the root template
   */
  record Nested(Template.Resource stack, Template template) {}

  /**
   * Whatever its users have made of it: nothing may be asked of it that does not hold for every
   * catalog.
   */
  static final Path REAL_CATALOG = Path.of("agents.yaml");

  /** The agents that this project is shipped with. */
  static final Path EXAMPLES = Path.of("src/test/resources/catalogs/examples.yaml");

  /** One agent and nothing else: whatever is said of every catalog holds for it. */
  static final Path MINIMAL_CATALOG = Path.of("src/test/resources/catalogs/one-external.yaml");

  static final String MIXED =
      """
      defaults: {rate: 50, retry: {attempts: 20, maxAge: 2h}}
      email: {from: hello@example.com, support: support@example.com}
      alerts: [cloudwatch, guardduty]
      agents:
        hosted-plain: {subscribes: [user.signed_up], hosted: {handler: agentpost.onboarding.PersonalizationHandler}}
        hosted-everything:
          subscribes: [user.signed_up, trial.started]
          hosted: {handler: agentpost.onboarding.TrialMonitorHandler, uses: [email, support, state, updates, schedule, cancel, operations], concurrency: 3}
          rate: 7
        external-plain: {subscribes: [email.sent], external: {url: 'https://agents.example.com/hook?tenant=1'}}
        external-particular:
          subscribes: [email.sent, {event: user.signed_up, where: {data: {plan: [enterprise]}}}]
          external: {url: https://agents.example.com/2}
          rate: 300
          retry: {attempts: 0, maxAge: 60s}
          breaker: off
          recovery: {enabled: false}
      processors:
        calendar: {hosted: {handler: agentpost.calendar.CalendarHandler, concurrency: 4}}
        printer: {external: {}}
      sources:
        crm:
          scheme: {header: X-Crm-Signature, encoding: base64, algorithm: sha512, signed: '{body}'}
          type: /event
          mappings: {contact.created: {event: lead.captured, data: {lead_id: /id, email: /email, source: {value: crm}}}}
        forge: {scheme: github, type: 'header:X-GitHub-Event', mappings: {star: {event: user.converted, data: {user_id: /sender/login, plan: {value: free}}}}}
      """;

  static Synthesized of(Path directory, Path catalog, Map<String, String> context) {
    return of(directory, catalog, context, app -> {});
  }

  /** The catalog as it is, with all that can be asked of it. */
  static Synthesized real(Path directory) {
    boolean works =
        AgentpostApp.catalog(
                REAL_CATALOG.toString(),
                EventSchemas.load(),
                ExtensionNames.of(ExtensionNames.class.getClassLoader()),
                _ -> List.of())
            .hostedProcessor()
            .isPresent();
    return of(directory, REAL_CATALOG, works ? Map.of("workflow", "true") : Map.of());
  }

  /**
   * @param before what is done with the app before it is synthesized
   */
  static Synthesized of(
      Path directory, Path catalogFile, Map<String, String> context, Consumer<App> before) {
    try {
      // Its bytes do not matter here; that of functions is there after mvn package only.
      Path zip = Files.write(directory.resolve("functions.zip"), new byte[] {1});
      Path out = directory.resolve("cdk.out");
      App app =
          new App(
              AppProps.builder()
                  .outdir(out.toString())
                  .context(context)
                  .analyticsReporting(false)
                  .build());
      Catalog catalog =
          AgentpostApp.catalog(
              catalogFile.toString(),
              EventSchemas.load(),
              ExtensionNames.of(ExtensionNames.class.getClassLoader()),
              _ -> List.of());
      AgentpostApp.stack(app, catalog, EventSchemas.load(), zip.toString());
      before.accept(app);
      app.synth();
      ResourceNames names = ResourceNames.ofStage(context.getOrDefault("stage", ""));
      Template root = new Template(read(out.resolve(names.prefix() + ".template.json")), Map.of());
      return new Synthesized(out, names, catalog, root, nested(out, names, root));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Synthesized of(Path directory, String catalog, Map<String, String> context) {
    try {
      return of(directory, Files.writeString(directory.resolve("agents.yaml"), catalog), context);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Nested> nested(Path out, ResourceNames names, Template root) {
    JsonNode assets = read(out.resolve(names.prefix() + ".assets.json")).path("files");
    Map<String, Nested> nested = new TreeMap<>();
    for (Template.Resource stack : root.all("AWS::CloudFormation::Stack")) {
      Map<String, String> parameters = new TreeMap<>();
      stack
          .at("/Parameters")
          .properties()
          .forEach(entry -> parameters.put(entry.getKey(), root.text(entry.getValue())));
      String hash = stack.text("/TemplateURL").replaceAll(".*/([0-9a-f]+)\\.json", "$1");
      Template template =
          new Template(
              read(out.resolve(assets.path(hash).path("source").path("path").asText())),
              parameters);
      List<Template.Resource> rules = template.all("AWS::Events::Rule");
      String shared =
          Stream.of("ingest", "alarms", "alerts", "dashboards", "operations", "secrets")
              .filter(name -> stack.id().startsWith(name + "NestedStack"))
              .findFirst()
              .orElse("");
      nested.put(
          shared.isEmpty() ? rules.getFirst().text("/Name") : shared, new Nested(stack, template));
    }
    return nested;
  }

  Nested agent(String name) {
    return stack(names.agent(name));
  }

  Nested operations() {
    return stack("operations");
  }

  Nested ingest() {
    return stack("ingest");
  }

  Nested secrets() {
    return stack("secrets");
  }

  /** What functions are told of an agent, {@code ${RestApi}} and its like in it. */
  JsonNode directoryEntry(String agent) {
    return entries(secrets().template()).getOrDefault(agent, MissingNode.getInstance());
  }

  /** Of the agents in the one stack, of the sources in the other. */
  static Map<String, JsonNode> entries(Template template) {
    return template.all("AWS::SecretsManager::Secret").stream()
        .filter(secret -> secret.text("/Name").contains("/directory/"))
        .map(secret -> Directory.read(secret.text("/SecretString")))
        .findFirst()
        .orElseThrow();
  }

  /** The key that secrets are under. */
  String key() {
    return root.all("AWS::KMS::Key").stream()
        .filter(key -> key.id().startsWith("Vault"))
        .findFirst()
        .orElseThrow()
        .arn();
  }

  Nested alerts() {
    return stack("alerts");
  }

  Nested stack(String name) {
    Nested stack = nested.get(name);
    if (stack == null) {
      throw new AssertionError("There is no stack of " + name);
    }
    return stack;
  }

  Stream<Template> templates() {
    return Stream.concat(Stream.of(root), nested.values().stream().map(Nested::template));
  }

  List<Path> templateFiles() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".template.json")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String content(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode read(Path file) {
    try {
      return new JsonMapper().readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
