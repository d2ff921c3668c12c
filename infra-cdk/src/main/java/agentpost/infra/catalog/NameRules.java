package agentpost.infra.catalog;

import agentpost.catalog.AgentName;
import agentpost.catalog.CatalogNode;
import agentpost.catalog.NameObjections;
import java.util.List;

/** Names of agents and processors in a catalog. */
final class NameRules {
  /** What a processor's claims on the work that it does are named by, after it. */
  private static final String WORKER = "-worker";

  private NameRules() {}

  static boolean isName(String text) {
    return AgentName.isValid(text);
  }

  static void check(CatalogNode all, String name, List<String> problems) {
    NameObjections.of(name).forEach(objection -> problems.add(all.pathOf(name) + " " + objection));
  }

  /**
   * @param names of agents, or of processors, in that section
   */
  static void checkWorkers(
      CatalogNode all,
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
