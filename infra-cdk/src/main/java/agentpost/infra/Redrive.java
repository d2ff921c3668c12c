package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.DEAD_LETTER_QUEUE_PREFIX;
import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;

import agentpost.catalog.ResourceNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.constructs.Construct;

/**
 * The function that delivers an agent's dead letters again. Nothing but a person's {@code
 * lambda:InvokeFunction} calls it.
 */
final class Redrive extends Construct {
  /** One run's; whoever invokes it waits for its answer, and goes on with its cursor. */
  private static final int TIMEOUT_SECONDS = 60;

  /**
   * @param deadLetters the names of the queues whose letters it may deliver again
   */
  Redrive(Construct scope, StackContext foundation, List<String> deadLetters) {
    super(scope, "Redrive");
    ResourceNames names = foundation.names();
    String secrets = names.agentSecrets();
    String queues = names.partPrefix();
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.redrive(),
            "agentpost.deadletter.RedriveHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            environment(foundation, queues, secrets));
    function.startWithoutSnapshot();
    foundation.outward().of(function);
    String why = "A redrive is for any agent, and agents come and go without it";
    function.allowOnQueues(
        List.of(
            "sqs:GetQueueUrl",
            "sqs:ReceiveMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage"),
        deadLetters);
    function.readsAll(
        foundation.vault(), why, Arns.withColon(this, "secretsmanager", "secret", secrets));
    function.reads(foundation.vault(), SecretsStack.agentDirectory(this, names));
    // What owners of external agents said.
    function.allow(
        List.of("dynamodb:GetItem", "dynamodb:UpdateItem"),
        foundation.tables().health().getTableArn());
  }

  private static Map<String, String> environment(
      StackContext foundation, String queues, String secrets) {
    Map<String, String> environment = new LinkedHashMap<>(foundation.outward().environment());
    environment.put(DEAD_LETTER_QUEUE_PREFIX, queues);
    environment.put(AGENT_SECRET_PREFIX, secrets);
    environment.put(AGENT_DIRECTORY, foundation.names().agentDirectory());
    environment.put(HEALTH_TABLE, foundation.tables().health().getTableName());
    return environment;
  }
}
