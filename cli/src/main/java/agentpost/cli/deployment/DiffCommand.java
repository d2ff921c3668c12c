package agentpost.cli.deployment;

import agentpost.catalog.CloudAssembly;
import agentpost.cli.cloud.CloudOptions;
import agentpost.cli.terminal.JsonOption;
import agentpost.cli.terminal.PlainWriter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code agentpost diff}: what a deployment would make of a stack, and what would be lost. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the catalog with the deployed stack. Shows which agents, queues, secrets and rules"
          + " come, change and go, and what is lost. Changes nothing.",
      "Exit code 0: nothing is lost; 1: something is lost or could not be read; 2: usage."
    },
    footer = {"", "Example:", "  ./agentpost diff --stage try --region eu-central-1"})
public final class DiffCommand implements Callable<Integer> {
  private final Supplier<CloudAssembly> assembly;

  @Spec private CommandSpec spec;
  @Mixin private final CloudOptions place = new CloudOptions();

  @Mixin private final JsonOption json = new JsonOption();

  /**
   * @param assembly what would be deployed
   */
  public DiffCommand(Supplier<CloudAssembly> assembly) {
    this.assembly = assembly;
  }

  @Override
  public Integer call() {
    DeployedTemplates deployed =
        DeployedTemplates.read(place, PreflightCommand.assembly(place, assembly));
    StackDiff diff = StackDiff.of(deployed.before().stream(), deployed.after().stream());
    List<Loss> losses = Loss.of(place, diff.goes());
    json.print(
        spec.commandLine().getOut(),
        () -> toJson(diff, losses, deployed.unread()),
        () -> print(diff, losses, deployed.unread()));
    return deployed.unread().isEmpty() && losses.stream().noneMatch(Loss::isLost) ? 0 : 1;
  }

  private void print(StackDiff diff, List<Loss> losses, List<Finding> unread) {
    PrintWriter out = spec.commandLine().getOut();
    unread.forEach(finding -> finding.print(out));
    print("comes", diff.comes(), NamedResource::agent, NamedResource::key);
    print(
        "changes",
        diff.changes(),
        change -> change.resource().agent(),
        change -> change.resource().key() + " (" + String.join(", ", change.properties()) + ")");
    print("goes", diff.goes(), NamedResource::agent, NamedResource::key);
    losses.forEach(
        loss -> {
          PlainWriter.say(out, "%-7s  %s".formatted(loss.isLost() ? "lost" : "kept", loss.text()));
          loss.commands().forEach(command -> out.println("           " + command));
        });
    if (diff.isEmpty() && unread.isEmpty()) {
      PlainWriter.say(
          out, "No agent, queue, secret or rule of " + place.prefix() + " comes, changes or goes.");
    }
  }

  /** One line an agent, and one for what all share. */
  private <T> void print(
      String what, List<T> items, Function<T, String> agent, Function<T, String> text) {
    Map<String, List<String>> byAgent =
        items.stream()
            .collect(
                Collectors.groupingBy(
                    agent, TreeMap::new, Collectors.mapping(text, Collectors.toList())));
    byAgent.forEach(
        (name, texts) ->
            PlainWriter.say(
                spec.commandLine().getOut(),
                "%-7s  %s: %s"
                    .formatted(
                        what,
                        name.isEmpty() ? "shared" : "agent " + name,
                        PlainWriter.line(String.join(", ", texts)))));
  }

  private static ArrayNode toJson(StackDiff diff, List<Loss> losses, List<Finding> unread) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    unread.forEach(finding -> list.add(finding.json()));
    diff.comes().forEach(one -> list.add(toJson("comes", one)));
    diff.changes()
        .forEach(
            change -> {
              ObjectNode json = toJson("changes", change.resource());
              ArrayNode properties = json.putArray("properties");
              change.properties().forEach(properties::add);
              list.add(json);
            });
    Map<String, Loss> byKey =
        losses.stream().collect(Collectors.toMap(loss -> loss.resource().key(), loss -> loss));
    for (NamedResource gone : new ArrayList<>(diff.goes())) {
      ObjectNode json = toJson("goes", gone);
      Loss loss = byKey.get(gone.key());
      if (loss != null) {
        json.put("lost", loss.isLost());
        loss.messages().ifPresent(messages -> json.put("messages", messages));
      }
      list.add(json);
    }
    return list;
  }

  private static ObjectNode toJson(String change, NamedResource resource) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("change", change)
        .put("agent", resource.agent())
        .put("kind", resource.kind())
        .put("name", resource.name());
  }
}
