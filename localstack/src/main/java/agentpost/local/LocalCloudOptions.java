package agentpost.local;

import java.util.Map;
import java.util.Set;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 * @param host where to listen beside loopback: an address of this machine, or 0.0.0.0 for all of them
 * @param names under which clients may ask for it, beside this machine's own
 * @param routes ports of this machine by the names of external agents and callbacks that lead there, without TLS
 */
public record LocalCloudOptions(int port, double timeScale, long jitterSeed, String host, Set<String> names, Map<String, Integer> routes) {
  public LocalCloudOptions {
    names = Set.copyOf(names);
    routes = Map.copyOf(routes);
  }

  /** With nowhere else to lead to. */
  public LocalCloudOptions(int port, double timeScale, long jitterSeed, String host, Set<String> names) {
    this(port, timeScale, jitterSeed, host, names, Map.of());
  }

  /** On loopback alone. */
  public LocalCloudOptions(int port, double timeScale, long jitterSeed) {
    this(port, timeScale, jitterSeed, Map.of());
  }

  /** On loopback alone, with routes. */
  public LocalCloudOptions(int port, double timeScale, long jitterSeed, Map<String, Integer> routes) {
    this(port, timeScale, jitterSeed, Gateway.LOOPBACK, Set.of(), routes);
  }
}
