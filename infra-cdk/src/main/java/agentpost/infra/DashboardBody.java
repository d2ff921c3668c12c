package agentpost.infra;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Fn;

/**
 * What a dashboard shows, in rows from the top (CloudWatch API reference, "Dashboard Body Structure
 * and Syntax").
 */
final class DashboardBody {
  private static final int COLUMNS = 24;
  private static final int GRAPH_HEIGHT = 6;

  /** One line of a graph, or several that a query finds. */
  sealed interface Series {
    record Measured(Metric metric, String label) implements Series {}

    /**
     * @param query of CloudWatch Metrics Insights
     */
    record Queried(String query, String label) implements Series {}

    /** How many per cent one is of the other. */
    record Share(Metric part, Metric whole, String label) implements Series {}
  }

  record Graph(String title, List<Series> series) {
    Graph {
      series = List.copyOf(series);
    }

    Graph(String title, Series... series) {
      this(title, List.of(series));
    }
  }

  private final ObjectNode body = JsonNodeFactory.instance.objectNode();
  private final ArrayNode widgets = body.putArray("widgets");
  private int y;

  /**
   * @param markdown one line of it
   */
  DashboardBody heading(String markdown) {
    widget("text", 0, COLUMNS, 1).put("markdown", markdown);
    y++;
    return this;
  }

  /** Graphs beside each other. */
  DashboardBody row(List<Graph> graphs) {
    int width = COLUMNS / graphs.size();
    int x = 0;
    for (Graph graph : graphs) {
      ObjectNode properties =
          widget("metric", x, width, GRAPH_HEIGHT)
              .put("title", graph.title())
              // Whoever looks may be in another region: dashboards are everywhere.
              .put("region", "${AWS::Region}");
      new Lines(properties.putArray("metrics")).addAll(graph.series());
      x += width;
    }
    y += GRAPH_HEIGHT;
    return this;
  }

  private ObjectNode widget(String type, int x, int width, int height) {
    return widgets
        .addObject()
        .put("type", type)
        .put("x", x)
        .put("y", y)
        .put("width", width)
        .put("height", height)
        .putObject("properties");
  }

  /** With the region filled in by CloudFormation. */
  String text() {
    return Fn.sub(body.toString());
  }

  /** A graph's metrics. What is as in the line before is a dot, which keeps templates small. */
  private static final class Lines {
    private final ArrayNode all;
    private List<String> before = List.of();
    private int ids;

    Lines(ArrayNode all) {
      this.all = all;
    }

    void addAll(List<Series> series) {
      for (Series one : series) {
        switch (one) {
          case Series.Measured(var metric, var label) -> add(metric).put("label", label);
          case Series.Queried(var query, var label) -> addExpression(query, label);
          case Series.Share(var part, var whole, var label) ->
              addExpression("100 * " + addHidden(part) + " / " + addHidden(whole), label);
        }
      }
    }

    private ObjectNode add(Metric metric) {
      List<String> texts = new ArrayList<>(List.of(metric.namespace(), metric.name()));
      for (Map.Entry<String, String> one : new TreeMap<>(metric.dimensions()).entrySet()) {
        texts.add(one.getKey());
        texts.add(one.getValue());
      }
      ArrayNode line = all.addArray();
      for (int i = 0; i < texts.size(); i++) {
        line.add(i < before.size() && before.get(i).equals(texts.get(i)) ? "." : texts.get(i));
      }
      before = texts;
      return line.addObject().put("stat", metric.statistic());
    }

    private String addHidden(Metric metric) {
      String id = nextId();
      add(metric).put("id", id).put("visible", false);
      return id;
    }

    private void addExpression(String expression, String label) {
      all.addArray()
          .addObject()
          .put("expression", expression)
          .put("label", label)
          .put("id", nextId());
      before = List.of();
    }

    private String nextId() {
      return "m" + ++ids;
    }
  }
}
