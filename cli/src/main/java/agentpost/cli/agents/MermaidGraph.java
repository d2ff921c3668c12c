package agentpost.cli.agents;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph as Mermaid's flowchart, which GitHub and others draw (mermaid.js.org/syntax). */
final class MermaidGraph {
  private final List<String> lines = new ArrayList<>(List.of("flowchart LR"));
  private final Map<String, String> nodes = new HashMap<>();

  private MermaidGraph() {}

  static String write(EventGraph graph) {
    MermaidGraph mermaid = new MermaidGraph();
    // One node for an agent, whether it publishes or receives.
    graph.agents().forEach(agent -> mermaid.addNode("agent", agent, "[\"", "\"]"));
    graph.publishers().stream()
        .filter(each -> !graph.agents().contains(each))
        .forEach(each -> mermaid.addNode("agent", each, "[/\"", "\"/]"));
    graph.events().forEach(event -> mermaid.addNode("event", event, "([\"", "\"])"));
    graph
        .published()
        .forEach(each -> mermaid.addEdge("agent", each.publisher(), "-->", "event", each.event()));
    graph
        .received()
        .forEach(
            each ->
                mermaid.addEdge(
                    "event",
                    each.event(),
                    each.isConditional() ? "-.->" : "-->",
                    "agent",
                    each.agent()));
    return String.join("\n", mermaid.lines) + "\n";
  }

  private void addNode(String kind, String name, String before, String after) {
    String id = kind.charAt(0) + Integer.toString(nodes.size());
    nodes.put(kind + " " + name, id);
    lines.add("  " + id + before + escape(name) + after);
  }

  private void addEdge(String fromKind, String from, String arrow, String toKind, String to) {
    lines.add(
        "  " + nodes.get(fromKind + " " + from) + " " + arrow + " " + nodes.get(toKind + " " + to));
  }

  /** Mermaid's entities; a name may come from an example, which may be anybody's. */
  private static String escape(String name) {
    return name.replace("#", "#35;")
        .replace("\"", "#quot;")
        .replace("<", "#lt;")
        .replace(">", "#gt;")
        .replaceAll("\\s", " ");
  }
}
