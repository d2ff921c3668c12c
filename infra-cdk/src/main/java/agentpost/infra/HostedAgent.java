package agentpost.infra;

import static agentpost.catalog.EnvironmentVariables.AGENT;
import static agentpost.catalog.EnvironmentVariables.AGENT_STATE_TABLE;
import static agentpost.catalog.EnvironmentVariables.ALLOWED_SOURCES;
import static agentpost.catalog.EnvironmentVariables.BUS_ARN;
import static agentpost.catalog.EnvironmentVariables.BUS_NAME;
import static agentpost.catalog.EnvironmentVariables.CALLBACK_URL;
import static agentpost.catalog.EnvironmentVariables.CLAIMS_TABLE;
import static agentpost.catalog.EnvironmentVariables.EMAIL_FROM;
import static agentpost.catalog.EnvironmentVariables.OPERATIONS_TABLE;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_SECRET_PREFIX;
import static agentpost.catalog.EnvironmentVariables.PROCESSOR_URL;
import static agentpost.catalog.EnvironmentVariables.SCHEDULE_DLQ_ARN;
import static agentpost.catalog.EnvironmentVariables.SCHEDULE_GROUP;
import static agentpost.catalog.EnvironmentVariables.SCHEDULE_ROLE_ARN;
import static agentpost.catalog.EnvironmentVariables.SIGNATURE;
import static agentpost.catalog.EnvironmentVariables.SUPPORT_EMAIL;
import static agentpost.catalog.EnvironmentVariables.WEBHOOK_SECRET;

import agentpost.catalog.AgentSettings;
import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Capability;
import agentpost.infra.catalog.Catalog.Placement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.services.dynamodb.Table;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.constructs.Construct;

/** A hosted agent's function, with the settings and rights that the catalog says it uses. */
final class HostedAgent extends Construct {
  /**
   * Longer than any attempt of EventBridge: the agent finishes what it began, and the next attempt
   * finds it done.
   */
  private static final int TIMEOUT_SECONDS = 15;

