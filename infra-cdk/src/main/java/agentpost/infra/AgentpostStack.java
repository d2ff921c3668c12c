package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Place;
import agentpost.schemas.EventSchemas;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** What all agents share; each agent is a nested stack of its own, so that a catalog of hundreds stays within a stack's 500 resources. */
final class AgentpostStack extends Stack {
  AgentpostStack(Construct app, Names names, Catalog catalog, EventSchemas schemas, String zip) {
    super(app, names.prefix());
    Bus bus = new Bus(this, names);
    new SchemaRegistry(this, names, schemas);
    Tables tables = new Tables(this, names);
    Reminders reminders = new Reminders(this, names, bus);
    Api api = new Api(this, names, catalog.agents().stream().filter(agent -> agent.place() instanceof Place.Hosted).map(Catalog.Agent::name).toList());
    Relay relay = new Relay(this, names, zip, api);
    Shared shared = new Shared(names, bus, tables, reminders, api, relay, catalog.email(), zip);
    catalog.agents().forEach(agent -> new AgentStack(this, agent, shared));
    output("BusName", bus.name(), "The bus to put events on");
    output("ApiUrl", api.url(), "$ApiUrl/webhooks/<agent> is a hosted agent's door");
    output("ArchiveName", bus.archive(), "The archive that events are replayed from");
  }

  private void output(String name, String value, String description) {
    CfnOutput.Builder.create(this, name).value(value).description(description).build();
  }
}
