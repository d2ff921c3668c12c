package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.address.AddressRules;
import agentpost.address.Cidr;
import agentpost.address.Ranges;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * IANA's Special-Purpose Address Registries, line by line
 * (iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry), whether or not they
 * call a range globally reachable: no agent's webhook is at an anycast relay, a protocol's address
 * or AS112.
 */
class SpecialPurposeAddressesTest {
  private static final AddressRules RULES = new AddressRules(Ranges.NONE);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/8",
        "0.0.0.0/32",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.0.0/29",
        "192.0.0.8/32",
        "192.0.0.9/32",
        "192.0.0.10/32",
        "192.0.0.170/32",
        "192.0.0.171/32",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.88.99.2/32",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
        "255.255.255.255/32"
      })
  void noAddressOfTheIpv4RegistryIsCalled(String range) throws UnknownHostException {
    refusesTheEndsOf(range);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::1/128",
        "::/128",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001::/32",
        "2001:1::1/128",
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:2::/48",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:10::/28",
        "2001:20::/28",
        "2001:30::/28",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10"
      })
  void noAddressOfTheIpv6RegistryIsCalled(String range) throws UnknownHostException {
    refusesTheEndsOf(range);
  }

  private static void refusesTheEndsOf(String range) throws UnknownHostException {
    Cidr cidr = Cidr.of(range);
    byte[] last = cidr.network().getAddress();
    for (int bit = cidr.bits(); bit < last.length * 8; bit++) {
      last[bit / 8] |= (byte) (0x80 >> bit % 8);
    }
    for (InetAddress end : new InetAddress[] {cidr.network(), InetAddress.getByAddress(last)}) {
      assertThat(RULES.refusal(end)).as(end.getHostAddress()).isPresent();
    }
  }
}
