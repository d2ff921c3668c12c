package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.NestedStack;
import software.amazon.awscdk.services.cloudwatch.CfnDashboard;
import software.constructs.Construct;

/**
 * What a person looks at: an overview, pages of agents, what agents count themselves, and queries
 * of the logs. A dashboard is the account's and not a region's (CloudFormation,
 * AWS::CloudWatch::Dashboard), so the region is in its name.
 */
final class DashboardsStack extends NestedStack {
  /** Of 500 widgets and 2500 metrics (ServiceLimits), four and twelve an agent. */
  private static final int AGENTS_PER_PAGE = 100;

  /**
   * The first three dashboards of an account are free as long as each has 50 metrics at most
   * (https://aws.amazon.com/cloudwatch/pricing/): the overview, and two pages of so many agents.
   */
  private static final int FREE_AGENTS_PER_PAGE = 50 / AgentGraphs.MAX_METRICS;

  private final ResourceNames names;

  DashboardsStack(Construct scope, Catalog catalog, ResourceNames names) {
    super(scope, "dashboards");
    this.names = names;
    int perPage =
        catalog.agents().size() <= 2 * FREE_AGENTS_PER_PAGE
            ? FREE_AGENTS_PER_PAGE
            : AGENTS_PER_PAGE;
    List<String> links = new ArrayList<>();
    for (int first = 0; first < catalog.agents().size(); first += perPage) {
      List<Catalog.Agent> agents =
          catalog.agents().subList(first, Math.min(first + perPage, catalog.agents().size()));
      String part = "agents-" + (links.size() + 1);
      DashboardBody body = new DashboardBody();
      agents.forEach(agent -> body.row(AgentGraphs.of(names, agent)));
      dashboard(part, body.text());
      links.add(link(agents.getFirst().name() + " to " + agents.getLast().name(), part));
    }
    if (catalog.agents().stream().anyMatch(agent -> !agent.figures().isEmpty())) {
      dashboard("figures", FiguresDashboard.of(names, catalog.agents()));
      links.add(link("figures", "figures"));
    }
    dashboard("overview", OverviewDashboard.of(names, catalog, String.join(" · ", links)));
    SavedQueries.create(this, names, catalog);
  }

  private void dashboard(String part, String body) {
    CfnDashboard.Builder.create(this, "Dashboard-" + part)
        .dashboardName(Fn.sub(name(part)))
        .dashboardBody(body)
        .build();
  }

  private String name(String part) {
    return names.part(part) + "-${AWS::Region}";
  }

  private String link(String text, String part) {
    return "[" + text + "](#dashboards:name=" + name(part) + ")";
  }
}
