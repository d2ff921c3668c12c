package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.CONNECTION_NAME;
import static agentpost.catalog.EnvironmentVariables.RELAY_KEY_SECRET;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.Directory;
import agentpost.catalog.ResourceNames;
import agentpost.catalog.SecretTags;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Placement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.lambda.CfnPermission;
import software.constructs.Construct;

/**
 * What all agents share in Secrets Manager: the directory, what turns secrets over, and what tells
 * the public halves of those that have one.
 */
final class SecretsStack extends NestedStack {
  static final String KEYS_ROUTE = "/.well-known/agentpost-keys.json";

  /** A step is a handful of calls; a person's rotation is four steps. */
  static final int ROTATION_SECONDS = 60;

  /** One call for each agent with a pair, the first time. */
  private static final int KEYS_SECONDS = 25;

  SecretsStack(Construct scope, Catalog catalog, StackContext foundation) {
    super(scope, "secrets");
    directory(catalog, foundation);
    rotation(foundation);
    keys(catalog.extensions().publicKeys(), foundation);
  }

  /** Where all agents live, and their settings, for the functions that deliver to any of them. */
  private void directory(Catalog catalog, StackContext foundation) {
    Map<String, AgentSettings> settings = new TreeMap<>();
    Map<String, String> endpoints = new TreeMap<>();
    for (Catalog.Agent agent : catalog.agents()) {
      settings.put(agent.name(), agent.settings());
      endpoints.put(
          agent.name(),
          switch (agent.place()) {
            case Placement.External(var url, _) -> url.toString();
            case Placement.Hosted _ -> "/webhooks/" + agent.name();
          });
    }
    foundation
        .vault()
        .directory(
            this,
            foundation.names().agentDirectory(),
            "agents",
            Directory.ofAgents(foundation.api().url(), settings, endpoints));
  }

  /** Its ARN, which ends in six letters of AWS's. */
  static String agentDirectory(Construct scope, ResourceNames names) {
    return Arns.withColon(scope, "secretsmanager", "secret", names.agentDirectory()) + "-??????";
  }

  private void rotation(StackContext foundation) {
    ResourceNames names = foundation.names();
    JavaFunction function =
        new JavaFunction(
            this,
            "Rotation",
            names.rotation(),
            "agentpost.rotation.RotationHandler",
            foundation.zip(),
            ROTATION_SECONDS,
            Map.of(RELAY_KEY_SECRET, names.relaySecret(), CONNECTION_NAME, names.prefix()));
    function.startWithoutSnapshot();
    String why =
        "Agents and processors, and their secrets with them, come and go without it; what third"
            + " parties made is not among them";
    List<String> actions =
        List.of(
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage");
    function.allow(
        actions,
        secrets(names.agentSecrets()) + "*",
        secrets(names.processorSecrets()) + "*",
        secrets(names.relaySecret()) + "-??????");
    updatesConnection(function, names);
    function.explain("secretsmanager", "", why);
    function.allow(foundation.vault().use("kms:Decrypt", "kms:GenerateDataKey"));
    // Secrets Manager takes a function's ARN without a version; that a start takes seconds is
    // nothing to a rotation.
    CfnPermission.Builder.create(this, "RotationPermission")
        .action("lambda:InvokeFunction")
        .functionName(function.arn())
        .principal("secretsmanager.amazonaws.com")
        .sourceAccount(getAccount())
        .build();
  }

  /**
   * EventBridge keeps the connection's key in a secret of its own, and writes it with the rights of
   * who asks: these are what CloudFormation needs to update one (resource type
   * AWS::Events::Connection, permissions of its update handler). Both names end in a UUID.
   */
  private void updatesConnection(JavaFunction function, ResourceNames names) {
    String connection = "connection/" + names.prefix() + "/";
    function.allow(
        List.of("events:UpdateConnection"),
        Arns.withSlash(this, "events", "connection", names.prefix()) + "/*");
    function.allow(
        List.of(
            "secretsmanager:CreateSecret",
            "secretsmanager:UpdateSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue"),
        secrets("events!" + connection) + "*");
    function.explain("events", "", "EventBridge ends the connection's name with a UUID");
  }

  /**
   * @param schemes names of those whose keys have a public half
   */
  private void keys(SortedSet<String> schemes, StackContext foundation) {
    ResourceNames names = foundation.names();
    JavaFunction function =
        new JavaFunction(
            this,
            "Keys",
            names.part("keys"),
            "agentpost.keys.KeysHandler",
            foundation.zip(),
            KEYS_SECONDS,
            Map.of(
                AGENT_DIRECTORY,
                names.agentDirectory(),
                AGENT_SECRET_PREFIX,
                names.agentSecrets()));
    function.allowCallsFrom(foundation.api(), "GET", KEYS_ROUTE);
    function.reads(foundation.vault(), agentDirectory(this, names));
    // Strangers call it, so it reads the secrets of agents that have a public key and of no others.
    function.allow(
        PolicyStatement.Builder.create()
            .actions(List.of("secretsmanager:GetSecretValue"))
            .resources(List.of(secrets(names.agentSecrets()) + "*"))
            .conditions(
                Map.of(
                    "StringEquals",
                    Map.of("aws:ResourceTag/" + SecretTags.SIGNATURE, publicKeys(schemes))))
            .build());
    function.explain(
        "secretsmanager",
        "",
        "Agents come and go without it; a tag says which of them have a public key");
  }

  /** One or any of them, as IAM writes it. */
  static Object publicKeys(SortedSet<String> schemes) {
    return schemes.size() == 1 ? schemes.first() : List.copyOf(schemes);
  }

  private String secrets(String prefix) {
    return Arns.withColon(this, "secretsmanager", "secret", prefix);
  }

  /** What has to be there before a secret's rotation can be scheduled, or an agent delivered to. */
  CfnResource dependency() {
    return Objects.requireNonNull(getNestedStackResource());
  }
}
