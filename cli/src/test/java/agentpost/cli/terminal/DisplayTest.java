package agentpost.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

class DisplayTest {
  private static Display display(int columns) {
    return new Display(columns, false, Ansi.OFF);
  }

  private static Display of(Map<String, String> environment, String... terminals) {
    Properties launcher = new Properties();
    launcher.setProperty("agentpost.terminal", String.join(" ", terminals));
    launcher.setProperty("agentpost.columns", "132");
    return Display.of("out", environment, launcher);
  }

  @Test
  void aTerminalHasColoursAndACursorAndItsColumns() {
    assertEquals(
        new Display(132, true, Ansi.ON), of(Map.of("TERM", "xterm-256color"), "out", "err"));
  }

  @Test
  void aDumbTerminalHasNeitherColoursNorACursor() {
    assertEquals(new Display(132, false, Ansi.OFF), of(Map.of("TERM", "dumb"), "out"));
    assertEquals(new Display(132, false, Ansi.OFF), of(Map.of(), "out"));
  }

  @Test
  void whoWantsNoColourHasNone() {
    assertEquals(
        new Display(132, true, Ansi.OFF), of(Map.of("TERM", "xterm", "NO_COLOR", "1"), "out"));
    assertEquals(
        Ansi.ON,
        of(Map.of("TERM", "xterm", "NO_COLOR", ""), "out").ansi(),
        "empty is not set (no-color.org)");
  }

  @Test
  void whatIsNoTerminalHasNothingOfIt() {
    assertEquals(Display.FILE, of(Map.of("TERM", "xterm")));
    assertEquals(Display.FILE, of(Map.of("TERM", "xterm"), "err"), "the other output's terminal");
    assertEquals(80, Display.FILE.helpColumns());
  }

  @ParameterizedTest
  @CsvSource({"100,100", "80,80", "5,20", "0,132", "-1,132", "wide,132", "'',132", "99999,132"})
  void columnsAreTheUsersWordIfTheyAreANumber(String columns, int expected) {
    assertEquals(expected, of(Map.of("COLUMNS", columns, "TERM", "xterm"), "out").columns());
  }

  @Test
  void columnsCountInAPipeToo() {
    assertEquals(new Display(60, false, Ansi.OFF), of(Map.of("COLUMNS", "60", "TERM", "xterm")));
  }

  @Property
  void whatIsBrokenIsBrokenBetweenWords(
      @ForAll @Size(min = 1, max = 40)
          List<@AlphaChars @StringLength(min = 1, max = 12) String> words,
      @ForAll @IntRange(min = 20, max = 120) int columns) {
    String broken = display(columns).wrap(String.join(" ", words), "    ");
    assertEquals(words, List.of(broken.strip().split("\\s+")));
    assertThat(broken.lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(columns));
    assertThat(broken.lines().skip(1))
        .allSatisfy(line -> assertThat(line).startsWith("    ").doesNotStartWith("     "));
  }

  @Test
  void aWordThatFitsNowhereHasALineOfItsOwn() {
    assertEquals(
        "a\n  https://example.com/long\n  b",
        display(20).wrap("a https://example.com/long b", "  "));
  }

  @Test
  void linesThatAreThereStayAndSpacesBetweenColumnsToo() {
    assertEquals("one:\n  two  three\n", display(20).wrap("one:\n  two  three\n", "  "));
  }

  @Property
  void aRowOfATableFitsTheTerminal(
      @ForAll @Size(min = 1, max = 12)
          List<@AlphaChars @StringLength(min = 1, max = 9) String> reasons,
      @ForAll @AlphaChars @StringLength(min = 1, max = 18) String name,
      @ForAll @IntRange(min = 24, max = 140) int columns) {
    String row =
        Table.of(display(columns), 18, 8, -7, 14)
            .row(name, "hosted", "12", String.join(" ", reasons));
    assertThat(row.lines())
        .allSatisfy(line -> assertThat(line.length()).as(row).isLessThanOrEqualTo(columns));
    assertThat(row.strip().split("\\s+"))
        .startsWith(name, "hosted", "12")
        .hasSize(3 + reasons.size());
  }

  @Test
  void columnsThatDoNotFitGoOnBelow() {
    Table table = Table.of(display(28), 10, 8, -7, 12);
    assertEquals(
        "AGENT       PLACE\n    LETTERS  REASONS",
        table.row("AGENT", "PLACE", "LETTERS", "REASONS"));
    assertEquals(
        "crm         external\n         14  TIMEOUT 12,\n             THROTTLING 2",
        table.row("crm", "external", "14", "TIMEOUT 12, THROTTLING 2"));
    assertEquals("crm         external\n          0", table.row("crm", "external", "0", ""));
  }

  @Test
  void aProgressLineIsCutWhereTheTerminalEnds() {
    StringWriter shown = new StringWriter();
    PlainWriter out = PlainWriter.wrap(new PrintWriter(shown), new Display(40, true, Ansi.OFF));
    Progress.of(out).report(0.5, "about 1234567 of 2345678 letters are left");
    out.flush();
    assertEquals("\r\u001b[K[############------------]  50 %  about", shown.toString());
  }
}
