package agentpost.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PlainWriterTest {
  private static final String COMMANDS =
      "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f\\u061c]";
  private final StringWriter shown = new StringWriter();
  private final PlainWriter out = PlainWriter.wrap(new PrintWriter(shown));

  @Property
  void noTextDrivesTheTerminal(@ForAll String text) {
    StringWriter terminal = new StringWriter();
    PlainWriter plain = PlainWriter.wrap(new PrintWriter(terminal));
    plain.println(text);
    plain.print(text.toCharArray());
    plain.printf("%s%n", text);
    plain.append(text);
    text.chars().forEach(plain::write);
    plain.flush();
    assertThat(terminal.toString()).doesNotContainPattern(COMMANDS);
  }

  @Property
  void jsonStaysTheSameJson(@ForAll String text) throws Exception {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("problem", text);
    assertEquals(json, new JsonMapper().readTree(PlainWriter.toPlain(json.toPrettyString())));
  }

  @Property
  void aTextInALineBeginsNoOther(@ForAll String text) {
    assertThat(PlainWriter.line(text)).doesNotContain("\n", "\r").doesNotContainPattern(COMMANDS);
  }

  @Test
  void commandsAreShownAsJsonEscapesThem() {
    out.println("a\u001b]0;owned\u0007b\u009b2J\u202ec\td\u00e9\ud83d\ude00");
    assertEquals(
        "a\\u001b]0;owned\\u0007b\\u009b2J\\u202ec\td\u00e9\ud83d\ude00" + System.lineSeparator(),
        shown.toString());
  }

  @Test
  void aProgressLineMovesTheCursorAndItsTextDoesNot() {
    Progress progress = new Progress(out, true);
    progress.report(0.5, "about \u001b[2J");
    progress.say("left  \r\n1 delivered");
    assertThat(shown.toString())
        .contains("\r\u001b[K[####")
        .contains("about \\u001b[2J")
        .contains("left  \\u000d\\u000a1 delivered");
  }

  @Test
  void whatACommandPrintsIsPlainWhicheverWriterItHas() {
    Run run = Run.of("", "redeliver", "crm-sync", "no\u001b[2Jfile");
    assertThat(run.everything()).contains("no\\u001b[2Jfile").doesNotContain("\u001b");
  }
}
