package agentpost.infra;

import agentpost.catalog.ResourceNames;
import agentpost.infra.DashboardBody.Graph;
import agentpost.infra.DashboardBody.Series;
import agentpost.infra.catalog.Catalog;
import agentpost.infra.catalog.Catalog.Figure;
import java.util.List;

/** What agents count themselves, as the catalog's {@code dashboard} has it: a section an agent. */
final class FiguresDashboard {
  private static final int GRAPHS_PER_ROW = 3;

  private FiguresDashboard() {}

  static String of(ResourceNames names, List<Catalog.Agent> agents) {
    DashboardBody body = new DashboardBody();
    for (Catalog.Agent agent : agents) {
      List<Graph> graphs = agent.figures().stream().map(figure -> graph(names, figure)).toList();
      if (!graphs.isEmpty()) {
        body.heading("# " + agent.name());
      }
      for (int first = 0; first < graphs.size(); first += GRAPHS_PER_ROW) {
        body.row(graphs.subList(first, Math.min(first + GRAPHS_PER_ROW, graphs.size())));
      }
    }
    return body.text();
  }

  private static Graph graph(ResourceNames names, Figure figure) {
    return new Graph(
        figure.title(),
        switch (figure.kind()) {
          case SUM -> each(names, figure, "Sum");
          case AVERAGE -> each(names, figure, "Average");
          case SHARE ->
              List.of(
                  new Series.Share(
                      Metric.ofStage(names, figure.metrics().getFirst(), "Sum"),
                      Metric.ofStage(names, figure.metrics().getLast(), "Sum"),
                      "%"));
        });
  }

  private static List<Series> each(ResourceNames names, Figure figure, String statistic) {
    return figure.metrics().stream()
        .<Series>map(
            metric -> new Series.Measured(Metric.ofStage(names, metric, statistic), metric))
        .toList();
  }
}
