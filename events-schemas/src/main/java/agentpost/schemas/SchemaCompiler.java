package agentpost.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes whole schemas of events as their authors write them: run by the build, and by whatever
 * reads a folder of events as it is.
 */
public final class SchemaCompiler {
  private static final String USAGE =
      "usage: java agentpost.schemas.SchemaCompiler SOURCE_FOLDER OUTPUT_FOLDER";

  /** Of CreateSchema's Content (EventBridge Schemas API reference). */
  private static final int MAX_LENGTH = 100_000;

  private SchemaCompiler() {}

  /** Ends with 0, with 1 if the sources have mistakes, which it prints, and with 2 if misused. */
  public static void main(String[] args) throws IOException {
    // The validator's logging has nobody to log to, and would say so
    // (slf4j.org/codes.html#noProviders).
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(run(args, SchemaCompiler.class.getClassLoader(), System.err));
  }

  /**
   * @param classPath what is compiled against: an event that it has, elsewhere than in the output,
   *     is taken
   */
  static int run(String[] args, ClassLoader classPath, PrintStream err) throws IOException {
    if (args.length != 2) {
      err.println(USAGE);
      return 2;
    }
    Path source = Path.of(args[0]);
    CompiledFolder output = new CompiledFolder(Path.of(args[1]));
    Compilation compilation = compile(source, output.others(classPath), true);
    return switch (compilation) {
      case Compilation.Failed(var mistakes) -> {
        // As Maven marks its own, which the launcher looks for in a build's log.
        mistakes.forEach(mistake -> err.println("[ERROR] " + mistake));
        yield 1;
      }
      case Compilation.Compiled(var documents) -> {
        output.write(documents);
        yield 0;
      }
    };
  }

  /**
   * The events of a folder, for those who want them while they are written: what says in words what
   * they mean, and their examples, are not looked at.
   */
  public static Compilation compile(Path source) {
    return compile(source, Map.of(), false);
  }

  /** Writes compiled events into a folder of a class path, with the index that finds them. */
  public static void write(Map<String, Map<SchemaVersion, JsonNode>> documents, Path output)
      throws IOException {
    new CompiledFolder(output).write(documents);
  }

  /**
   * @param taken event types that others have, by who has them
   * @param isFinal whether they are to be published, with their words and examples
   */
  private static Compilation compile(Path source, Map<String, String> taken, boolean isFinal) {
    SourceFolder folder = SourceFolder.read(source);
    List<Mistake> mistakes = new ArrayList<>(folder.mistakes());
    Envelope envelope = new Envelope();
    SortedMap<String, Map<SchemaVersion, JsonNode>> compiled = new TreeMap<>();
    folder
        .events()
        .forEach(
            (type, versions) -> {
              if (taken.containsKey(type)) {
                mistakes.add(
                    new Mistake(
                        source.resolve(type),
                        "",
                        "is an event of " + taken.get(type) + " already; choose another name"));
              }
              List<Mistake> own = new ArrayList<>();
              SortedMap<SchemaVersion, JsonNode> whole = new TreeMap<>();
              versions.forEach(
                  (version, schema) -> {
                    Path file = folder.file(type, version);
                    int before = own.size();
                    new EventSource(
                            envelope, (at, problem) -> own.add(new Mistake(file, at, problem)))
                        .check(schema);
                    if (own.size() == before) {
                      if (isFinal) {
                        new EventSource(
                                envelope,
                                (at, problem) -> mistakes.add(new Mistake(file, at, problem)))
                            .checkWords(schema);
                      }
                      JsonNode combined = envelope.combine(type, schema);
                      checkSize(file, combined, own);
                      whole.put(version, combined);
                    }
                  });
              own.addAll(findBreaks(folder, type, whole));
              if (isFinal && own.isEmpty() && !whole.isEmpty()) {
                own.addAll(ExampleCheck.mistakes(folder, type, whole));
              }
              mistakes.addAll(own);
              compiled.put(type, whole);
            });
    mistakes.sort(Comparator.comparing(Mistake::file));
    return mistakes.isEmpty()
        ? new Compilation.Compiled(compiled)
        : new Compilation.Failed(mistakes);
  }

  private static void checkSize(Path file, JsonNode whole, List<Mistake> mistakes) {
    int length = SchemaText.write(whole).length();
    if (length > MAX_LENGTH) {
      mistakes.add(
          new Mistake(
              file,
              "",
              "has "
                  + length
                  + " characters with the envelope, and EventBridge's schema registry takes "
                  + MAX_LENGTH));
    }
  }

  /** A minor version only adds what may be left out. */
  private static List<Mistake> findBreaks(
      SourceFolder folder, String type, SortedMap<SchemaVersion, JsonNode> versions) {
    List<Mistake> mistakes = new ArrayList<>();
    JsonNode before = null;
    int major = 0;
    for (Map.Entry<SchemaVersion, JsonNode> version : versions.entrySet()) {
      if (before != null && version.getKey().major() == major) {
        for (String broken : Compatibility.breaks(before, version.getValue())) {
          mistakes.add(
              new Mistake(
                  folder.file(type, version.getKey()),
                  "",
                  "is not a minor version: "
                      + broken
                      + ", and what was valid must stay so; make it "
                      + (major + 1)
                      + SourceFolder.SCHEMA));
        }
      }
      before = version.getValue();
      major = version.getKey().major();
    }
    return mistakes;
  }
}
