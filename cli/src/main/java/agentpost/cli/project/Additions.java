package agentpost.cli.project;

import agentpost.cli.terminal.CommandFailure;
import agentpost.schemas.EventSchemas;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is added to the project that the command was started in. */
final class Additions {
  private Additions() {}

  /**
   * @return what {@code addition} does
   */
  static List<String> write(Function<Project, List<String>> addition) {
    Project project =
        Project.find(Path.of(System.getProperty("agentpost.home", "")))
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "there is no project here: no agents.yaml in this folder or above it;"
                            + " ./agentpost new FOLDER --package NAME makes one"));
    if (!project.isOwn()) {
      throw new CommandFailure(
          "this is a clone of agentpost, whose agents are examples; ./agentpost new FOLDER"
              + " --package NAME makes a project of your own");
    }
    try {
      return addition.apply(project);
    } catch (ProjectException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }

  /** A clone's class path has the examples' events as well. */
  static SortedSet<String> frameworkEvents() {
    return EventSchemas.load().eventTypes().stream()
        .filter(type -> !isExample(type))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isExample(String type) {
    return String.valueOf(
            EventSchemas.class.getResource("/agentpost/schemas/" + type + "/1.schema.json"))
        .matches(".*(functions/agents/|agentpost-agents-).*");
  }
}
