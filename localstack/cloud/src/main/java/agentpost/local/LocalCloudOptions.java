package agentpost.local;

import agentpost.local.frontdoor.Gateway;
import java.util.Map;
import java.util.Set;

/**
 * @param port 0 for a free one
 * @param timeScale how many times faster than the wall waits, ages, schedules and rates go, from 1
 * @param jitterSeed of the waits between attempts
 * @param host where to listen beside loopback: an address of this machine, or 0.0.0.0 for all of
 *     them
 * @param names under which clients may ask for it, beside this machine's own
 * @param isolated whether each function runs from its zip in processes of its own, under AWS's Java
 *     runtime interface client
 * @param routes ports of this machine by the hosts that lead there, without TLS: external agents',
 *     callbacks', API destinations'
 * @param allowed hosts that may be called where they are; nothing else leaves this machine
 * @param strict whether what AWS would refuse for want of a permission is refused here too: a
 *     target without the role it needs, and a queue without a policy that lets EventBridge send
 */
public record LocalCloudOptions(
    int port,
    double timeScale,
    long jitterSeed,
    String host,
    Set<String> names,
    boolean isolated,
    Map<String, Integer> routes,
    Set<String> allowed,
    boolean strict) {
  public LocalCloudOptions {
    names = Set.copyOf(names);
    routes = Map.copyOf(routes);
    allowed = Set.copyOf(allowed);
  }

  /** On loopback alone, with functions in this JVM. */
  public LocalCloudOptions(int port, double timeScale, long jitterSeed) {
    this(port, timeScale, jitterSeed, Gateway.LOOPBACK, Set.of(), false, Map.of(), Set.of(), false);
  }

  public LocalCloudOptions withHost(String other, Set<String> clientsNames) {
    return new LocalCloudOptions(
        port, timeScale, jitterSeed, other, clientsNames, isolated, routes, allowed, strict);
  }

  public LocalCloudOptions withIsolated(boolean yes) {
    return new LocalCloudOptions(
        port, timeScale, jitterSeed, host, names, yes, routes, allowed, strict);
  }

  public LocalCloudOptions withRoutes(Map<String, Integer> others) {
    return new LocalCloudOptions(
        port, timeScale, jitterSeed, host, names, isolated, others, allowed, strict);
  }

  public LocalCloudOptions withStrict(boolean yes) {
    return new LocalCloudOptions(
        port, timeScale, jitterSeed, host, names, isolated, routes, allowed, yes);
  }

  /** What may leave this machine. */
  public LocalCloudOptions withAllowed(Set<String> hosts) {
    return new LocalCloudOptions(
        port, timeScale, jitterSeed, host, names, isolated, routes, hosts, strict);
  }
}
