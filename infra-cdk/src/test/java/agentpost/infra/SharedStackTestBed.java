package agentpost.infra;

import agentpost.infra.Template.Resource;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Stacks of a large, a minimal and a mixed catalog. The classes of this module run one by one. */
abstract class SharedStackTestBed {
  static List<Synthesized> stacks = List.of();

  @BeforeAll
  static void synthesize(@TempDir Path real, @TempDir Path least, @TempDir Path mixed) {
    stacks =
        List.of(
            Synthesized.of(real, Synthesized.REAL_CATALOG, Map.of()),
            Synthesized.of(least, Synthesized.MINIMAL_CATALOG, Map.of()),
            Synthesized.of(mixed, Synthesized.MIXED, Map.of("stage", "try7")));
  }

  static Stream<Synthesized> stacks() {
    return stacks.stream();
  }

  static Resource function(Synthesized stack, String name) {
    String full = stack.names().prefix() + "-" + name;
    return stack.root().all("AWS::Lambda::Function").stream()
        .filter(function -> function.text("/FunctionName").equals(full))
        .findFirst()
        .orElseThrow();
  }
}
