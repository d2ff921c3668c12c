package agentpost.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter out = new StringWriter();

  @Test
  void onATerminalOneLineIsWrittenOverAndGoneAtTheEnd() {
    Progress progress = new Progress(new PrintWriter(out), true);
    progress.report(0.5, "half");
    progress.report(0.75, "more");
    progress.say("refused  event-1");
    progress.end();
    assertThat(out.toString())
        .isEqualTo(
            "\r\033[K[############------------]  50 %  half"
                + "\r\033[K[##################------]  75 %  more"
                + "\r\033[Krefused  event-1\n");
  }

  @Test
  void elsewhereEveryFurtherTenthIsALine() {
    Progress progress = new Progress(new PrintWriter(out), false);
    for (double part : new double[] {0, 0.05, 0.12, 0.19, 0.2, 1.2}) {
      progress.report(part, "x");
    }
    progress.say("done");
    assertThat(out.toString()).isEqualTo("  0 %  x\n 12 %  x\n 20 %  x\n100 %  x\ndone\n");
  }
}
