package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.AGENT;
import static agentpost.catalog.EnvironmentVariables.CALLBACK_URL;
import static agentpost.catalog.EnvironmentVariables.OPERATIONS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_URL;
import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.catalog.ResourceNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.stepfunctions.CfnStateMachine;
import software.constructs.Construct;

/**
 * A state machine that waits for long work, {@code book-demo.asl.json}, and the function that its
 * task runs. The task has a token; the operation's row keeps it, and who ends the operation ends
 * the task.
 */
final class Workflow extends Construct {
  private static final String NAME = "book-demo";
  private static final int START_SECONDS = 15;

  /**
   * Step Functions needs these on everything: deliveries of logs have no names before they are
   * there.
   */
  private static final List<String> LOG_DELIVERY =
      List.of(
          "logs:CreateLogDelivery",
          "logs:GetLogDelivery",
          "logs:UpdateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:DescribeResourcePolicies",
          "logs:DescribeLogGroups");

  private static final List<String> TRACES =
      List.of(
          "xray:PutTraceSegments",
          "xray:PutTelemetryRecords",
          "xray:GetSamplingRules",
          "xray:GetSamplingTargets");

  private final CfnStateMachine machine;

  /**
   * @param secret of the processor that is asked
   */
  Workflow(Construct scope, String processor, String secret, StackContext foundation) {
    super(scope, "Workflow");
    ResourceNames names = foundation.names();
    JavaFunction start =
        new JavaFunction(
            this,
            "Start",
            names.part("start-operation"),
            "agentpost.callback.StartOperationHandler",
            foundation.zip(),
            START_SECONDS,
            Map.of(
                AGENT,
                NAME,
                PROCESSOR,
                processor,
                OPERATIONS_TABLE,
                foundation.tables().operations().getTableName(),
                PROCESSOR_SECRET_PREFIX,
                names.processorSecrets(),
                PROCESSOR_URL,
                foundation.api().url() + "/process-data",
                CALLBACK_URL,
                foundation.api().publicUrl() + "/webhooks/process-complete"));
    start.startWithoutSnapshot();
    start.reads(foundation.vault(), secret);
    start.allow(Tables.ownOperations(NAME, foundation.tables().operations().getTableArn()));
    Role role =
        Role.Builder.create(this, "Role")
            .assumedBy(ServicePrincipals.inThisAccount(this, "states.amazonaws.com"))
            .description("What " + names.part(NAME) + " may do")
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("lambda:InvokeFunction"))
            .resources(List.of(start.aliasArn()))
            .build());
    role.addToPolicy(
        PolicyStatement.Builder.create().actions(LOG_DELIVERY).resources(List.of("*")).build());
    role.addToPolicy(
        PolicyStatement.Builder.create().actions(TRACES).resources(List.of("*")).build());
    NagSuppressions.wildcard(
        role,
        "\\*",
        "Deliveries of logs have no names before they are made, and X-Ray has no resources to"
            + " name");
    ServiceLog log = new ServiceLog(this, "/aws/vendedlogs/states/" + names.part(NAME));
    machine =
        CfnStateMachine.Builder.create(this, "BookDemo")
            .stateMachineName(names.part(NAME))
            .roleArn(role.getRoleArn())
            .definitionString(definition())
            .definitionSubstitutions(
                new TreeMap<>(
                    Map.of("Partition", Aws.PARTITION, "StartOperation", start.aliasArn())))
            .loggingConfiguration(
                CfnStateMachine.LoggingConfigurationProperty.builder()
                    .level("ALL")
                    // With it, the log would have the task's token.
                    .includeExecutionData(false)
                    .destinations(
                        List.of(
                            CfnStateMachine.LogDestinationProperty.builder()
                                .cloudWatchLogsLogGroup(
                                    CfnStateMachine.CloudWatchLogsLogGroupProperty.builder()
                                        .logGroupArn(log.getLogGroupArn())
                                        .build())
                                .build()))
                    .build())
            .tracingConfiguration(
                CfnStateMachine.TracingConfigurationProperty.builder().enabled(true).build())
            .build();
    machine.getNode().addDependency(role, start);
  }

  /** Lets a function end the tasks of this state machine, and of no other. */
  void allowEndingBy(JavaFunction function) {
    function.allow(List.of("states:SendTaskSuccess", "states:SendTaskFailure"), machine.getRef());
  }

  private static String definition() {
    try (InputStream file =
        Objects.requireNonNull(Workflow.class.getResourceAsStream(NAME + ".asl.json"))) {
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
