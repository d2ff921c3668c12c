package agentpost.cli.secrets;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.AgentNameConverter;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/** Which secret, and where it is. */
final class SecretTargetOptions extends CloudOptions {
  @Parameters(
      paramLabel = "AGENT",
      converter = AgentNameConverter.class,
      description = "The agent's name.")
  private AgentName name;

  @Option(names = "--processor", description = "The name is a processor's.")
  private boolean processor;

  /** A command to type next, about the same secret. */
  String nextOfSecret(String command, String options) {
    return nextCommand(
        "secrets " + command + " " + name + (processor ? " --processor" : "") + options);
  }

  String id() {
    return processor ? names().processorSecret(name.value()) : names().webhookSecret(name.value());
  }

  <T> T secrets(Function<SecretsManagerClient, T> question) {
    return withClient(
        SecretsManagerClient.builder(),
        client -> {
          try {
            return question.apply(client);
          } catch (ResourceNotFoundException e) {
            throw unknownSecret();
          }
        });
  }

  /** Whoever has the name is told, with what its secret needs. */
  private CommandFailure unknownSecret() {
    Set<String> agents = listNames(names().agentSecrets());
    Set<String> processors = listNames(names().processorSecrets());
    String wanted = name.value();
    if (!processor && processors.contains(wanted)) {
      return new CommandFailure(wanted + " is a processor: say --processor");
    }
    if (processor && agents.contains(wanted)) {
      return new CommandFailure(wanted + " is an agent: leave out --processor");
    }
    if (listNames(names().sourceSecrets()).contains(wanted)) {
      return new CommandFailure(
          wanted + " is a source, and its secret the third party's to change (docs/ingest.md)");
    }
    return processor
        ? unknownName("processor", wanted, processors)
        : unknownName("agent", wanted, agents);
  }

  /** What secrets under that prefix are of. */
  private Set<String> listNames(String prefix) {
    return withClient(
        SecretsManagerClient.builder(),
        client ->
            client.listSecretsPaginator().stream()
                .flatMap(page -> page.secretList().stream())
                .map(SecretListEntry::name)
                .filter(known -> known.startsWith(prefix))
                .map(known -> known.substring(prefix.length()))
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /**
   * One step of the rotation function, which reads and writes the secret so that nobody else has
   * to.
   */
  JsonNode step(String step) {
    return invoke(JsonNodeFactory.instance.objectNode().put("Step", step));
  }

  /** A rotation that waits for no overlap and leaves almost none. */
  JsonNode rotateLeaked() {
    return invoke(JsonNodeFactory.instance.objectNode().put("Step", "rotate").put("Leaked", "yes"));
  }

  private JsonNode invoke(ObjectNode step) {
    String function = names().rotation();
    ObjectNode input = step.put("SecretId", id());
    return withClient(
        LambdaClient.builder(),
        client ->
            caller(client)
                .call(function, input, () -> missingResource("function " + function), ""));
  }
}