  /**
   * @param from ranges of addresses that may come in at its door; empty if everyone may
   */
  HostedAgent(
      Construct scope,
      Catalog.Agent agent,
      Placement.Hosted hosted,
      List<String> from,
      Secret secret,
      SharedResources shared) {
    super(scope, "Agent");
    String name = agent.name();
    ResourceNames names = shared.names();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(AGENT, name);
    environment.put(WEBHOOK_SECRET, names.webhookSecret(name));
    environment.put(BUS_NAME, shared.bus().name());
    environment.put(CLAIMS_TABLE, shared.tables().claims().getTableName());
    if (!from.isEmpty()) {
      environment.put(ALLOWED_SOURCES, String.join(",", from));
    }
    if (!agent.keys().scheme().equals(AgentSettings.DEFAULT_SIGNATURE)) {
      environment.put(SIGNATURE, agent.keys().scheme());
    }
    if (hosted.uses().contains(Capability.STATE) || hosted.uses().contains(Capability.UPDATES)) {
      environment.put(AGENT_STATE_TABLE, shared.tables().agentState().getTableName());
    }
    shared
        .email()
        .ifPresent(
            email -> {
              if (hosted.uses().contains(Capability.EMAIL)) {
                environment.put(EMAIL_FROM, email.from());
              }
              if (hosted.uses().contains(Capability.SUPPORT)) {
                environment.put(SUPPORT_EMAIL, email.support());
              }
            });
    Optional<Role> planned =
        hosted.uses().contains(Capability.SCHEDULE) || hosted.uses().contains(Capability.CANCEL)
            ? Optional.of(shared.reminders().role(this, name))
            : Optional.empty();
    if (planned.isPresent()) {
      environment.put(SCHEDULE_GROUP, shared.reminders().group());
      environment.put(SCHEDULE_DLQ_ARN, shared.reminders().deadLettersArn(this));
      environment.put(SCHEDULE_ROLE_ARN, planned.get().getRoleArn());
      environment.put(BUS_ARN, shared.bus().arn());
    }
    if (hosted.uses().contains(Capability.OPERATIONS)) {
      environment.put(OPERATIONS_TABLE, names.operations());
      environment.put(PROCESSOR_SECRET_PREFIX, names.processorSecrets());
      environment.put(CALLBACK_URL, shared.api().publicUrl() + "/webhooks/process-complete");
      shared
          .processor()
          .ifPresent(_ -> environment.put(PROCESSOR_URL, shared.api().url() + "/process-data"));
    }
    JavaFunction function =
        new JavaFunction(
            this,
            "Function",
            names.agent(name),
            hosted.handler(),
            shared.zip(),
            TIMEOUT_SECONDS,
            environment);
    hosted.concurrency().ifPresent(function::reserve);
    shared.foundation().canary().ifPresent(function::deployBy);
    function.allowCallsFrom(shared.api(), "/webhooks/" + name);
    function.reads(shared.vault(), secret.getSecretArn());
    function.allow(
        ownRows(
            name,
            shared.tables().claims(),
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem"));
    function.allow(shared.bus().allowPutAs(List.of(name)));
    hosted.uses().stream().sorted().forEach(use -> grant(use, name, function, planned, shared));
  }

  private void grant(
      Capability use,
      String name,
      JavaFunction function,
      Optional<Role> planned,
      SharedResources shared) {
    switch (use) {
      case STATE ->
          function.allow(
              ownRows(name, shared.tables().agentState(), "dynamodb:GetItem", "dynamodb:PutItem"));
      case UPDATES ->
          function.allow(
              ownRows(
                  name, shared.tables().agentState(), "dynamodb:GetItem", "dynamodb:UpdateItem"));
      case EMAIL -> {
        String from = shared.email().map(Catalog.Email::from).orElseThrow();
        // The sender's identity may be the address or its domain; and where a recipient is an
        // identity too, as all are in the sandbox, SES asks for the right on that
        // (github.com/aws/aws-sdk-js/issues/3641). The condition is what keeps others' names out.
        function.allow(
            PolicyStatement.Builder.create()
                .actions(List.of("ses:SendEmail"))
                .resources(List.of(Arns.withSlash(this, "ses", "identity", "*")))
                .conditions(Map.of("StringEquals", Map.of("ses:FromAddress", from)))
                .build());
        function.explain("ses", "", "Recipients may be verified identities; the sender is fixed");
      }
      case SCHEDULE -> {
        schedules(function, "scheduler:CreateSchedule", name, shared);
        function.allow(List.of("iam:PassRole"), planned.orElseThrow().getRoleArn());
      }
      case CANCEL -> schedules(function, "scheduler:DeleteSchedule", name, shared);
      case OPERATIONS -> {
        // By their names: references from hundreds of nested stacks would make the root's template
        // too large. A secret's ARN ends in six letters of AWS's.
        function.allow(
            Tables.ownOperations(
                name, Arns.withSlash(this, "dynamodb", "table", shared.names().operations())));
        shared
            .processor()
            .ifPresent(
                processor -> {
                  String secret = shared.names().processorSecret(processor.name()) + "-??????";
                  function.reads(
                      shared.vault(), Arns.withColon(this, "secretsmanager", "secret", secret));
                });
      }
      case SUPPORT -> {
        // A setting only; what it writes with is EMAIL.
      }
    }
  }

  /**
   * The dot ends the agent's name, which has none: no agent reaches the schedules of one whose name
   * begins with its own.
   */
  private void schedules(
      JavaFunction function, String action, String name, SharedResources shared) {
    String own =
        Arns.withSlash(
            this, "scheduler", "schedule", shared.reminders().group() + "/" + name + ".");
    function.allowAll(
        "A schedule is named by the agent and the event that is planned",
        List.of(action),
        own,
        "scheduler");
  }

  /** An agent's name is the partition key of its rows: it reaches its own and no other agent's. */
  private static PolicyStatement ownRows(String name, Table table, String... actions) {
    return PolicyStatement.Builder.create()
        .actions(List.of(actions))
        .resources(List.of(table.getTableArn()))
        .conditions(
            Map.of("ForAllValues:StringEquals", Map.of("dynamodb:LeadingKeys", List.of(name))))
        .build();
  }
}
