package agentpost.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;

/** Asks before something that cannot be taken back. */
public record Confirmation(InputStream in) {
  /** True only if the answer is {@code yes}, spelled out. */
  public boolean ask(PrintWriter out, String question) {
    out.print(question + " Type yes: ");
    out.flush();
    try {
      return "yes".equals(new BufferedReader(new InputStreamReader(in, UTF_8)).readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
