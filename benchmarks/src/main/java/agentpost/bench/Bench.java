package agentpost.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code ./agentpost bench [NAME]}. */
public final class Bench {
  private Bench() {}

  /**
   * @param args the folder for plots and figures, the benchmark's name, its options
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    String name = args.length > 1 ? args[1] : "handler";
    List<String> options = Arrays.asList(args).subList(Math.min(2, args.length), args.length);
    switch (name) {
      case "handler" -> HandlerBench.run(folder);
      case "growth" -> GrowthBench.run(folder);
      case "outage" -> OutageBench.run(folder);
      default -> {
        System.err.println(
            "bench: no benchmark is named " + name + "; there are growth, handler, outage");
        System.exit(2);
      }
    }
  }
}
