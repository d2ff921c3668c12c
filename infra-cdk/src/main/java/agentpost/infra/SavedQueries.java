package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awscdk.services.logs.CfnQueryDefinition;
import software.constructs.Construct;

/**
 * Queries of CloudWatch Logs Insights that docs/operations.md has a use for, in a folder of the
 * stage's name.
 */
final class SavedQueries {
  /** CloudWatch Logs user guide, "CloudWatch Logs quotas": log groups that a query looks at. */
  private static final int MAX_LOG_GROUPS = 50;

  private final Construct scope;
  private final ResourceNames names;

  private SavedQueries(Construct scope, ResourceNames names) {
    this.scope = scope;
    this.names = names;
  }

  static void create(Construct scope, ResourceNames names, Catalog catalog) {
    SavedQueries queries = new SavedQueries(scope, names);
    List<String> relay = List.of(names.relay());
    List<String> all = functions(names, catalog);
    queries.save(
        "failed-deliveries",
        logs(relay),
        """
        filter message = "delivery" and status >= 400
        | stats count(*) as attempts, max(@timestamp) as last by agent, outcome, agent_status, status
        | sort attempts desc
        """);
    queries.save(
        "latency",
        logs(relay),
        """
        filter message = "delivery"
        | stats count(*) as attempts, pct(duration_ms, 50) as p50, pct(duration_ms, 99) as p99 by agent
        | sort p99 desc
        """);
    queries.save(
        "one-event",
        Stream.concat(Stream.of("/aws/events/" + names.prefix()), logs(all).stream())
            .limit(MAX_LOG_GROUPS)
            .toList(),
        """
        filter @message like "corr-9876"
        | fields @timestamp, @log, @message
        | sort @timestamp
        """);
    queries.save(
        "failures",
        logs(all),
        """
        filter ispresent(stack_trace) or @message like /Task timed out|Runtime exited|OutOfMemoryError/
        | fields @timestamp, @log, @message
        | sort @timestamp desc
        """);
    // As the Lambda developer guide has it, "Monitoring for Lambda SnapStart".
    queries.save(
        "cold-starts",
        logs(all),
        """
        filter @type = "REPORT"
        | parse @message /Restore Duration: (?<restored>.*?) ms/
        | stats count(*) as invocations, count(restored) as starts, max(restored) as slowest by @log
        | sort starts desc
        """);
    if (!catalog.processors().isEmpty()) {
      queries.save(
          "callbacks",
          logs(List.of(names.part("callback-handler"))),
          """
          filter message = "callback"
          | stats count(*) as callbacks, max(@timestamp) as last by processor, outcome, status
          | sort callbacks desc
          """);
    }
    if (!catalog.sources().isEmpty()) {
      queries.save(
          "webhooks",
          logs(List.of(names.part("ingest"))),
          """
          filter message in ["ingest", "ingest event", "turned away"]
          | stats count(*) as webhooks, max(@timestamp) as last by source, outcome, reason
          | sort webhooks desc
          """);
    }
  }

  /** First those that are no agent's, then as many agents' as a query takes. */
  private static List<String> functions(ResourceNames names, Catalog catalog) {
    List<String> functions = new ArrayList<>(OverviewDashboard.functions(names, catalog));
    catalog.agents().stream()
        .filter(agent -> agent.place() instanceof Catalog.Placement.Hosted)
        .map(agent -> names.agent(agent.name()))
        .limit(MAX_LOG_GROUPS - functions.size())
        .forEach(functions::add);
    return functions;
  }

  private static List<String> logs(List<String> functions) {
    return functions.stream().map(ResourceNames::functionLog).toList();
  }

  private void save(String name, List<String> groups, String query) {
    CfnQueryDefinition.Builder.create(scope, "Query-" + name)
        .name(names.prefix() + "/" + name)
        .logGroupNames(groups)
        .queryString(query.strip())
        .build();
  }
}
