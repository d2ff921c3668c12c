package agentpost.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.delivery.AddressGuard.Verdict;
import agentpost.http.Response;
import agentpost.testing.FakeNetwork;
import java.net.InetAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final FakeNetwork network =
      new FakeNetwork(_ -> Response.json(200, "{}"))
          .with("hooks.example.com", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946");
  private final AddressGuard guard = new AddressGuard(network, Set.of(443, 8443));

  @Test
  void aPublicHostIsAllowedWithTheAddressesThatWereChecked() {
    Verdict.Allowed allowed =
        assertInstanceOf(Verdict.Allowed.class, guard.check("https://Hooks.example.com/done?a=1"));
    assertEquals("hooks.example.com", allowed.host());
    assertEquals(443, allowed.port());
    assertEquals(2, allowed.addresses().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com",
        "https://hooks.example.com:8443/",
        "HTTPS://hooks.example.com/",
        "https://93.184.216.34/",
        "https://[2606:2800:220::1]/"
      })
  void theseAreAllowed(String url) {
    assertInstanceOf(Verdict.Allowed.class, guard.check(url), url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "//hooks.example.com/",
        "https:hooks.example.com",
        "https:///x",
        "https://user@hooks.example.com/",
        "https://user:pw@hooks.example.com/",
        "https://@hooks.example.com/",
        "https://hooks.example.com@evil.example/",
        "https://hooks.example.com:80/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com/#x",
        "https://hooks.example.com\\@evil.example/",
        "https://hooks.example.com/\r\nHost: x",
        "https://hooks example.com/",
        "https://hooks.example.com./",
        "https://hooks..example.com/",
        "https://hooks_x.example.com/",
        "https://-hooks.example.com/",
        "https://höoks.example.com/",
        "https://hooks。example.com/",
        "https://hooks%2eexample.com/"
      })
  void theseAreNoUrlToCall(String url) {
    assertInstanceOf(Verdict.Refused.class, guard.check(url), url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "localhost.",
        "foo.localhost",
        "localhost.localdomain",
        "printer.local",
        "metadata.google.internal",
        "ip-10-0-0-1.ec2.internal",
        "router.home.arpa",
        "intranet",
        "xn--abc.xn--localhost-xyz.localhost",
        // Full-width letters, as punycode: they fold to "localhost" and "internal".
        "a.xn--mi7cdqncpe6aj.com",
        "ｌｏｃａｌｈｏｓｔ",
        "a.xn--ocalhost-in2e.com",
        "ⓛocalhost",
        "127。0。0。1",
        // Numbers that resolvers take for 127.0.0.1, 169.254.169.254 or 10.0.0.1.
        "2130706433",
        "0x7f000001",
        "0x7f.0x0.0x0.0x1",
        "017700000001",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "00127.0.0.1",
        "127.0.0.1.",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "10.1",
        "1.2.3.256",
        "hooks.example.0x7f",
        "hooks.example.1"
      })
  void theseNamesAreRefusedBeforeTheyAreLookedUp(String host) {
    assertInstanceOf(Verdict.Refused.class, guard.check("https://" + host + "/"), host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255"
      })
  void theseIpv4AddressesAreRefusedAsTheyAreAndBehindAName(String address) {
    assertInstanceOf(Verdict.Refused.class, guard.check("https://" + address + "/"), address);
    network.with("rebound.example.com", "93.184.216.34", address);
    assertInstanceOf(
        Verdict.Refused.class,
        guard.check("https://rebound.example.com/"),
        "one bad address spoils the name: " + address);
    network.with("mapped.example.com", "::ffff:" + address);
    assertInstanceOf(
        Verdict.Refused.class, guard.check("https://mapped.example.com/"), "mapped: " + address);
    assertInstanceOf(
        Verdict.Refused.class,
        guard.check("https://[::ffff:" + address + "]/"),
        "mapped: " + address);
    assertInstanceOf(
        Verdict.Refused.class,
        guard.check("https://[::" + address + "]/"),
        "compatible: " + address);
    assertInstanceOf(
        Verdict.Refused.class,
        guard.check("https://[64:ff9b::" + address + "]/"),
        "NAT64: " + address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::a00:1",
        "100::1",
        "fe80::1",
        "fe80::a9fe:a9fe",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "ff02::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "3fff::1",
        "2620:4f:8000::1",
        "4000::1",
        "5f00::1",
        "2606:2800::5efe:7f00:1",
        "2606:2800::200:5efe:a00:1"
      })
  void theseIpv6AddressesAreRefusedAsTheyAreAndBehindAName(String address) {
    assertInstanceOf(Verdict.Refused.class, guard.check("https://[" + address + "]/"), address);
    network.with("rebound.example.com", "2606:2800:220::1", address);
    boolean mapsToPublic = InetAddress.ofLiteral(address).getAddress().length == 4;
    assertEquals(
        mapsToPublic,
        guard.check("https://rebound.example.com/") instanceof Verdict.Allowed,
        address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[fe80::1%25eth0]",
        "[::1%lo]",
        "[2606:2800:220::1%25eth0]",
        "[2606:2800:220::1",
        "[]",
        "[v1.x]",
        "[127.0.0.1]"
      })
  void bracketsHoldAnIpv6AddressAndNothingElse(String host) {
    assertInstanceOf(Verdict.Refused.class, guard.check("https://" + host + "/"), host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255"
      })
  void theNeighboursOfRefusedRangesAreAllowed(String address) {
    assertInstanceOf(Verdict.Allowed.class, guard.check("https://" + address + "/"), address);
  }

  /** java.net.URI has no host for most of these; what each lacks is another thing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://my_host.example.com/        | underscore
          https://my_host.example.com:443/    | underscore
          https://_dmarc.example.com/         | underscore
          https://hooks.example.c_m/          | underscore
          https://u@my_host.example.com/      | no user information
          https://u:p@hooks.example.com/      | no user information
          https://hooks.example.com:http/     | port must be a number
          https://hooks.example.com:99999999999/ | port must be a number
          https://hooks.example.com:-1/       | port must be a number
          https://256.1.1.1/                  | four decimal numbers
          https://127.1/                      | four decimal numbers
          https://0x7f.1/                     | four decimal numbers
          https://0177.0.0.1/                 | four decimal numbers
          https://-hooks.example.com/         | full domain name
          https://hooks..example.com/         | full domain name
          https://hooks.example.com./         | full domain name
          https://hooks~example.com/          | full domain name
          https://*.example.com/              | full domain name
          https://hooks.example.1a/           | full domain name
          https:///x                          | must have a host
          https://:443/                       | must have a host
          https:hooks.example.com             | must have a host
          """)
  void aRefusalSaysWhatIsWrongWithTheHost(String url, String reason) {
    assertThat(assertInstanceOf(Verdict.Refused.class, guard.check(url), url).why())
        .contains(reason);
  }

  @Test
  void aNameThatIsUnknownNowMayBeKnownLater() {
    assertInstanceOf(Verdict.Unresolved.class, guard.check("https://nowhere.example.com/"));
  }

  @Test
  void aRefusalNamesNoAddress() {
    network.with("inside.example.com", "10.1.2.3");
    Verdict.Refused refused =
        assertInstanceOf(Verdict.Refused.class, guard.check("https://inside.example.com/"));
    assertTrue(
        !refused.why().contains("10.1.2.3") && refused.why().contains("private"), refused.why());
  }

  @Test
  void aRealInternationalNameIsAllowed() {
    network.with("xn--bcher-kva.example.com", "93.184.216.34");
    assertInstanceOf(Verdict.Allowed.class, guard.check("https://xn--bcher-kva.example.com/"));
  }
}
