package agentpost.address;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which addresses are none of the public internet's: IANA's IPv4 and IPv6 Special-Purpose Address
 * Registries, and cloud metadata services. Of IPv6 only 2000::/3 is handed out (RFC 4291), so all
 * else is refused, whether or not it has a line here. Private ranges, and only they, can be opened
 * by who deploys.
 */
public final class AddressRules {
  private record Refused(String text, Cidr range, String what, boolean canBeOpened) {
    static Refused always(String range, String what) {
      return new Refused(range, Cidr.of(range), what, false);
    }

    static Refused unlessOpened(String range, String what) {
      return new Refused(range, Cidr.of(range), what, true);
    }
  }

  /** The first that has an address decides. */
  private static final List<Refused> REFUSED =
      List.of(
          Refused.always("100.100.100.200/32", "a metadata service's"),
          Refused.always("168.63.129.16/32", "a metadata service's"),
          Refused.always("fd00:ec2::/32", "a metadata service's"),
          Refused.always("fd20:ce::/32", "a metadata service's"),
          Refused.always("0.0.0.0/8", "of this network"),
          Refused.unlessOpened("10.0.0.0/8", "private"),
          Refused.unlessOpened("100.64.0.0/10", "of a carrier's NAT"),
          Refused.always("127.0.0.0/8", "loopback"),
          Refused.always("169.254.0.0/16", "link-local, where metadata services are"),
          Refused.unlessOpened("172.16.0.0/12", "private"),
          Refused.always("192.0.0.0/24", "reserved for protocols"),
          Refused.always("192.0.2.0/24", "for documentation"),
          Refused.always("192.31.196.0/24", "reserved for AS112"),
          Refused.always("192.52.193.0/24", "reserved for AMT"),
          Refused.always("192.88.99.0/24", "a 6to4 relay's"),
          Refused.unlessOpened("192.168.0.0/16", "private"),
          Refused.always("192.175.48.0/24", "reserved for AS112"),
          Refused.always("198.18.0.0/15", "for benchmarks"),
          Refused.always("198.51.100.0/24", "for documentation"),
          Refused.always("203.0.113.0/24", "for documentation"),
          Refused.always("224.0.0.0/4", "multicast"),
          Refused.always("240.0.0.0/4", "reserved"),
          Refused.always("::1/128", "loopback"),
          Refused.always("::/96", "unspecified or IPv4-compatible"),
          Refused.always("64:ff9b::/96", "an IPv4 address behind NAT64"),
          Refused.always("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
          Refused.always("fe80::/10", "link-local"),
          Refused.always("fec0::/10", "site-local"),
          Refused.unlessOpened("fc00::/7", "unique local, where metadata services are"),
          Refused.always("ff00::/8", "multicast"),
          Refused.always("2001::/32", "Teredo"),
          Refused.always("2001:2::/48", "for benchmarks"),
          Refused.always("2001::/23", "reserved for protocols"),
          Refused.always("2001:db8::/32", "for documentation"),
          Refused.always("2002::/16", "6to4"),
          Refused.always("2620:4f:8000::/48", "reserved for AS112"),
          Refused.always("3fff::/20", "for documentation"));

  private static final Cidr HANDED_OUT = Cidr.of("2000::/3");

  private final Ranges opened;

  /**
   * @param opened private ranges that may be called nevertheless
   * @throws IllegalArgumentException if one of them is not private, or has a metadata service's
   *     address in it: those stay closed
   */
  public AddressRules(Ranges opened) {
    for (Cidr range : opened.all()) {
      if (!isPrivate(range)) {
        throw new IllegalArgumentException(
            range
                + " is not within a private range ("
                + privateRanges()
                + "); no other can be opened");
      }
      closedWithin(range)
          .ifPresent(
              closed -> {
                throw new IllegalArgumentException(
                    range + " has " + closed + " in it, which stays closed");
              });
    }
    this.opened = opened;
  }

  /** Whether all of the range is in one that can be opened. */
  public static boolean isPrivate(Cidr range) {
    return REFUSED.stream()
        .anyMatch(refused -> refused.canBeOpened() && refused.range().contains(range));
  }

  /** The ranges that can be opened, as they are written. */
  public static String privateRanges() {
    return REFUSED.stream()
        .filter(Refused::canBeOpened)
        .map(Refused::text)
        .collect(Collectors.joining(", "));
  }

  /** What shares addresses with the range and stays closed, as it is written; nothing if none. */
  public static Optional<String> closedWithin(Cidr range) {
    return REFUSED.stream()
        .filter(refused -> !refused.canBeOpened() && refused.range().overlaps(range))
        .findFirst()
        .map(refused -> refused.text() + ", " + refused.what());
  }

  /**
   * What is wrong with the address; nothing if it is one of the public internet's, or in a range
   * that was opened.
   */
  public Optional<String> refusal(InetAddress address) {
    // Java makes an Inet4Address of ::ffff:a.b.c.d, so a mapped address is held to the rules of the
    // one it maps.
    Optional<Refused> refused =
        REFUSED.stream().filter(one -> one.range().contains(address)).findFirst();
    if (refused.isPresent()) {
      return refused
          .filter(one -> !(one.canBeOpened() && opened.contains(address)))
          .map(Refused::what);
    }
    if (address instanceof Inet4Address) {
      return Optional.empty();
    }
    if (!HANDED_OUT.contains(address)) {
      return Optional.of("not global unicast");
    }
    return isIsatap(address.getAddress())
        ? Optional.of("an IPv4 address in ISATAP")
        : Optional.empty();
  }

  /** RFC 5214: an interface id of 0000:5efe or 0200:5efe and an IPv4 address. */
  private static boolean isIsatap(byte[] bytes) {
    return (bytes[8] & 0xfd) == 0
        && bytes[9] == 0
        && bytes[10] == 0x5e
        && (bytes[11] & 0xff) == 0xfe;
  }
}
