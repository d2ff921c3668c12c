package agentpost.cli.local;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The browser of whoever sits at this machine, by its system's own command. */
final class Browser {
  private Browser() {}

  /**
   * @return whether there is such a command
   */
  static boolean open(URI page) {
    return start(command(System.getProperty("os.name", "")), page);
  }

  static List<String> command(String system) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return List.of("open");
    }
    return name.startsWith("windows")
        ? List.of("rundll32", "url.dll,FileProtocolHandler")
        : List.of("xdg-open");
  }

  private static boolean start(List<String> command, URI page) {
    try {
      Process _ =
          new ProcessBuilder(Stream.concat(command.stream(), Stream.of(page.toString())).toList())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
