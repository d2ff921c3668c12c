package agentpost.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class LabelledLinesTest {
  @Test
  void aStoryIsBrokenBelowItsText() {
    StringWriter shown = new StringWriter();
    new LabelledLines(PlainWriter.wrap(new PrintWriter(shown), new Display(40, true, Ansi.ON)))
        .say("bold", "welcome", "an e-mail to ada@example.com, once and not again");
    assertThat(shown.toString().replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(
            "welcome      an e-mail to\n"
                + "             ada@example.com, once and\n"
                + "             not again\n");
    assertThat(shown.toString()).contains("\u001b[1m");
  }

  @Test
  void aLabelIsColouredAndItsTextIsNot() {
    StringWriter shown = new StringWriter();
    PrintWriter out = PlainWriter.wrap(new PrintWriter(shown));
    PlainWriter.unwrap(out).print("\u001b[1mbold\u001b[0m");
    new LabelledLines(out).say("", "refused", "500 \u001b[2J\nready: all is well");
    assertThat(shown.toString())
        .startsWith("\u001b[1mbold\u001b[0m")
        .endsWith("refused      500 \\u001b[2J\\u000aready: all is well" + System.lineSeparator());
  }
}
