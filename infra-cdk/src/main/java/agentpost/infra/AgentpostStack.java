package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Placement;
import agentpost.schemas.EventSchemas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/**
 * What all agents share; each agent is a nested stack of its own, so that a catalog of hundreds
 * stays within a stack's 500 resources.
 */
final class AgentpostStack extends Stack {
  AgentpostStack(
      Construct app,
      ResourceNames names,
      Catalog catalog,
      EventSchemas schemas,
      String zip,
      boolean workflow) {
    // Its indentation counts against the million bytes that CloudFormation takes, and is more than
    // a third of it.
    super(app, names.prefix(), StackProps.builder().suppressTemplateIndentation(true).build());
    Bus bus = new Bus(this, names);
    new SchemaRegistry(this, names, schemas);
    if (!catalog.producers().isEmpty()) {
      new Producers(this, catalog, bus, schemas);
    }
    Tables tables = new Tables(this, names);
    ScheduleGroup reminders = new ScheduleGroup(this, names, bus);
    Optional<StaticEgressVpc> egress =
        catalog.doors().hasStaticEgress()
            ? Optional.of(new StaticEgressVpc(this, names, catalog.doors().ports()))
            : Optional.empty();
    Api api =
        new Api(
            this,
            names,
            routes(names, catalog),
            policy(catalog, egress),
            MethodSettings.of(catalog),
            catalog.domain());
    if (catalog.doors().hasFirewall()) {
      new Firewall(this, names, api);
    }
    SecretFactory vault = new SecretFactory(this, names);
    StackContext foundation =
        new StackContext(
            names,
            bus,
            tables,
            api,
            vault,
            zip,
            new OutboundAccess(catalog.doors(), egress),
            catalog
                .canary()
                .map(canary -> new CanaryDeployments(this, names, canary, moved(names, catalog))));
    SecretsStack secrets = new SecretsStack(this, catalog, foundation);
    Relay relay = new Relay(this, catalog, foundation);
    List<String> deadLetters =
        catalog.agents().stream().map(agent -> names.deadLetters(agent.name())).toList();
    new Redrive(this, foundation, deadLetters);
    DiscardBucket discarded = new DiscardBucket(this, names);
    new Recovery(this, foundation, reminders, deadLetters);
    Alarms alarms = new Alarms(this, names, catalog.alarmEmail());
    relay.watch(names, alarms);
    reminders.watch(alarms);
    Optional<OperationsStack> operations =
        catalog.processors().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new OperationsStack(this, catalog, foundation, reminders, secrets, workflow));
    if (!catalog.sources().isEmpty()) {
      new IngestStack(this, catalog.sources(), foundation, alarms);
    }
    if (!catalog.alerts().isEmpty()) {
      new AlertsStack(this, catalog, foundation, alarms);
    }
    new AlarmsStack(this, catalog, foundation, alarms);
    new DashboardsStack(this, catalog, names);
    SharedResources shared =
        new SharedResources(
            foundation,
            reminders,
            relay,
            alarms,
            secrets,
            operations,
            catalog.hostedProcessor(),
            catalog.email());
    catalog.agents().forEach(agent -> new AgentStack(this, agent, shared));
    output("BusName", bus.name(), "The bus to put events on");
    output("ApiUrl", api.publicUrl(), "$ApiUrl/webhooks/<agent> is a hosted agent's door");
    output("ArchiveName", bus.archive(), "The archive that events are replayed from");
    output("DiscardedBucketName", discarded.name(), "Where dead letters go that someone discards");
    output(
        "AlarmTopicArn", alarms.topicArn(), "The topic that every alarm goes to; subscribe to it");
  }

  /** The relay and hosted agents: what deliveries go through. */
  private static List<String> moved(ResourceNames names, Catalog catalog) {
    return Stream.concat(
            Stream.of(names.relay()),
            catalog.agents().stream()
                .filter(agent -> agent.place() instanceof Placement.Hosted)
                .map(agent -> names.agent(agent.name())))
        .toList();
  }

  /** Functions by the routes that lead to them. */
  private static Map<String, String> routes(ResourceNames names, Catalog catalog) {
    Map<String, String> routes = new LinkedHashMap<>();
    for (Catalog.Agent agent : catalog.agents()) {
      if (agent.place() instanceof Placement.Hosted) {
        routes.put("/webhooks/" + agent.name(), names.agent(agent.name()));
      }
    }
    if (!catalog.processors().isEmpty()) {
      routes.put("/webhooks/process-complete", names.part("callback-handler"));
    }
    if (!catalog.sources().isEmpty()) {
      routes.put(IngestStack.ROUTE, names.part("ingest"));
    }
    catalog
        .hostedProcessor()
        .ifPresent(_ -> routes.put("/process-data", names.part("process-data")));
    return routes;
  }

  private static ResourcePolicy policy(Catalog catalog, Optional<StaticEgressVpc> egress) {
    ResourcePolicy policy = new ResourcePolicy(Api.STAGE);
    catalog
        .agents()
        .forEach(
            agent ->
                policy.allowOnly(
                    "/webhooks/" + agent.name(),
                    agent.from(),
                    egress.map(StaticEgressVpc::ranges).orElse(List.of())));
    catalog
        .sources()
        .forEach(
            source ->
                policy.allowOnly("/ingest/" + source.name(), source.settings().from(), List.of()));
    return policy;
  }

  private void output(String name, String value, String description) {
    CfnOutput.Builder.create(this, name).value(value).description(description).build();
  }
}
