package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogException;
import agentpost.infra.catalog.CatalogReader;
import agentpost.infra.catalog.ExtensionNames;
import agentpost.schemas.EventSchemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import software.amazon.awscdk.App;

/**
 * Synthesizes the stack from the catalog. Context: {@code stage}, {@code catalog} (a file; what
 * {@code AGENTPOST_CATALOG} of the environment names, or {@code agents.yaml}), {@code functionsZip}
 * (what {@code AGENTPOST_FUNCTIONS} names, or {@code target/functions.zip}) and {@code workflow}
 * ({@code false}: no state machine). With {@code account=true} it is the stack that an account has
 * once in a region, and nothing else. Needs no AWS credentials.
 */
public final class AgentpostApp {
  private AgentpostApp() {}

  public static void main(String[] args) {
    try {
      App app = App.Builder.create().analyticsReporting(false).build();
      if (isTrue(app, "account")) {
        new AccountStack(app);
        app.synth();
        return;
      }
      String catalogFile =
          context(app, "catalog", System.getenv().getOrDefault("AGENTPOST_CATALOG", "agents.yaml"));
      String zip =
          context(
              app,
              "functionsZip",
              System.getenv().getOrDefault("AGENTPOST_FUNCTIONS", "target/functions.zip"));
      String classes = context(app, "functionsClasses", "");
      if (!Files.isRegularFile(Path.of(zip))) {
        throw new CatalogException(
            "-c functionsZip=" + zip, "there is no such file; mvn package makes it");
      }
      EventSchemas schemas = DeployedEvents.read(Path.of(zip), classes);
      Catalog catalog =
          catalog(
              catalogFile,
              schemas,
              extensions(Path.of(zip), classes),
              read -> handlerProblems(read, Path.of(zip), classes));
      ApiDomain.checkRegion(
          catalogFile, catalog, Optional.ofNullable(System.getenv("CDK_DEFAULT_REGION")));
      stack(app, catalog, schemas, zip);
      ServiceLimits limits = ServiceLimits.of(Path.of(app.synth().getDirectory()));
      require(catalogFile, limits.findViolations());
      limits.quotas().forEach(quota -> System.err.println(catalogFile + ": " + quota));
    } catch (CatalogException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    } catch (IOException e) {
      throw new UncheckedIOException("The functions' zip cannot be read", e);
    }
  }

  static Catalog catalog(
      String file,
      EventSchemas schemas,
      ExtensionNames extensions,
      Function<Catalog, List<String>> check) {
    return CatalogReader.read(
        Path.of(file),
        schemas,
        extensions,
        catalog ->
            Stream.concat(
                    SubscriptionFields.problems(catalog, schemas).stream(),
                    check.apply(catalog).stream())
                .toList());
  }

  static List<String> handlerProblems(Catalog catalog, Path zip, String classes) {
    try {
      return HandlerClasses.problems(catalog, zip, classes);
    } catch (IOException e) {
      throw new UncheckedIOException("The functions' zip cannot be read", e);
    }
  }

  private static void require(String file, List<String> problems) {
    if (!problems.isEmpty()) {
      throw new CatalogException(file, problems);
    }
  }

  private static ExtensionNames extensions(Path zip, String classes) throws IOException {
    try (FunctionsClassLoader loader = FunctionsClassLoader.of(zip, classes)) {
      return ExtensionNames.of(loader);
    }
  }

  static AgentpostStack stack(App app, Catalog catalog, EventSchemas schemas, String zip) {
    return new AgentpostStack(
        app, names(context(app, "stage", "")), catalog, schemas, zip, hasWorkflow(app, catalog));
  }

  static ResourceNames names(String stage) {
    try {
      return ResourceNames.ofStage(stage);
    } catch (IllegalArgumentException e) {
      throw new CatalogException("-c stage=" + stage, String.valueOf(e.getMessage()));
    }
  }

  private static boolean hasWorkflow(App app, Catalog catalog) {
    boolean wanted = isTrue(app, "workflow");
    if (wanted && catalog.hostedProcessor().isEmpty()) {
      throw new CatalogException(
          "-c workflow=true", "the workflow asks the hosted processor, and the catalog has none");
    }
    return wanted;
  }

  private static boolean isTrue(App app, String key) {
    String wanted = context(app, key, "false");
    if (!wanted.equals("true") && !wanted.equals("false")) {
      throw new CatalogException("-c " + key + "=" + wanted, "it is true or false");
    }
    return wanted.equals("true");
  }

  private static String context(App app, String key, String otherwise) {
    return app.getNode().tryGetContext(key) instanceof String value ? value : otherwise;
  }
}
