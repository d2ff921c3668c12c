package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.OPERATIONS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSORS;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.constructs.Construct;

/**
 * Long work: who does it, who takes the callback when it is done, and who notices when it is not.
 */
final class OperationsStack extends NestedStack {
  /** A callback is one write and one event. */
  private static final int CALLBACK_HANDLER_SECONDS = 15;

  /**
   * @param turning rotates its secrets
   * @param workflow whether there is a state machine that waits for operations of the hosted
   *     processor
   */
  OperationsStack(
      Construct scope,
      Catalog catalog,
      StackContext foundation,
      ScheduleGroup schedules,
      SecretsStack turning,
      boolean workflow) {
    super(scope, "operations");
    dependency().addResourceDependency(turning.dependency());
    ResourceNames names = foundation.names();
    List<String> secrets = new ArrayList<>();
    Optional<Workflow> waiting = Optional.empty();
    String all =
        catalog.processors().stream().map(Catalog.Processor::name).collect(Collectors.joining(","));
    for (Catalog.Processor processor : catalog.processors()) {
      Secret secret =
          foundation
              .vault()
              .rotatedSecret(
                  this,
                  "Secret-" + processor.name(),
                  names.processorSecret(processor.name()),
                  "Signs requests to " + processor.name() + " and its callbacks",
                  processor.keys());
      secrets.add(secret.getSecretArn());
      if (processor.work() instanceof Work.Hosted hosted) {
        new HostedProcessor(this, processor.name(), hosted, secret, foundation);
        if (workflow) {
          waiting =
              Optional.of(new Workflow(this, processor.name(), secret.getSecretArn(), foundation));
        }
      }
    }
    JavaFunction callbackHandler =
        new JavaFunction(
            this,
            "CallbackHandler",
            names.part("callback-handler"),
            "agentpost.callback.CallbackHandler",
            foundation.zip(),
            CALLBACK_HANDLER_SECONDS,
            Map.of(
                PROCESSORS, all,
                PROCESSOR_SECRET_PREFIX, names.processorSecrets(),
                OPERATIONS_TABLE, foundation.tables().operations().getTableName(),
                BUS_NAME, foundation.bus().name()));
    callbackHandler.allowCallsFrom(foundation.api(), "/webhooks/process-complete");
    callbackHandler.reads(foundation.vault(), secrets.toArray(String[]::new));
    callbackHandler.allow(
        List.of("dynamodb:GetItem", "dynamodb:UpdateItem"),
        foundation.tables().operations().getTableArn());
    callbackHandler.allow(foundation.bus().allowPutAs(List.of("operations")));
    OperationTimeouts timeouts = new OperationTimeouts(this, foundation, schedules);
    waiting.ifPresent(
        machine -> {
          machine.allowEndingBy(callbackHandler);
          machine.allowEndingBy(timeouts.handler());
        });
  }

  /** What has to be there before an operation can be started. */
  CfnResource dependency() {
    return Objects.requireNonNull(getNestedStackResource());
  }
}
