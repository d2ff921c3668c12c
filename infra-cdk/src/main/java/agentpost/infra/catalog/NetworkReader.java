package agentpost.infra.catalog;

import agentpost.address.Cidr;
import agentpost.infra.catalog.Catalog.NetworkPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Reads what the catalog says of addresses: who may come in, and where calls may go and from where.
 */
final class NetworkReader {
  static final NetworkPolicy DEFAULT_POLICY =
      new NetworkPolicy(List.of(), new TreeSet<>(List.of(443)), false, false);

  /**
   * Ranges that may be opened, and the clouds' metadata services within them, which never are; as
   * {@code agentpost.delivery.AddressRules} has them.
   */
  private static final List<String> PRIVATE =
      List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7");

  private static final List<String> METADATA =
      List.of("100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::/32");

  /** A function's environment takes 4 KB in all. */
  private static final int MAX_RANGES = 40;

  private static final int MAX_PORT = 65_535;

  private NetworkReader() {}

  private static Optional<Cidr> range(String text) {
    try {
      return Optional.of(Cidr.of(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static NetworkPolicy read(YamlNode top) {
    Optional<YamlNode> addresses = top.section("addresses", "allow", "ports");
    List<String> allow = addresses.map(section -> ranges(section, "allow")).orElse(List.of());
    allow.forEach(range -> checkOpened(addresses.orElseThrow(), range));
    SortedSet<Integer> ports = addresses.map(NetworkReader::ports).orElse(DEFAULT_POLICY.ports());
    boolean fixed =
        top.get("egress").isPresent()
            && top.text("egress", "static, or not there", "static"::equals).isPresent();
    return new NetworkPolicy(allow, ports, fixed, top.flag("waf", false));
  }

  private static void checkOpened(YamlNode addresses, String text) {
    Optional<Cidr> range = range(text);
    if (range.isEmpty()) {
      return;
    }
    Predicate<String> around = open -> Cidr.of(open).contains(range.get());
    if (PRIVATE.stream().noneMatch(around)) {
      addresses
          .problems()
          .add(
              addresses.pathOf("allow")
                  + " has "
                  + text
                  + ", which is not within "
                  + String.join(", ", PRIVATE)
                  + "; loopback, link-local and all else that is not public stays closed");
    }
    METADATA.stream()
        .filter(metadata -> around.test(metadata) || range.get().contains(Cidr.of(metadata)))
        .forEach(
            metadata ->
                addresses
                    .problems()
                    .add(
                        addresses.pathOf("allow")
                            + " has "
                            + text
                            + ", and in it "
                            + metadata
                            + ", where a cloud's metadata service is; name smaller ranges"));
  }

  private static SortedSet<Integer> ports(YamlNode addresses) {
    Optional<JsonNode> list = addresses.get("ports");
    if (list.isEmpty()) {
      return DEFAULT_POLICY.ports();
    }
    SortedSet<Integer> ports = new TreeSet<>();
    for (JsonNode port : list.get()) {
      if (port.isInt() && port.intValue() >= 1 && port.intValue() <= MAX_PORT) {
        ports.add(port.intValue());
      }
    }
    if (!list.get().isArray() || ports.isEmpty() || ports.size() != list.get().size()) {
      addresses
          .problems()
          .add(
              addresses.pathOf("ports")
                  + " must be a list of different ports, 1 to "
                  + MAX_PORT
                  + ", such as [443, 8443]; got "
                  + list.get());
    }
    return ports;
  }

  /** Ranges of addresses that may come in; empty if everyone may. */
  static List<String> ranges(YamlNode section, String key) {
    Optional<JsonNode> list = section.get(key);
    if (list.isEmpty()) {
      return List.of();
    }
    List<String> ranges = new ArrayList<>();
    if (!list.get().isArray() || list.get().isEmpty() || list.get().size() > MAX_RANGES) {
      section
          .problems()
          .add(
              section.pathOf(key)
                  + " must be a list of 1 to "
                  + MAX_RANGES
                  + " ranges of addresses, such as [192.0.2.0/24, '2001:db8::/32']; got "
                  + YamlNode.kind(list.get()));
      return List.of();
    }
    for (JsonNode range : list.get()) {
      if (!range.isTextual() || range(range.textValue()).isEmpty()) {
        section
            .problems()
            .add(
                section.pathOf(key)
                    + " has "
                    + range
                    + "; a range is like 192.0.2.0/24 or 2001:db8::/32, with no bits beyond its"
                    + " prefix; one address is like 192.0.2.7/32");
      }
      ranges.add(range.asText());
    }
    return ranges;
  }

  /** Who may come in at an agent's door. */
  static List<String> from(YamlNode agent, Catalog.Placement place, NetworkPolicy doors) {
    List<String> from = ranges(agent, "from");
    if (!from.isEmpty() && place instanceof Catalog.Placement.External) {
      agent
          .problems()
          .add(
              agent.pathOf("from")
                  + " is for the door of a hosted agent; an external one has its own, and egress:"
                  + " static gives it addresses to let in");
    } else if (!from.isEmpty() && !doors.hasStaticEgress()) {
      agent
          .problems()
          .add(
              agent.pathOf("from")
                  + " would keep the relay out too, whose addresses are not known: with egress:"
                  + " static they are, and are let in by themselves");
    }
    return from;
  }

  /** An external agent's URL is held to the ports that calls may go to. */
  static void port(YamlNode agent, Catalog.Placement place, NetworkPolicy doors) {
    if (place instanceof Catalog.Placement.External external) {
      int port = external.url().getPort() == -1 ? 443 : external.url().getPort();
      if (!doors.ports().contains(port)) {
        agent
            .problems()
            .add(
                agent.pathOf("external")
                    + ".url has port "
                    + port
                    + ", and addresses.ports has "
                    + doors.ports()
                    + " only");
      }
    }
  }
}
