package agentpost.delivery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses are none of the public internet's: IANA's IPv4 and IPv6 Special-Purpose Address Registries, and cloud metadata services.
 * Of IPv6 only 2000::/3 is handed out (RFC 4291), so all else is refused, whether or not it has a line here.
 */
final class AddressRules {
  private record Range(byte[] prefix, int bits, String what) {
    static Range of(String cidr, String what) {
      int slash = cidr.indexOf('/');
      return new Range(InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress(), Integer.parseInt(cidr.substring(slash + 1)), what);
    }

    boolean has(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      int whole = bits / 8;
      int mask = 0xff << (8 - bits % 8) & 0xff;
      return Arrays.equals(address, 0, whole, prefix, 0, whole)
          && (bits % 8 == 0 || (address[whole] & mask) == (prefix[whole] & mask));
    }
  }

  private static final List<Range> REFUSED =
      List.of(
          Range.of("0.0.0.0/8", "of this network"),
          Range.of("10.0.0.0/8", "private"),
          Range.of("100.64.0.0/10", "of a carrier's NAT"),
          Range.of("127.0.0.0/8", "loopback"),
          Range.of("168.63.129.16/32", "a metadata service's"),
          Range.of("169.254.0.0/16", "link-local, where metadata services are"),
          Range.of("172.16.0.0/12", "private"),
          Range.of("192.0.0.0/24", "reserved for protocols"),
          Range.of("192.0.2.0/24", "for documentation"),
          Range.of("192.31.196.0/24", "reserved for AS112"),
          Range.of("192.52.193.0/24", "reserved for AMT"),
          Range.of("192.88.99.0/24", "a 6to4 relay's"),
          Range.of("192.168.0.0/16", "private"),
          Range.of("192.175.48.0/24", "reserved for AS112"),
          Range.of("198.18.0.0/15", "for benchmarks"),
          Range.of("198.51.100.0/24", "for documentation"),
          Range.of("203.0.113.0/24", "for documentation"),
          Range.of("224.0.0.0/4", "multicast"),
          Range.of("240.0.0.0/4", "reserved"),
          Range.of("::1/128", "loopback"),
          Range.of("::/96", "unspecified or IPv4-compatible"),
          Range.of("64:ff9b::/96", "an IPv4 address behind NAT64"),
          Range.of("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
          Range.of("fe80::/10", "link-local"),
          Range.of("fec0::/10", "site-local"),
          Range.of("fc00::/7", "unique local, where metadata services are"),
          Range.of("ff00::/8", "multicast"),
          Range.of("2001::/32", "Teredo"),
          Range.of("2001:2::/48", "for benchmarks"),
          Range.of("2001::/23", "reserved for protocols"),
          Range.of("2001:db8::/32", "for documentation"),
          Range.of("2002::/16", "6to4"),
          Range.of("2620:4f:8000::/48", "reserved for AS112"),
          Range.of("3fff::/20", "for documentation"));

  private static final Range HANDED_OUT = Range.of("2000::/3", "global unicast");

  private AddressRules() {}

  /** What is wrong with the address; nothing if it is one of the public internet's. */
  static Optional<String> refusal(InetAddress address) {
    // Java makes an Inet4Address of ::ffff:a.b.c.d, so a mapped address is held to the rules of the one it maps.
    byte[] bytes = address.getAddress();
    Optional<String> refused = REFUSED.stream().filter(range -> range.has(bytes)).map(Range::what).findFirst();
    if (refused.isPresent() || address instanceof Inet4Address) {
      return refused;
    }
    if (!HANDED_OUT.has(bytes)) {
      return Optional.of("not global unicast");
    }
    return isIsatap(bytes) ? Optional.of("an IPv4 address in ISATAP") : Optional.empty();
  }

  /** RFC 5214: an interface id of 0000:5efe or 0200:5efe and an IPv4 address. */
  private static boolean isIsatap(byte[] bytes) {
    return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && (bytes[11] & 0xff) == 0xfe;
  }
}
