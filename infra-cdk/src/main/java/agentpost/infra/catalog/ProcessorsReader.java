package agentpost.infra.catalog;

import agentpost.catalog.CatalogNode;
import agentpost.catalog.ResourceNames;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code processors}. */
final class ProcessorsReader {
  private static final int MAX_NAME_LENGTH = 33;

  private ProcessorsReader() {}

  static List<Catalog.Processor> read(CatalogNode all, List<String> problems) {
    List<Catalog.Processor> processors = new ArrayList<>();
    for (String name : (Iterable<String>) all.node()::fieldNames) {
      NameRules.check(all, name, problems);
      if (name.length() > MAX_NAME_LENGTH) {
        problems.add(
            all.pathOf(name)
                + " is longer than "
                + MAX_NAME_LENGTH
                + " characters, of which its worker's name needs seven more");
      }
      if (ResourceNames.isDeadLetters(name)) {
        problems.add(all.pathOf(name) + " ends like the name of a dead-letter queue");
      }
      CatalogNode processor =
          CatalogNode.of(
              all.pathOf(name), all.node().path(name), problems, "hosted", "external", "rotation");
      Catalog.Work work = PlacementReader.work(processor);
      processors.add(
          new Catalog.Processor(
              name,
              work,
              RotationReader.processor(processor, work instanceof Catalog.Work.External)));
    }
    NameRules.checkWorkers(all, all.node()::fieldNames, processors, problems);
    if (processors.stream()
            .filter(processor -> processor.work() instanceof Catalog.Work.Hosted)
            .count()
        > 1) {
      problems.add(all.path() + " has several hosted processors; POST /process-data leads to one");
    }
    return processors;
  }
}
