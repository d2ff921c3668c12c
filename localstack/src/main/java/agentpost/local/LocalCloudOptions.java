package agentpost.local;

import java.util.Set;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 * @param host where to listen beside loopback: an address of this machine, or 0.0.0.0 for all of them
 * @param names under which clients may ask for it, beside this machine's own
 */
public record LocalCloudOptions(int port, double timeScale, long jitterSeed, String host, Set<String> names) {
  public LocalCloudOptions {
    names = Set.copyOf(names);
  }

  /** On loopback alone. */
  public LocalCloudOptions(int port, double timeScale, long jitterSeed) {
    this(port, timeScale, jitterSeed, Gateway.LOOPBACK, Set.of());
  }
}
