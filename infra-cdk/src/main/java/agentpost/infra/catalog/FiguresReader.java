package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import agentpost.infra.catalog.Catalog.Figure;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code dashboard}: the graphs that an agent wants of metrics it writes itself. */
final class FiguresReader {
  /** Of all agents together: a dashboard has 500 widgets and 2500 metrics at most. */
  private static final int MAX_FIGURES = 100;

  private static final int MAX_METRICS = 10;

  /** Without what CloudFormation would take for a reference. */
  private static final Pattern TITLE = Pattern.compile("[\\p{L}\\p{N} .,:()%/'-]{1,60}");

  private static final Pattern METRIC = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,254}");

  private static final List<String> KINDS =
      Arrays.stream(Figure.Kind.values())
          .map(kind -> kind.name().toLowerCase(Locale.ROOT))
          .toList();

  private FiguresReader() {}

  static List<Figure> read(CatalogNode agent) {
    Optional<CatalogNode> all = agent.section("dashboard");
    List<Figure> figures = new ArrayList<>();
    all.ifPresent(
        section ->
            section
                .node()
                .properties()
                .forEach(one -> read(section, one.getKey()).ifPresent(figures::add)));
    return figures;
  }

  /** What is too much for one dashboard. */
  static void checkCount(CatalogNode agents, List<Catalog.Agent> read) {
    int count = read.stream().mapToInt(agent -> agent.figures().size()).sum();
    if (count > MAX_FIGURES) {
      agents
          .problems()
          .add(
              agents.path()
                  + " want "
                  + count
                  + " graphs under dashboard; at most "
                  + MAX_FIGURES
                  + " fit on one dashboard of CloudWatch's");
    }
  }

  private static Optional<Figure> read(CatalogNode section, String title) {
    if (!TITLE.matcher(title).matches()) {
      section
          .problems()
          .add(
              section.pathOf(title)
                  + " must be a title of up to 60 letters, digits, spaces and .,:()%/'-");
    }
    CatalogNode graph =
        CatalogNode.of(
            section.pathOf(title),
            section.node().path(title),
            section.problems(),
            KINDS.toArray(String[]::new));
    List<String> kinds = KINDS.stream().filter(kind -> graph.node().has(kind)).toList();
    if (kinds.size() != 1) {
      if (section.node().path(title).isObject()) {
        graph.problems().add(graph.path() + " must have one of " + String.join(", ", KINDS));
      }
      return Optional.empty();
    }
    return Optional.of(
        new Figure(
            title,
            Figure.Kind.valueOf(kinds.getFirst().toUpperCase(Locale.ROOT)),
            metrics(graph, kinds.getFirst())));
  }

  private static List<String> metrics(CatalogNode graph, String kind) {
    JsonNode list = graph.node().path(kind);
    boolean isShare = kind.equals("share");
    if (!list.isArray()
        || list.isEmpty()
        || list.size() > MAX_METRICS
        || (isShare && list.size() != 2)) {
      graph
          .problems()
          .add(
              graph.pathOf(kind)
                  + (isShare
                      ? " must be a list of two metrics, the part and the whole; got "
                      : " must be a list of 1 to " + MAX_METRICS + " metrics; got ")
                  + (list.isArray() ? list.size() : CatalogNode.kind(list)));
      return List.of();
    }
    List<String> metrics = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      if (!list.get(i).isTextual() || !METRIC.matcher(list.get(i).textValue()).matches()) {
        graph
            .problems()
            .add(
                graph.pathOf(kind)
                    + "["
                    + i
                    + "] must be a metric's name, such as LeadsCaptured; got "
                    + CatalogNode.kind(list.get(i)));
      }
      metrics.add(list.get(i).asText());
    }
    return metrics;
  }
}
