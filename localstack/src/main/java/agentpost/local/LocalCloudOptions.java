package agentpost.local;

import java.util.Map;
import java.util.Set;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 * @param host where to listen beside loopback: an address of this machine, or 0.0.0.0 for all of them
 * @param names under which clients may ask for it, beside this machine's own
 * @param isolated whether each function runs from its zip in processes of its own, under AWS's Java runtime interface client
 * @param routes ports of this machine by the names of external agents and callbacks that lead there, without TLS
 */
public record LocalCloudOptions(int port, double timeScale, long jitterSeed, String host, Set<String> names, boolean isolated, Map<String, Integer> routes) {
  public LocalCloudOptions {
    names = Set.copyOf(names);
    routes = Map.copyOf(routes);
  }

  /** On loopback alone, with functions in this JVM. */
  public LocalCloudOptions(int port, double timeScale, long jitterSeed) {
    this(port, timeScale, jitterSeed, Gateway.LOOPBACK, Set.of(), false, Map.of());
  }

  public LocalCloudOptions withHost(String other, Set<String> clientsNames) {
    return new LocalCloudOptions(port, timeScale, jitterSeed, other, clientsNames, isolated, routes);
  }

  public LocalCloudOptions withIsolated(boolean yes) {
    return new LocalCloudOptions(port, timeScale, jitterSeed, host, names, yes, routes);
  }

  public LocalCloudOptions withRoutes(Map<String, Integer> others) {
    return new LocalCloudOptions(port, timeScale, jitterSeed, host, names, isolated, others);
  }
}
