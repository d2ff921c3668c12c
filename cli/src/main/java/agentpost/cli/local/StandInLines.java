package agentpost.cli.local;

import agentpost.cli.terminal.PlainWriter;
import agentpost.local.egress.ExternalStandIns.Received;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line for each request that the local cloud answered for a host that it does not call; the first
 * of a host says how to reach it.
 */
final class StandInLines {
  private final PrintWriter out;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  StandInLines(PrintWriter out) {
    this.out = out;
  }

  void show(Received received) {
    String host = received.host();
    out.println(
        PlainWriter.line(
            "stand-in for " + host + "  " + received.what() + "  answered " + received.status()));
    if (known.add(host)) {
      String name = host.replaceFirst(":\\d+$", "");
      out.println(
          PlainWriter.line(
              "  nothing was sent to "
                  + host
                  + "; --route "
                  + name
                  + "=PORT leads it to a port here, --allow-internet "
                  + name
                  + " lets it be called"));
    }
    out.flush();
  }
}
