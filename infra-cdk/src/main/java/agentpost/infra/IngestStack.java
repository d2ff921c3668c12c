package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.INGEST_URL;
import static agentpost.catalog.EnvironmentVariables.SOURCES;
import static agentpost.catalog.EnvironmentVariables.SOURCE_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.SOURCE_SECRET_PREFIX;

import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.constructs.Construct;

/**
 * The door for third parties: one function, the directory of sources, and for each source its
 * secret.
 */
final class IngestStack extends NestedStack {
  static final String ROUTE = "/ingest/{source}";

  /** A claim and an event. Third parties wait 3 s (Slack) to 30 s, and come again. */
  private static final int TIMEOUT_SECONDS = 15;

  IngestStack(
      Construct scope, List<Catalog.Source> sources, StackContext foundation, Alarms alarms) {
    super(scope, "ingest");
    ResourceNames names = foundation.names();
    List<String> all = sources.stream().map(Catalog.Source::name).toList();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(SOURCES, String.join(",", all));
    environment.put(SOURCE_DIRECTORY, names.sourceDirectory());
    environment.put(SOURCE_SECRET_PREFIX, names.sourceSecrets());
    environment.put(INGEST_URL, foundation.api().publicUrl() + "/ingest/");
    environment.put(CLAIMS_TABLE, foundation.tables().claims().getTableName());
    environment.put(BUS_NAME, foundation.bus().name());
    Map<String, JsonNode> descriptions = new TreeMap<>();
    sources.forEach(source -> descriptions.put(source.name(), source.description()));
    String directory =
        foundation
            .vault()
            .directory(this, names.sourceDirectory(), "sources", Directory.ofSources(descriptions));
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.part("ingest"),
            "agentpost.ingest.IngestHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            environment);
    function.allowCallsFrom(foundation.api(), "/ingest/*");
    function.reads(foundation.vault(), directory);
    sources.forEach(source -> addSecret(source, names, foundation.vault()));
    watch(names, alarms);
    String why =
        "A source's secret comes and goes with the catalog; nothing else has names that begin so";
    function.readsAll(
        foundation.vault(),
        why,
        Arns.withColon(this, "secretsmanager", "secret", names.sourceSecrets()));
    function.allow(
        PolicyStatement.Builder.create()
            .actions(List.of("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"))
            .resources(List.of(foundation.tables().claims().getTableArn()))
            .conditions(
                Map.of(
                    "ForAllValues:StringLike", Map.of("dynamodb:LeadingKeys", List.of("ingest-*"))))
            .build());
    // Third parties choose what is in these events, so IAM sees to it that they pass for nobody
    // else.
    function.allow(foundation.bus().allowPutAs(all.stream().sorted().toList()));
  }

  private void watch(ResourceNames names, Alarms alarms) {
    alarms.watch(
        this,
        "Refused",
        names.part("ingest-refused"),
        "A third party's signed webhook could not become an event; ingest.refused has it",
        Metric.ofStage(names, "IngestRefused", "Sum"),
        1,
        1);
    alarms.watch(
        this,
        "SecretUnusable",
        names.part("ingest-secret-unusable"),
        "A source's secret cannot be used, or nobody has put it: nobody gets in there. The ingest"
            + " function's log says which and why",
        Metric.ofStage(names, "IngestSecretUnusable", "Sum"),
        1,
        1);
  }

  private void addSecret(Catalog.Source source, ResourceNames names, SecretFactory vault) {
    String description =
        "What "
            + source.name()
            + " signs with; put there by a person, for the third party gives it out. Until then"
            + " nobody knows it, so nobody gets in";
    Secret secret =
        vault.secret(
            this,
            "Secret-" + source.name(),
            names.sourceSecret(source.name()),
            description,
            "current");
    NagSuppressions.suppress(
        secret, "AwsSolutions-SMG4", "The third party makes the secret and says when it changes");
  }
}
