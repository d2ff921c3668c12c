package agentpost.local;

import java.util.Map;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 * @param hosts ports of this machine by the names of external agents and callbacks that lead there, without TLS
 */
public record LocalCloudOptions(int port, double timeScale, long jitterSeed, Map<String, Integer> hosts) {
  public LocalCloudOptions {
    hosts = Map.copyOf(hosts);
  }

  public LocalCloudOptions(int port, double timeScale, long jitterSeed) {
    this(port, timeScale, jitterSeed, Map.of());
  }
}
