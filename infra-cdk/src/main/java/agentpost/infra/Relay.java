package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.FUNCTION_PREFIX;
import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;
import static agentpost.catalog.EnvironmentVariables.RELAY_KEY_SECRET;

import agentpost.catalog.RelayKeyHeader;
import agentpost.catalog.RelayTimeout;
import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.services.events.CfnConnection;
import software.amazon.awscdk.services.lambda.CfnPermission;
import software.amazon.awscdk.services.lambda.CfnUrl;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.constructs.Construct;

/**
 * The relay's function, and the connection whose key opens it to EventBridge and to nobody else.
 */
final class Relay extends Construct {
  static final int TIMEOUT_SECONDS = (int) RelayTimeout.FUNCTION.toSeconds();

  private final CfnConnection connection;
  private final CfnPermission route;
  private final Optional<CfnUrl> url;
  private final Api api;

  Relay(Construct scope, Catalog catalog, StackContext foundation) {
    super(scope, "Relay");
    ResourceNames names = foundation.names();
    api = foundation.api();
    List<String> invoked =
        catalog.agents().stream()
            .filter(agent -> catalog.hasRelayUrl())
            .filter(agent -> agent.place() instanceof Catalog.Placement.Hosted)
            .map(agent -> names.agent(agent.name()))
            .toList();
    Secret key =
        foundation
            .vault()
            .secret(
                this,
                "Key",
                names.relaySecret(),
                "The key that EventBridge's connection shows to the relay",
                "current");
    NagSuppressions.suppress(
        key,
        "AwsSolutions-SMG4",
        "The connection holds a copy of this key; ./agentpost secrets rotate --relay changes both"
            + " (docs/secrets.md)");
    String secrets = names.agentSecrets();
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.relay(),
            "agentpost.delivery.RelayHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            environment(foundation, secrets, !invoked.isEmpty()));
    foundation.outward().of(function);
    foundation.canary().ifPresent(function::deployBy);
    function.reads(
        foundation.vault(), key.getSecretArn(), SecretsStack.agentDirectory(this, names));
    String why = "The relay signs for every agent, and agents come and go without it";
    function.readsAll(
        foundation.vault(), why, Arns.withColon(this, "secretsmanager", "secret", secrets));
    function.allow(
        List.of("dynamodb:GetItem", "dynamodb:UpdateItem"),
        foundation.tables().health().getTableArn());
    function.invokes(invoked);
    // At the API all the same: while an agent's stack is not deployed yet, its events come there.
    route = function.allowCallsFrom(api, "/deliveries/*");
    url = catalog.hasRelayUrl() ? Optional.of(function.openUrl()) : Optional.empty();
    connection =
        CfnConnection.Builder.create(this, "Connection")
            .name(names.prefix())
            .description("Opens the relay")
            .authorizationType("API_KEY")
            .authParameters(
                CfnConnection.AuthParametersProperty.builder()
                    .apiKeyAuthParameters(
                        CfnConnection.ApiKeyAuthParametersProperty.builder()
                            .apiKeyName(RelayKeyHeader.NAME)
                            .apiKeyValue(key.secretValueFromJson("current").unsafeUnwrap())
                            .build())
                    .build())
            .build();
  }

  void watch(ResourceNames names, Alarms alarms) {
    alarms.watch(
        this,
        "KeyRefused",
        names.part("relay-key-refused"),
        "The relay was shown a key that does not open it, or its secret cannot be used; if the key"
            + " is EventBridge's, no event is delivered. The relay's log says why",
        Metric.ofStage(names, "RelayKeyRefused", "Sum"),
        1,
        1);
  }

  private static Map<String, String> environment(
      StackContext foundation, String secrets, boolean invokes) {
    Map<String, String> environment = new LinkedHashMap<>(foundation.outward().environment());
    environment.put(RELAY_KEY_SECRET, foundation.names().relaySecret());
    environment.put(AGENT_SECRET_PREFIX, secrets);
    environment.put(AGENT_DIRECTORY, foundation.names().agentDirectory());
    environment.put(HEALTH_TABLE, foundation.tables().health().getTableName());
    environment.put(BUS_NAME, foundation.bus().name());
    if (invokes) {
      environment.put(FUNCTION_PREFIX, foundation.names().partPrefix());
    }
    return environment;
  }

  /** What has to be there before the relay can be called. */
  List<CfnResource> dependencies() {
    return url.<List<CfnResource>>map(one -> List.of(route, one)).orElse(List.of(route));
  }

  /** Where EventBridge delivers to an agent. */
  String endpoint(String agent) {
    return url.map(CfnUrl::getAttrFunctionUrl).orElseGet(() -> api.url() + "/")
        + "deliveries/"
        + agent;
  }

  /** Whether deliveries come by its own URL, and go to hosted agents without the API. */
  boolean hasUrl() {
    return url.isPresent();
  }

  String connectionArn() {
    return connection.getAttrArn();
  }
}
