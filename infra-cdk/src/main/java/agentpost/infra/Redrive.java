package agentpost.infra;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.Stack;
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
    Names names = foundation.names();
    String parameters = "/" + names.prefix() + "/agents/";
    String secrets = names.prefix() + "/agents/";
    String queues = names.prefix() + "-";
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.part("redrive"),
            "agentpost.deadletter.RedriveHandler",
            foundation.zip(),
            TIMEOUT_SECONDS,
            environment(foundation, queues, parameters, secrets));
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
        foundation.vault(),
        why,
        arn("secretsmanager", "secret", secrets, ArnFormat.COLON_RESOURCE_NAME));
    function.allowAll(
        why,
        List.of("ssm:GetParameter"),
        arn("ssm", "parameter", parameters.substring(1), ArnFormat.SLASH_RESOURCE_NAME),
        "ssm");
    // What owners of external agents said.
    function.allow(
        List.of("dynamodb:GetItem", "dynamodb:UpdateItem"),
        foundation.tables().health().getTableArn());
  }

  private static Map<String, String> environment(
      StackContext foundation, String queues, String parameters, String secrets) {
    Map<String, String> environment = new LinkedHashMap<>(foundation.outward().environment());
    environment.put("DEAD_LETTER_QUEUE_PREFIX", queues);
    environment.put("AGENT_SECRET_PREFIX", secrets);
    environment.put("AGENT_PARAMETER_PREFIX", parameters);
    environment.put("HEALTH_TABLE", foundation.tables().health().getTableName());
    return environment;
  }

  private String arn(String service, String resource, String name, ArnFormat format) {
    return Stack.of(this)
        .formatArn(
            ArnComponents.builder()
                .service(service)
                .resource(resource)
                .resourceName(name)
                .arnFormat(format)
                .build());
  }
}
