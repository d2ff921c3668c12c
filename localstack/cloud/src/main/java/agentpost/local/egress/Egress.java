package agentpost.local.egress;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a host leads, decided by its name alone: nothing is looked up, and nothing leaves the
 * machine unless it is allowed by name. Names are compared without case and without a dot at their
 * end.
 */
public final class Egress {
  /** Loopback's by RFC 6761, section 6.3; JDK's resolver does not ask a server for them. */
  private static final Pattern LOCALHOST = Pattern.compile("(.+\\.)?localhost");

  /** Where a host leads. */
  public sealed interface Destination {
    /** To a port of loopback, without TLS. */
    record Routed(int port) implements Destination {}

    /** To this machine: loopback, or an address of its own. */
    record Machine() implements Destination {}

    /** To where it says. */
    record Allowed() implements Destination {}

    /** Nowhere: somebody here answers for it, if anybody. */
    record StandIn() implements Destination {}
  }

  private final Map<String, Integer> routes;
  private final Set<String> allowed;

  /**
   * @param routes ports of this machine by the hosts that lead there
   * @param allowed hosts that may be called where they are
   */
  public Egress(Map<String, Integer> routes, Set<String> allowed) {
    this.routes =
        routes.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(e -> normalize(e.getKey()), Map.Entry::getValue));
    this.allowed = allowed.stream().map(Egress::normalize).collect(Collectors.toUnmodifiableSet());
  }

  /** With nothing routed and nothing allowed. */
  public static Egress closed() {
    return new Egress(Map.of(), Set.of());
  }

  /**
   * @param host a name, or an address with or without brackets
   */
  public Destination to(String host) {
    String name = normalize(host);
    Integer port = routes.get(name);
    if (port != null) {
      return new Destination.Routed(port);
    }
    if (isOfThisMachine(name)) {
      return new Destination.Machine();
    }
    return allowed.contains(name) ? new Destination.Allowed() : new Destination.StandIn();
  }

  /** The hosts that may be called where they are. */
  public Set<String> allowedHosts() {
    return allowed;
  }

  private static String normalize(String host) {
    String name = host.strip().toLowerCase(Locale.ROOT);
    if (name.startsWith("[") && name.endsWith("]")) {
      return name.substring(1, name.length() - 1);
    }
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static boolean isOfThisMachine(String name) {
    if (LOCALHOST.matcher(name).matches()) {
      return true;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(name);
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (IllegalArgumentException e) {
      // A name, and names of others are not looked up.
      return false;
    } catch (SocketException e) {
      throw new IllegalStateException("This machine's addresses cannot be listed", e);
    }
  }
}
