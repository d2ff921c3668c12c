package agentpost.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** {@code --json}: for programs what people get as text. */
public final class JsonOption {
  @Option(names = "--json", description = "Prints JSON instead of text.")
  private boolean json;

  public boolean isSet() {
    return json;
  }

  public void print(PrintWriter out, Supplier<? extends JsonNode> forPrograms, Runnable forPeople) {
    if (json) {
      out.println(forPrograms.get().toPrettyString());
    } else {
      forPeople.run();
    }
    out.flush();
  }

  public void printList(
      PrintWriter out, Stream<? extends JsonNode> forPrograms, Runnable forPeople) {
    print(
        out,
        () -> {
          ArrayNode list = JsonNodeFactory.instance.arrayNode();
          forPrograms.forEach(list::add);
          return list;
        },
        forPeople);
  }
}
