package agentpost;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.schemas.EventSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever depends on these modules has the events that these publish, and no example's. */
class FrameworkEventsTest {
  /** Beside the gateway's: they are published by what an agent extends, and answered by agents. */
  private static final Set<String> OF_AGENTS = Set.of("information.provided");

  /** Of the same form. */
  private static final Set<String> NO_EVENTS = Set.of("home.arpa", "data.correlation_id");

  private static final Pattern TEXT = Pattern.compile("\"([a-z_]+\\.[a-z_]+)\"");

  @Test
  void theClassPathHasTheEventsThatAreNamedInTheSources() throws IOException {
    Set<String> named = new TreeSet<>(OF_AGENTS);
    for (String module : new String[] {"../runtime", "../gateway"}) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src/main/java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          TEXT.matcher(Files.readString(file))
              .results()
              .map((MatchResult text) -> text.group(1))
              .filter(text -> !NO_EVENTS.contains(text))
              .forEach(named::add);
        }
      }
    }
    assertThat(EventSchemas.load().eventTypes()).containsExactlyElementsOf(named);
  }
}
