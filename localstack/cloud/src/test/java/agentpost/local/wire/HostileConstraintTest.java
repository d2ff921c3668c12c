package agentpost.local.wire;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.EventBridge;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every pattern of the models' shapes, held to a hundred thousand characters of what is worst for
 * it.
 */
class HostileConstraintTest {
  private static final int FLOOD = 100_000;

  private static final List<String> PIECES =
      List.of(
          "a",
          "A",
          "0",
          "-",
          " ",
          "\t",
          " a",
          "a ",
          "/",
          ":",
          "%41",
          ".",
          "\u0001",
          "\ud83d\ude00");

  private static Set<String> patterns() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(EventBridge.class.getResourceAsStream("requests.json"))) {
      JsonNode model = new JsonMapper().readTree(in);
      return model.findValuesAsText("pattern").stream()
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void noTextOverflowsTheStackOrTakesForEver() throws IOException {
    assertThat(patterns()).hasSizeGreaterThan(10);
    for (String pattern : patterns()) {
      JsonNode shape =
          JsonNodeFactory.instance
              .objectNode()
              .put("type", "string")
              .put("max", 1600)
              .put("pattern", pattern);
      for (String piece : PIECES) {
        for (String begin :
            List.of(
                "",
                "arn:aws",
                "arn:aws:events:",
                "arn:aws:events:us-east-1:000000000000:connection/")) {
          TextNode text = TextNode.valueOf(begin + piece.repeat(FLOOD / piece.length()) + "\u0001");
          assertThat(Constraint.findBroken(shape, text))
              .as(pattern)
              .contains("Member must have length less than or equal to 1600");
        }
      }
    }
  }

  @Test
  void anArnThatFitsStillDoes() {
    JsonNode shape =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "string")
            .put(
                "pattern",
                "^arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:connection\\/[\\.\\-_A-Za-z0-9]+\\/[\\-A-Za-z0-9]+$");
    assertThat(
            Constraint.findBroken(
                shape, TextNode.valueOf("arn:aws:events:us-east-1:000000000000:connection/a/b-1")))
        .isEmpty();
    assertThat(
            Constraint.findBroken(
                shape, TextNode.valueOf("arn:aws:events:us-east-1:000000000000:connection/a")))
        .hasSize(1);
  }
}
