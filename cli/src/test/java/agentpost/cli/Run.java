package agentpost.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.cli.terminal.Display;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** One run of the command in this JVM: what it was given on standard input, and what came of it. */
public record Run(int exitCode, String out, String err) {
  public static Run of(byte[] in, String... args) {
    return of(new ByteArrayInputStream(in), args);
  }

  public static Run of(InputStream in, String... args) {
    return of(in, Display.FILE, args);
  }

  /** As on a terminal that wide. */
  public static Run of(int columns, String... args) {
    return of(
        new ByteArrayInputStream(new byte[0]),
        new Display(columns, false, CommandLine.Help.Ansi.OFF),
        args);
  }

  private static Run of(InputStream in, Display display, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Agentpost.commandLine(in, display, display)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    int exitCode = command.execute(args);
    return new Run(exitCode, out.toString(), err.toString());
  }

  public static Run of(String in, String... args) {
    return of(in.getBytes(UTF_8), args);
  }

  public String everything() {
    return out + err;
  }
}
