package agentpost.cli.project;

import agentpost.cli.terminal.CommandFailure;
import agentpost.schemas.Compilation;
import agentpost.schemas.EventSchemas;
import agentpost.schemas.Mistake;
import agentpost.schemas.SchemaCompiler;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command holds events to: the schemas that were built, and in their place those of the
 * project's sources as they are now, in the folders that the launcher names.
 */
public final class ProjectSchemas {
  private static final String PUT_ENTRIES = "put-events.json";

  private ProjectSchemas() {}

  /** Of events, as their authors write them. */
  public static List<Path> folders() {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(System.getProperty("agentpost.schemas", ""))
        .filter(folder -> !folder.isEmpty())
        .map(Path::of)
        .toList();
  }

  /** The first example of an event in the sources, as an envelope. */
  public static Optional<Path> findExample(String eventType) {
    return listExamples(eventType).stream().findFirst();
  }

  /** An event's examples in the sources that are envelopes, sorted. */
  public static List<Path> listExamples(String eventType) {
    return listExamples(folders(), eventType);
  }

  /** An event's examples in the first of these folders that has any. */
  public static List<Path> listExamples(List<Path> folders, String eventType) {
    return folders.stream()
        .map(folder -> folder.resolve(eventType).resolve("examples"))
        .filter(Files::isDirectory)
        .findFirst()
        .map(ProjectSchemas::listEnvelopes)
        .orElse(List.of());
  }

  private static List<Path> listEnvelopes(Path examples) {
    try (Stream<Path> files = Files.list(examples)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .filter(file -> !file.endsWith(PUT_ENTRIES))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(examples + " cannot be read", e);
    }
  }

  public static EventSchemas load() {
    EventSchemas schemas = EventSchemas.load();
    for (Path folder : folders()) {
      schemas = schemas.with(compile(folder));
    }
    return schemas;
  }

  /** The events of one folder, as they are now. */
  public static EventSchemas compile(Path folder) {
    return switch (SchemaCompiler.compile(folder)) {
      case Compilation.Compiled(var documents) -> EventSchemas.of(documents);
      case Compilation.Failed(var mistakes) ->
          throw new CommandFailure(
              "the schemas have mistakes, so no event can be validated\n"
                  + mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")));
    };
  }
}
