package agentpost.cli.project;

import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.ShellWord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code agentpost new}: a project, or in one an event or an agent. */
@Command(
    name = "new",
    mixinStandardHelpOptions = true,
    description =
        "Writes a project with one event and one agent: pom.xml, agents.yaml, events-schemas,"
            + " sources, tests and its own agentpost command. Inside a project, new event and new"
            + " agent add to it.",
    footer = {"", "Example:", "  ./agentpost new ../shop --package com.example.shop"})
public final class NewCommand implements Callable<Integer> {
  private static final String SNAPSHOT = "-SNAPSHOT";

  @Spec private CommandSpec spec;

  // Neither is required of new event and new agent.
  @Parameters(
      paramLabel = "FOLDER",
      arity = "0..1",
      description = "The project's folder, new or empty.")
  private @Nullable Path folder;

  @Option(
      names = "--package",
      paramLabel = "NAME",
      description = "The Java package of its classes, also Maven's groupId.")
  private @Nullable String javaPackage;

  @Override
  public Integer call() {
    if (folder == null || javaPackage == null) {
      throw new ParameterException(
          spec.commandLine(), "A new project needs FOLDER and --package NAME");
    }
    Properties versions = BuiltVersion.all();
    try {
      new NewProject(folder, javaPackage, versions).write();
    } catch (ProjectException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    PrintWriter out = spec.commandLine().getOut();
    Optional.ofNullable(folder.toAbsolutePath().normalize().getParent())
        .flatMap(Project::find)
        .ifPresent(
            around ->
                out.println(
                    folder + " is inside " + around.home() + "; better move it out, beside that"));
    out.println("made " + folder + "; next:");
    if (versions.getProperty("version", "").endsWith(SNAPSHOT)) {
      out.println(
          isOfClone()
              ? "  ./mvnw -Prelease,quick install -Dmaven.javadoc.skip    (in agentpost's clone,"
                  + " if not done yet: this version is in no public repository)"
              : "  add the repository that has agentpost "
                  + versions.getProperty("version")
                  + " to your settings.xml (no public one has it)");
    }
    out.println("  cd " + ShellWord.quote(folder.toString()));
    out.println("  ./mvnw verify");
    out.println("  ./agentpost local");
    out.println("  ./agentpost try events-schemas/order.placed/examples/order.json    (beside it)");
    out.flush();
    return 0;
  }

  /** Whoever unpacked a release has none. */
  private static boolean isOfClone() {
    return Project.find(Path.of(System.getProperty("agentpost.home", "")))
        .filter(project -> !project.isOwn())
        .isPresent();
  }
}
