package agentpost.testing;

import agentpost.event.EventReader;
import agentpost.schemas.Compilation;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.SchemaCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The framework's events and the examples that this project is shipped with, as a project has the
 * framework's and its own. The examples are read from their sources: no module below the agents has
 * them.
 */
public final class ExampleEvents {
  public static final EventSchemas SCHEMAS = schemas();

  private ExampleEvents() {}

  public static EventReader reader() {
    return new EventReader(SCHEMAS);
  }

  private static EventSchemas schemas() {
    Path folder = Path.of("events-schemas");
    Path home = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(home.resolve(folder))) {
      home = Objects.requireNonNull(home.getParent(), "no folder above has events-schemas");
    }
    return switch (SchemaCompiler.compile(home.resolve(folder))) {
      case Compilation.Compiled(var documents) ->
          EventSchemas.load().with(EventSchemas.of(documents));
      case Compilation.Failed(var mistakes) -> throw new AssertionError(mistakes.toString());
    };
  }
}
