package agentpost.cli.project;

import agentpost.cli.terminal.CommandFailure;
import agentpost.schemas.Compilation;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Mistake;
import agentpost.schemas.SchemaCompiler;
import java.io.File;
import java.nio.file.Path;
import java.util.stream.Collectors;

/**
 * What a command holds events to: the schemas that were built, and in their place those of the
 * project's sources as they are now, in the folders that the launcher names.
 */
public final class ProjectSchemas {
  private ProjectSchemas() {}

  public static EventSchemas load() {
    EventSchemas schemas = EventSchemas.load();
    for (String folder : System.getProperty("agentpost.schemas", "").split(File.pathSeparator)) {
      if (!folder.isEmpty()) {
        schemas = schemas.with(compile(Path.of(folder)));
      }
    }
    return schemas;
  }

  private static EventSchemas compile(Path folder) {
    return switch (SchemaCompiler.compile(folder)) {
      case Compilation.Compiled(var documents) -> EventSchemas.of(documents);
      case Compilation.Failed(var mistakes) ->
          throw new CommandFailure(
              "the schemas have mistakes, so no event can be validated\n"
                  + mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")));
    };
  }
}
