package agentpost.infra.catalog;

import agentpost.address.AddressRules;
import agentpost.address.Cidr;
import agentpost.address.Ranges;
import agentpost.catalog.CatalogNode;
import agentpost.catalog.RangesReader;
import agentpost.infra.catalog.Catalog.NetworkPolicy;
import agentpost.infra.catalog.Catalog.Throttle;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads what the catalog says of addresses: who may come in, and where calls may go and from where.
 */
final class NetworkReader {
  static final NetworkPolicy DEFAULT_POLICY =
      new NetworkPolicy(
          List.of(), new TreeSet<>(List.of(443)), false, false, new Throttle(100, 100, 10));

  /** API Gateway's default quota for an account: more is not to be had without asking. */
  private static final int MAX_RATE = 10_000;

  private static final int MAX_PORT = 65_535;

  private NetworkReader() {}

  static NetworkPolicy read(CatalogNode top) {
    Optional<CatalogNode> addresses = top.section("addresses", "allow", "ports");
    List<String> allow =
        addresses.map(section -> RangesReader.read(section, "allow")).orElse(List.of());
    allow.forEach(range -> checkOpened(addresses.orElseThrow(), range));
    SortedSet<Integer> ports = addresses.map(NetworkReader::ports).orElse(DEFAULT_POLICY.ports());
    boolean fixed =
        top.get("egress").isPresent()
            && top.text("egress", "static, or not there", "static"::equals).isPresent();
    return new NetworkPolicy(allow, ports, fixed, top.flag("waf", false), throttle(top));
  }

  private static Throttle throttle(CatalogNode top) {
    Throttle usual = DEFAULT_POLICY.throttle();
    return top.section("throttle", "ingest", "operations", "keys")
        .map(
            section ->
                new Throttle(
                    section.integer("ingest", 1, MAX_RATE, usual.ingest()),
                    section.integer("operations", 1, MAX_RATE, usual.operations()),
                    section.integer("keys", 1, MAX_RATE, usual.keys())))
        .orElse(usual);
  }

  private static void checkOpened(CatalogNode addresses, String text) {
    if (!Cidr.isValid(text)) {
      return;
    }
    Cidr range = Cidr.of(text);
    String has = addresses.pathOf("allow") + " has " + text;
    if (!AddressRules.isPrivate(range)) {
      addresses
          .problems()
          .add(
              has
                  + ", which is not within "
                  + AddressRules.privateRanges()
                  + "; loopback, link-local and all else that is not public stays closed");
      return;
    }
    AddressRules.closedWithin(range)
        .ifPresent(
            closed ->
                addresses
                    .problems()
                    .add(
                        has
                            + ", and in it "
                            + closed
                            + ", which stays closed; name smaller ranges"));
  }

  private static SortedSet<Integer> ports(CatalogNode addresses) {
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

  /** Who may come in at an agent's door. */
  static List<String> from(CatalogNode agent, Catalog.Placement place, NetworkPolicy doors) {
    List<String> from = RangesReader.read(agent, "from");
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
  static void port(CatalogNode agent, Catalog.Placement place, NetworkPolicy doors) {
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

  /** A literal address that the relay may never call would be an agent without deliveries. */
  static void address(CatalogNode agent, Catalog.Placement place, NetworkPolicy doors) {
    if (!(place instanceof Catalog.Placement.External external)) {
      return;
    }
    List<Cidr> opened =
        doors.allow().stream()
            .filter(Cidr::isValid)
            .map(Cidr::of)
            .filter(AddressRules::isPrivate)
            .filter(range -> AddressRules.closedWithin(range).isEmpty())
            .toList();
    AddressRules rules = new AddressRules(new Ranges(opened));
    literal(external.url().getHost())
        .ifPresent(
            address ->
                rules
                    .refusal(address)
                    .ifPresent(
                        what ->
                            agent
                                .problems()
                                .add(
                                    agent.pathOf("external")
                                        + ".url has the address "
                                        + address.getHostAddress()
                                        + ", which is "
                                        + what
                                        + ", so no delivery could be made"
                                        + remedy(address))));
  }

  private static String remedy(InetAddress address) {
    Cidr range =
        Cidr.of(
            address.getHostAddress().replaceFirst("%.*", "")
                + "/"
                + address.getAddress().length * Byte.SIZE);
    return AddressRules.isPrivate(range) && AddressRules.closedWithin(range).isEmpty()
        ? "; to open it, name its range: addresses: {allow: [\"" + range + "\"]}"
        : "; addresses.allow cannot open it: name a host of the public internet";
  }

  /** As the relay's resolver reads it; a name is none. */
  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
