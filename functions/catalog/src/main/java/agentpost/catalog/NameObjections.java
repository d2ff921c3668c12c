package agentpost.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Why a name cannot be an agent's or a processor's. Names become names of functions, rules and
 * queues, sources of events and partition keys, and rights go by all of these: two that share one
 * would share rights.
 */
public final class NameObjections {
  /** The rule, the function and the route of these names are not an agent's. */
  private static final SortedSet<String> RESERVED =
      new TreeSet<>(
          Set.of(
              "alarms",
              "alerts",
              "callback-handler",
              "ingest",
              "keys",
              "log",
              "process-complete",
              "process-data",
              "recovery",
              "redrive",
              "relay",
              "rotation",
              "schedules",
              "timeout-handler"));

  /** Sources of events of our own that no function has the name of. */
  private static final Set<String> PUBLISHERS = Set.of("health", "operations");

  /** The function that starts operations of workflows, and the name that it asks by. */
  private static final Set<String> WORKFLOW = Set.of("book-demo", "start-operation");

  private NameObjections() {}

  /** Each goes on from the name: {@code is not a name: …}; none if the name may be one. */
  public static List<String> of(String name) {
    List<String> objections = new ArrayList<>();
    if (!AgentName.isValid(name)) {
      objections.add(
          "is not a name: lower-case letters, digits and single hyphens, a letter first, at most 40"
              + " characters");
    }
    if (RESERVED.contains(name)) {
      objections.add(
          "is a name that a part of agentpost has; taken are " + String.join(", ", RESERVED));
    }
    if (PUBLISHERS.contains(name)) {
      objections.add(
          "is the source of agentpost's own events, and nobody else may publish under it; choose"
              + " another name");
    }
    if (WORKFLOW.contains(name)) {
      objections.add("is a name of the workflow that -c workflow=true adds; choose another name");
    }
    if (name.startsWith("ingest-")) {
      objections.add(
          "begins with ingest-, as the claims of sources do, which the ingest function may write;"
              + " choose another name");
    }
    if (name.startsWith("replay-")) {
      objections.add(
          "begins with replay-, as the rules of replays do, which every dead-letter queue lets in;"
              + " choose another name");
    }
    return objections;
  }
}
