package agentpost.cli.agents;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A graph as SVG in three layers: publishers, events, agents. What is in a layer stands by the mean
 * place of what leads to it, which leaves few lines that cross.
 */
final class SvgGraph {
  private static final int CHARACTER = 8;
  private static final int HEIGHT = 26;
  private static final int STEP = 38;
  private static final int GAP = 140;
  private static final int MARGIN = 20;
  private static final String STYLE =
      "text{font:13px ui-monospace,monospace;fill:#1b1f24}"
          + "rect{fill:#f2f4f6;stroke:#4c5560}"
          + "path{fill:none;stroke:#4c5560}.when{stroke-dasharray:4 4}.loop{stroke:#b3261e}"
          + "@media(prefers-color-scheme:dark){text{fill:#e6e8ea}"
          + "rect{fill:#1f2428;stroke:#a8b0b9}path{stroke:#a8b0b9}.loop{stroke:#ff8a80}}";

  /**
   * A column of boxes, by their names.
   *
   * @param height over which they are spread
   */
  private record Layer(Map<String, Integer> places, int left, int width, int height) {
    static Layer of(List<String> names, int left, int height) {
      Map<String, Integer> places = new TreeMap<>();
      names.forEach(name -> places.put(name, places.size()));
      int longest = names.stream().mapToInt(String::length).max().orElse(0);
      return new Layer(places, left, longest * CHARACTER + 2 * CHARACTER, height);
    }

    int right() {
      return left + width;
    }

    int middle(String name) {
      int place = places.getOrDefault(name, 0);
      return MARGIN + height * (2 * place + 1) / (2 * places.size());
    }
  }

  private final EventGraph graph;
  private final List<String> looping;
  private final StringBuilder svg = new StringBuilder();

  private SvgGraph(EventGraph graph) {
    this.graph = graph;
    this.looping = graph.cycles().stream().flatMap(SvgGraph::steps).toList();
  }

  static String write(EventGraph graph) {
    return new SvgGraph(graph).write();
  }

  private static Stream<String> steps(List<String> cycle) {
    return Stream.iterate(0, at -> at < cycle.size() - 1, at -> at + 1)
        .map(at -> step(cycle.get(at), cycle.get(at + 1)));
  }

  private static String step(String from, String to) {
    return from + "\n" + to;
  }

  private String write() {
    int rows =
        Stream.of(graph.publishers(), graph.events(), graph.agents())
            .mapToInt(Collection::size)
            .reduce(0, Math::max);
    int height = rows * STEP;
    Layer publishers = Layer.of(List.copyOf(graph.publishers()), MARGIN, height);
    Map<String, List<Integer>> before = new HashMap<>();
    graph
        .published()
        .forEach(
            each ->
                before
                    .computeIfAbsent(each.event(), _ -> new ArrayList<>())
                    .add(publishers.middle(each.publisher())));
    Layer events = Layer.of(sort(graph.events(), before), publishers.right() + GAP, height);
    before.clear();
    graph
        .received()
        .forEach(
            each ->
                before
                    .computeIfAbsent(each.agent(), _ -> new ArrayList<>())
                    .add(events.middle(each.event())));
    Layer agents = Layer.of(sort(graph.agents(), before), events.right() + GAP, height);

    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n",
            agents.right() + MARGIN,
            2 * MARGIN + height));
    svg.append("<title>Who publishes and who receives which event</title>\n<style>")
        .append(STYLE)
        .append("</style>\n");
    graph
        .published()
        .forEach(each -> draw(publishers, each.publisher(), events, each.event(), false));
    graph
        .received()
        .forEach(each -> draw(events, each.event(), agents, each.agent(), each.isConditional()));
    Stream.of(publishers, events, agents).forEach(this::draw);
    return svg.append("</svg>\n").toString();
  }

  private static List<String> sort(Collection<String> names, Map<String, List<Integer>> before) {
    return names.stream()
        .sorted(
            Comparator.comparingDouble(
                name ->
                    before.getOrDefault(name, List.of()).stream()
                        .mapToInt(Integer::intValue)
                        .average()
                        .orElse(Double.MAX_VALUE)))
        .toList();
  }

  private void draw(Layer left, String from, Layer right, String to, boolean isConditional) {
    int bend = (left.right() + right.left()) / 2;
    svg.append(
        String.format(
            Locale.ROOT,
            "<path class=\"%s%s\" d=\"M%d %dC%d %d %d %d %d %d\"/>%n",
            isConditional ? "when" : "all",
            looping.contains(step(from, to)) ? " loop" : "",
            left.right(),
            left.middle(from),
            bend,
            left.middle(from),
            bend,
            right.middle(to),
            right.left(),
            right.middle(to)));
  }

  private void draw(Layer layer) {
    layer
        .places()
        .forEach(
            (name, _) ->
                svg.append(
                    String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>"
                            + "<text x=\"%d\" y=\"%d\">%s</text>%n",
                        layer.left(),
                        layer.middle(name) - HEIGHT / 2,
                        layer.width(),
                        HEIGHT,
                        layer.left() + CHARACTER,
                        layer.middle(name) + 4,
                        escape(name))));
  }

  /** A name may come from an example, which may be anybody's; XML has no control characters. */
  private static String escape(String name) {
    return name.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("[\\p{Cntrl}\\p{Cs}\\uFFFE\\uFFFF]", "\uFFFD");
  }
}
