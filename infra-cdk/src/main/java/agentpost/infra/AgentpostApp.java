package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.CatalogException;
import agentpost.infra.catalog.CatalogReader;
import agentpost.schemas.EventSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awscdk.App;

/**
 * Synthesizes the stack from the catalog. Context: {@code stage}, {@code catalog} (a file, {@code agents.yaml}), {@code functionsZip}
 * ({@code ../functions/target/functions.zip}) and {@code workflow} ({@code false}: no state machine). Needs no AWS credentials.
 */
public final class AgentpostApp {
  private AgentpostApp() {}

  public static void main(String[] args) {
    try {
      App app = App.Builder.create().analyticsReporting(false).build();
      stack(app, context(app, "catalog", "agents.yaml"), context(app, "functionsZip", "../functions/target/functions.zip"));
      app.synth();
    } catch (CatalogException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  static AgentpostStack stack(App app, String catalogFile, String zip) {
    EventSchemas schemas = EventSchemas.load();
    Catalog catalog = CatalogReader.read(Path.of(catalogFile), schemas.eventTypes());
    if (!Files.isRegularFile(Path.of(zip))) {
      throw new CatalogException("-c functionsZip=" + zip, "there is no such file; mvn package makes it");
    }
    return new AgentpostStack(app, Names.of(context(app, "stage", "")), catalog, schemas, zip, hasWorkflow(app, catalog));
  }

  private static boolean hasWorkflow(App app, Catalog catalog) {
    String wanted = context(app, "workflow", "false");
    if (!wanted.equals("true") && !wanted.equals("false")) {
      throw new CatalogException("-c workflow=" + wanted, "it is true or false");
    }
    if (wanted.equals("true") && catalog.hostedProcessor().isEmpty()) {
      throw new CatalogException("-c workflow=true", "the workflow asks the hosted processor, and the catalog has none");
    }
    return wanted.equals("true");
  }

  private static String context(App app, String key, String otherwise) {
    return app.getNode().tryGetContext(key) instanceof String value ? value : otherwise;
  }
}
