package agentpost.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceNamesTest {
  /** As the design has them; people type these. */
  @Test
  void namesAreTheDesignsOwn() {
    ResourceNames names = ResourceNames.DEFAULT;
    assertEquals("agentpost-welcome-agent", names.agent("welcome-agent"));
    assertEquals("agentpost-welcome-agent-dlq", names.deadLetters("welcome-agent"));
    assertEquals("agentpost/agents/welcome-agent", names.webhookSecret("welcome-agent"));
    assertEquals("agentpost/directory/agents", names.agentDirectory());
    assertEquals("agentpost-agent-state", names.agentState());
    assertEquals("agentpost-try-claims", ResourceNames.ofStage("try").claims());
    assertEquals(
        "agentpost-discarded-123456789012-eu-west-1",
        names.discardBucket("123456789012", "eu-west-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Prod", "7up", "a-b", "abcdefghijklm", " "})
  void whatIsNoStageHasNoNames(String stage) {
    assertFalse(ResourceNames.isStage(stage));
    assertThrows(IllegalArgumentException.class, () -> ResourceNames.ofStage(stage));
  }

  @Property
  void aQueueOfDeadLettersTellsWhoseTheyAre(
      @ForAll @AlphaChars @StringLength(min = 1, max = 12) String agent,
      @ForAll @AlphaChars @StringLength(min = 1, max = 12) String stage) {
    ResourceNames names = ResourceNames.ofStage(stage.toLowerCase(Locale.ROOT));
    String queue = names.deadLetters(agent);
    assertTrue(ResourceNames.isDeadLetters(queue));
    assertEquals(agent, names.agentOfDeadLetters(queue));
    assertThat(queue).isEqualTo(ResourceNames.deadLetters(names.partPrefix(), agent));
  }
}
