package agentpost.cli.docs;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.events.EventCatalog;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.FileErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agentpost docs}: what a project's events are, for people and for programs. */
@Command(
    name = "docs",
    mixinStandardHelpOptions = true,
    description =
        "Writes a static site and an AsyncAPI 3.0 document: every event with its fields, examples"
            + " and versions, who publishes and receives it, and how to verify a delivery.",
    footer = {"", "Example:", "  ./agentpost docs --out target/event-docs"})
public final class DocsCommand implements Callable<Integer> {
  private static final String DEFAULT = "target/event-docs";

  private final Supplier<CloudAssembly> assembly;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder to write to; by default " + DEFAULT + " in the project.")
  private @Nullable Path out;

  /**
   * @param assembly the template, which has the agents' patterns
   */
  public DocsCommand(Supplier<CloudAssembly> assembly) {
    this.assembly = assembly;
  }

  @Override
  public Integer call() {
    Path home = Path.of(System.getProperty("agentpost.home", "")).toAbsolutePath().normalize();
    Path folder = Optional.ofNullable(out).orElse(home.resolve(DEFAULT)).toAbsolutePath();
    String project = Optional.ofNullable(home.getFileName()).map(Path::toString).orElse("project");
    EventCatalog catalog = EventCatalog.read(assembly.get());
    try {
      for (Map.Entry<String, String> file : Site.of(project, catalog).entrySet()) {
        write(folder.resolve(file.getKey()), file.getValue());
      }
      write(
          folder.resolve("asyncapi.json"),
          AsyncApiDocument.of(project, catalog).toPrettyString() + "\n");
    } catch (IOException e) {
      throw new CommandFailure(folder + " cannot be written: " + FileErrors.explain(e));
    }
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(folder.resolve("index.html"));
    terminal.println(folder.resolve("asyncapi.json"));
    terminal.flush();
    return 0;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
