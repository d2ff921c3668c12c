package agentpost.infra.catalog;

import agentpost.catalog.AgentName;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names of agents and processors. They become names of functions, rules and queues, sources of
 * events and partition keys, and rights go by all of these: two that share one would share rights.
 */
final class NameRules {
  /** The rule, the function and the route of these names are not an agent's. */
  private static final SortedSet<String> RESERVED =
      new TreeSet<>(
          Set.of(
              "alarms",
              "alerts",
              "deadlines",
              "ingest",
              "keys",
              "log",
              "process-complete",
              "process-data",
              "recovery",
              "redrive",
              "relay",
              "rotation"));

  /** Sources of events of our own that no function has the name of. */
  private static final Set<String> PUBLISHERS = Set.of("health", "operations");

  /** The function that starts operations of workflows, and the name that it asks by. */
  private static final Set<String> WORKFLOW = Set.of("book-demo", "start-operation");

  /** What a processor's claims on the work that it does are named by, after it. */
  private static final String WORKER = "-worker";

  private NameRules() {}

  static boolean isName(String text) {
    return AgentName.isValid(text);
  }

  static void check(YamlNode all, String name, List<String> problems) {
    if (!isName(name)) {
      problems.add(
          all.pathOf(name)
              + " is not a name: lower-case letters, digits and single hyphens, a letter first, at"
              + " most 40 characters");
    }
    if (RESERVED.contains(name)) {
      problems.add(
          all.pathOf(name)
              + " is a name that a part of agentpost has; taken are "
              + String.join(", ", RESERVED));
    }
    if (PUBLISHERS.contains(name)) {
      problems.add(
          all.pathOf(name)
              + " is the source of agentpost's own events, and nobody else may publish under it;"
              + " choose another name");
    }
    if (WORKFLOW.contains(name)) {
      problems.add(
          all.pathOf(name)
              + " is a name of the workflow that -c workflow=true adds; choose another name");
    }
    if (name.startsWith("ingest-")) {
      problems.add(
          all.pathOf(name)
              + " begins with ingest-, as the claims of sources do, which the ingest function may"
              + " write; choose another name");
    }
    if (name.startsWith("replay-")) {
      problems.add(
          all.pathOf(name)
              + " begins with replay-, as the rules of replays do, which every dead-letter queue"
              + " lets in; choose another name");
    }
  }

  /**
   * @param names of agents, or of processors, in that section
   */
  static void checkWorkers(
      YamlNode all,
      Iterable<String> names,
      List<Catalog.Processor> processors,
      List<String> problems) {
    for (String name : names) {
      for (Catalog.Processor processor : processors) {
        if (name.equals(processor.name() + WORKER)) {
          problems.add(
              all.pathOf(name)
                  + " is the name that the claims of processors."
                  + processor.name()
                  + "'s worker have; choose another name");
        }
      }
    }
  }
}
