package agentpost.cli.events;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.project.ProjectSchemas;
import agentpost.cli.terminal.CommandFailure;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code agentpost events check}: what the schemas as they are now would break. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Compares the schemas as they are with a git revision or another folder of events. Shows"
            + " what breaks, for which agents, and which of the older examples are refused; exit"
            + " code 1 if anything does.",
    footer = {"", "Example:", "  ./agentpost events check --against HEAD"})
public final class EventsCheckCommand implements Callable<Integer> {
  private final Supplier<CloudAssembly> assembly;

  @Spec private CommandSpec spec;

  @Option(
      names = "--against",
      paramLabel = "REVISION|DIR",
      defaultValue = "HEAD",
      description = "What to compare with; by default HEAD, the last commit.")
  private String against;

  @Mixin private final JsonOption json = new JsonOption();

  /**
   * @param assembly the template, which has the agents' patterns
   */
  public EventsCheckCommand(Supplier<CloudAssembly> assembly) {
    this.assembly = assembly;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Path> folders = ProjectSchemas.folders();
    if (folders.isEmpty()) {
      throw new CommandFailure("there is no events-schemas folder here to compare");
    }
    Path scratch = Files.createTempDirectory("agentpost-events");
    try {
      SchemaSnapshot older =
          isFolder(against)
              ? SchemaSnapshot.of(against, List.of(Path.of(against)))
              : SchemaSnapshot.ofRevision(against, folders, scratch);
      SchemaSnapshot newer = SchemaSnapshot.of("now", folders);
      return report(older, SchemaBreaks.find(older, newer.schemas()));
    } finally {
      delete(scratch);
    }
  }

  private static boolean isFolder(String text) {
    try {
      return Files.isDirectory(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private int report(SchemaSnapshot older, List<SchemaBreaks> breaks) {
    List<Subscription> subscriptions =
        breaks.isEmpty() ? List.of() : Subscription.readAll(assembly.get());
    PrintWriter out = spec.commandLine().getOut();
    json.printList(
        out,
        breaks.stream().map(each -> toJson(each, subscriptions)),
        () -> print(older, breaks, subscriptions, out));
    return breaks.isEmpty() ? 0 : 1;
  }

  private static Stream<Subscription> subscribers(
      SchemaBreaks breaks, List<Subscription> subscriptions) {
    return subscriptions.stream().filter(one -> !one.conditions(breaks.type()).isEmpty());
  }

  private static ObjectNode toJson(SchemaBreaks breaks, List<Subscription> subscriptions) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("event_type", breaks.type())
            .put("major", breaks.major());
    breaks.problems().forEach(json.putArray("problems")::add);
    breaks.refusedExamples().forEach(json.putArray("refused_examples")::add);
    ObjectNode agents = json.putObject("agents");
    subscribers(breaks, subscriptions)
        .forEach(one -> breaks.readBy(one).forEach(agents.putArray(one.agent())::add));
    return json;
  }

  private static void print(
      SchemaSnapshot older,
      List<SchemaBreaks> breaks,
      List<Subscription> subscriptions,
      PrintWriter out) {
    if (breaks.isEmpty()) {
      out.println(
          "nothing breaks: "
              + older.schemas().eventTypes().size()
              + " events compared with "
              + older.name());
      return;
    }
    for (SchemaBreaks each : breaks) {
      out.println(each.type() + " " + each.major());
      each.problems().forEach(problem -> PlainWriter.say(out, "  " + problem));
      each.refusedExamples()
          .forEach(
              example ->
                  PlainWriter.say(out, "  example of " + older.name() + " is refused: " + example));
      subscribers(each, subscriptions)
          .forEach(one -> PlainWriter.say(out, "  " + describe(one, each)));
    }
    PlainWriter.say(
        out,
        "what was valid must stay so: leave these versions as "
            + older.name()
            + " has them, and write what changed as a new major version, such as "
            + breaks.getFirst().type()
            + "/"
            + (breaks.getFirst().major() + 1)
            + ".schema.json");
  }

  private static String describe(Subscription subscription, SchemaBreaks breaks) {
    List<String> read = breaks.readBy(subscription);
    return subscription.agent()
        + " receives it"
        + (read.isEmpty() ? "" : ", and its pattern reads " + String.join(", ", read));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException("Cannot delete " + file, e);
                }
              });
    }
  }
}
