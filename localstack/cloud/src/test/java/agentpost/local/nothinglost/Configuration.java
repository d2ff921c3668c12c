package agentpost.local.nothinglost;

import agentpost.catalog.Directory;
import agentpost.platform.AwsClients;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;

/** Secrets Manager: what functions read and nobody changes. It does not answer now and then. */
final class Configuration implements AwsClients {
  static final String KEY = "k".repeat(64);
  static final String KEY_SECRET = "agentpost/relay";
  static final String SECRET_PREFIX = "agentpost/agents/";
  static final String DIRECTORY = "agentpost/directory/agents";
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          "RELAY_KEY_SECRET",
          KEY_SECRET,
          "AGENT_SECRET_PREFIX",
          SECRET_PREFIX,
          "AGENT_DIRECTORY",
          DIRECTORY,
          "HEALTH_TABLE",
          SimulatedDeployment.HEALTH,
          "BUS_NAME",
          "agentpost");

  private final Simulation simulation;
  private final Schedule schedule;
  private final MemoryTable tables;

  Configuration(Simulation simulation, Schedule schedule, MemoryTable tables) {
    this.simulation = simulation;
    this.schedule = schedule;
    this.tables = tables;
  }

  @Override
  @SuppressWarnings("unchecked") // Each builder builds the client that stands beside it.
  public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(B builder) {
    return (C)
        switch (builder) {
          case SecretsManagerClientBuilder _ -> secrets();
          case DynamoDbClientBuilder _ -> tables;
          default -> throw new IllegalArgumentException("None for " + builder.getClass());
        };
  }

  /** No step: whoever asks holds a cache's lock, and may not wait with it. */
  private void mayFail(String what) {
    if (simulation.actor().isPresent() && simulation.strikes(simulation.rates().store())) {
      simulation.journal().count("store: unavailable: " + what);
      throw SdkClientException.create("no route to it");
    }
  }

  SecretsManagerClient secrets() {
    return new SecretsManagerClient() {
      @Override
      public GetSecretValueResponse getSecretValue(GetSecretValueRequest request) {
        boolean isDirectory = request.secretId().equals(DIRECTORY);
        mayFail(isDirectory ? "directory" : "secret");
        String text =
            isDirectory
                ? directory()
                : request.secretId().equals(KEY_SECRET) ? "{\"current\":\"" + KEY + "\"}" : SECRET;
        return GetSecretValueResponse.builder().secretString(text).build();
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    };
  }

  private String directory() {
    Map<String, ObjectNode> entries = new TreeMap<>();
    schedule.agents().forEach(agent -> entries.put(agent.name(), entry(agent)));
    return Directory.ofSources(entries);
  }

  /** As the catalog writes it. */
  private static ObjectNode entry(Schedule.AgentPlan agent) {
    ObjectNode entry =
        JsonNodeFactory.instance
            .objectNode()
            .put("endpoint", "https://hooks.example.com/webhooks/" + agent.name())
            .put("rate", agent.rate());
    if (agent.breaker()) {
      entry
          .putObject("breaker")
          .put("failureThreshold", 3)
          .put("windowSize", 6)
          .put("window", 3600)
          .put("openDuration", 30)
          .put("maxOpenDuration", 600);
    }
    if (agent.recovery()) {
      entry
          .putObject("recovery")
          .put("enabled", true)
          .put("initialBackoff", 60)
          .put("maxBackoff", 900);
    }
    return entry;
  }
}
