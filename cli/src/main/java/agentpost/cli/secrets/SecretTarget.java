package agentpost.cli.secrets;

import agentpost.catalog.AgentName;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.CommandFailure;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/** One agent's or processor's secret. */
record SecretTarget(CloudOptions place, AgentName name, boolean processor) {
  /** A command to type next, about the same secret. */
  String nextOfSecret(String command, String options) {
    return place.nextCommand(
        "secrets " + command + " " + name + (processor ? " --processor" : "") + options);
  }

  String id() {
    return processor
        ? place.names().processorSecret(name.value())
        : place.names().webhookSecret(name.value());
  }

  <T> T secrets(Function<SecretsManagerClient, T> question) {
    return place.withClient(
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
    Set<String> agents = listNames(place.names().agentSecrets());
    Set<String> processors = listNames(place.names().processorSecrets());
    String wanted = name.value();
    if (!processor && processors.contains(wanted)) {
      return new CommandFailure(wanted + " is a processor: say --processor");
    }
    if (processor && agents.contains(wanted)) {
      return new CommandFailure(wanted + " is an agent: omit --processor");
    }
    if (listNames(place.names().sourceSecrets()).contains(wanted)) {
      return new CommandFailure(
          wanted + " is a source; the third party changes its secret (docs/ingest.md)");
    }
    return processor
        ? place.unknownName("processor", wanted, processors)
        : place.unknownName("agent", wanted, agents);
  }

  /** What secrets under that prefix are of. */
  private Set<String> listNames(String prefix) {
    return place.withClient(
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
    return new RotationFunction(place).run(step, id());
  }

  /** A rotation that waits for no overlap and leaves almost none. */
  JsonNode rotateLeaked() {
    return new RotationFunction(place).rotateLeaked(id());
  }
}
