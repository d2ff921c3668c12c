package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.AGENT_DIRECTORY;
import static agentpost.catalog.EnvironmentVariables.AGENT_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.DEAD_LETTER_QUEUE_PREFIX;
import static agentpost.catalog.EnvironmentVariables.HEALTH_TABLE;

import agentpost.catalog.ResourceNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.constructs.Construct;

/**
 * The function that sends out again, by itself and every minute, what failed for a reason that has
 * passed.
 */
final class Recovery extends Construct {
  /** Ends before the next run begins. */
  static final int TIMEOUT_SECONDS = 50;

  /**
   * @param deadLetters the names of the queues it looks after
   */
  Recovery(
      Construct scope, StackContext foundation, ScheduleGroup schedules, List<String> deadLetters) {
    super(scope, "Recovery");
    ResourceNames names = foundation.names();
    String agents = names.agentSecrets();
    String queues = names.partPrefix();
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.recovery(),
            "agentpost.deadletter.RecoveryHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            environment(foundation, queues, agents));
    foundation.outward().of(function);
    String why = "Recovery is for every agent, and agents come and go without it";
    function.allowOnQueues(
        List.of(
            "sqs:GetQueueUrl",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage"),
        deadLetters);
    function.readsAll(
        foundation.vault(), why, Arns.withColon(this, "secretsmanager", "secret", agents));
    function.reads(foundation.vault(), SecretsStack.agentDirectory(this, names));
    function.allow(
        List.of("dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Scan"),
        foundation.tables().health().getTableArn());
    function.allow(foundation.bus().allowPutAs(List.of("health")));
    new EveryMinute(
        this,
        names.recovery(),
        "Dead letters that may go out by themselves",
        "Scheduler has dead letters recovered",
        function,
        schedules);
  }

  private static Map<String, String> environment(
      StackContext foundation, String queues, String agents) {
    Map<String, String> environment = new LinkedHashMap<>(foundation.outward().environment());
    environment.put(DEAD_LETTER_QUEUE_PREFIX, queues);
    environment.put(AGENT_SECRET_PREFIX, agents);
    environment.put(AGENT_DIRECTORY, foundation.names().agentDirectory());
    environment.put(HEALTH_TABLE, foundation.tables().health().getTableName());
    environment.put(BUS_NAME, foundation.bus().name());
    return environment;
  }
}
