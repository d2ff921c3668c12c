package agentpost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.infra.Template.Resource;
import agentpost.infra.bytecode.ReachabilityAnalysis;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No function has a variable that nobody reads: it would look like a setting, and changing it would
 * change nothing.
 */
class VariablesTest {
  /** What Lambda's own runtime, the JVM or a library reads. */
  private static final Set<String> READ_BY_OTHERS = Set.of("JAVA_TOOL_OPTIONS");

  @Test
  void everyVariableIsReadByTheCodeOfItsFunction(@TempDir Path directory) {
    Map<String, Set<String>> unread = new TreeMap<>();
    Synthesized real = Synthesized.real(directory);
    for (Resource function :
        real.templates()
            .flatMap(template -> template.all("AWS::Lambda::Function").stream())
            .toList()) {
      JsonNode variables = function.at("/Environment/Variables");
      Set<String> left = new TreeSet<>();
      variables.fieldNames().forEachRemaining(left::add);
      left.removeAll(READ_BY_OTHERS);
      left.removeAll(ReachabilityAnalysis.from(function.text("/Handler")).settings());
      if (!left.isEmpty()) {
        unread.put(function.text("/FunctionName"), left);
      }
    }
    assertThat(unread).isEmpty();
  }
}
