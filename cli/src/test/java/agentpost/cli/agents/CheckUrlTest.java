package agentpost.cli.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.cli.Run;
import agentpost.platform.Network;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * {@code agentpost.delivery.AddressGuardTest} holds the guard to its rules; here they are seen from
 * outside, with names that a test made up.
 */
class CheckUrlTest {
  private static final String IPV6 = "https://[2606:2800:220:1:248:1893:25c8:1946]/";

  /** No name but a test's own is known, and nothing is connected to. */
  private static final class Names implements Network {
    private final Map<String, List<InetAddress>> names = new HashMap<>();

    Names with(String host, String... addresses) {
      names.put(host, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
      return this;
    }

    @Override
    public List<InetAddress> resolve(String host) throws UnknownHostException {
      List<InetAddress> addresses = names.get(host);
      if (addresses == null) {
        throw new UnknownHostException(host);
      }
      return addresses;
    }

    @Override
    public Socket connect(String host, InetAddress address, int port, Duration within)
        throws IOException {
      throw new IOException("check-url connects to nothing");
    }
  }

  private final Names names =
      new Names().with("hooks.example.com", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946");

  private Run check(String... urls) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        new CommandLine(new CheckUrlCommand(names))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(urls);
    return new Run(exitCode, out.toString(), err.toString());
  }

  private void assertBlocked(String url) {
    Run run = check(url);
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out())
        .startsWith("blocked " + url + " ")
        .containsPattern(" (it|its|an) [a-z]")
        .hasLineCount(1);
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://93.184.216.34/",
        IPV6,
        "https://hooks.example.com/a?b=c",
        "https://8.8.8.8:443/",
        "HTTPS://Hooks.Example.COM"
      })
  void publicAddressesAreAllowed(String url) {
    assertEquals(new Run(0, "allowed " + url + "\n", ""), check(url));
  }

  @Test
  void oneThatIsBlockedAmongSeveralIsExitCodeOneAndEachHasItsLine() {
    assertEquals(
        new Run(
            1,
            "allowed https://93.184.216.34/\n"
                + "blocked https://10.0.0.1/ its host has an address that is private\n"
                + "allowed "
                + IPV6
                + "\n",
            ""),
        check("https://93.184.216.34/", "https://10.0.0.1/", IPV6));
  }

  @Test
  void aNameThatDoesNotResolveIsBlocked() {
    assertEquals(
        new Run(1, "blocked https://nowhere.example.com/ its host has no address\n", ""),
        check("https://nowhere.example.com/"));
  }

  @Test
  void oneAddressThatIsNotPublicSpoilsAName() {
    names.with("rebound.example.com", "93.184.216.34", "169.254.169.254");
    assertEquals(
        new Run(
            1,
            "blocked https://rebound.example.com/ its host has an address that is link-local, where"
                + " metadata services are\n",
            ""),
        check("https://rebound.example.com/"));
  }

  @Test
  void noUrlAtAllIsUsage() {
    Run run = Run.of("", "check-url");
    assertEquals(2, run.exitCode());
    assertThat(run.err()).contains("URL").contains("./agentpost check-url --help");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aUrlIsOneLineWhateverIsInIt() {
    Run run = check("https://10.0.0.1/\nallowed https://10.0.0.1/\u001b[2J\r\u2028\u202e");
    assertEquals(1, run.exitCode());
    assertThat(run.out())
        .startsWith("blocked https://10.0.0.1/?allowed ")
        .hasLineCount(1)
        .doesNotContain("\u001b", "\r", "\u2028", "\u202e");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hooks.example.com",
        "//hooks.example.com/",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///",
        "https:hooks.example.com",
        "https://user@hooks.example.com/",
        "https://user:pw@hooks.example.com/",
        "https://@hooks.example.com/",
        "https://hooks.example.com@10.0.0.1/",
        "https://10.0.0.1@hooks.example.com/",
        "https://hooks.example.com%40evil.example/",
        "https://hooks.example.com/#fragment",
        "https://hooks.example.com\\.evil.example/"
      })
  void httpsWithAHostAndWithoutUserInformationOnly(String url) {
    assertBlocked(url);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 22, 25, 80, 444, 6379, 8080, 8443, 65535, 65536, 4295967})
  void noPortBut443(int port) {
    assertBlocked("https://hooks.example.com:" + port + "/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Loopback, private, carrier NAT, link-local and metadata, multicast, reserved,
        // documentation, benchmark.
        "127.0.0.1", "127.255.255.255", "10.0.0.1", "10.255.255.255", "172.16.0.1",
            "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1", "100.127.255.255",
        "100.100.100.200", "169.254.0.1", "169.254.169.254", "169.254.170.2", "169.254.169.123",
            "168.63.129.16", "192.0.0.192", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "0.0.0.0", "0.0.0.1", "192.0.0.1", "192.0.2.1", "198.51.100.1",
            "203.0.113.1", "198.18.0.1", "198.19.255.255", "192.88.99.1"
      })
  void noIpv4AddressThatIsNotPublicInWhateverForm(String address) {
    assertBlocked("https://" + address + "/");
    assertBlocked("https://[::ffff:" + address + "]/");
    assertBlocked("https://[0:0:0:0:0:ffff:" + address + "]/");
    assertBlocked("https://[::" + address + "]/");
    assertBlocked("https://[64:ff9b::" + address + "]/");
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    String hex = "%02x%02x:%02x%02x".formatted(bytes[0], bytes[1], bytes[2], bytes[3]);
    assertBlocked("https://[::ffff:" + hex + "]/");
    assertBlocked("https://[64:ff9b:1::" + hex + "]/");
    assertBlocked("https://[2002:" + hex + "::1]/");
    assertBlocked("https://[2001:0:" + hex + "::]/");
    assertBlocked("https://[2606:2800:220:1:0:5efe:" + hex + "]/");
    names.with("inside.example.com", address);
    assertBlocked("https://inside.example.com/");
    long number = Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
    assertBlocked("https://" + number + "/");
    assertBlocked("https://0x" + Long.toHexString(number) + "/");
    assertBlocked("https://0" + Long.toOctalString(number) + "/");
    assertBlocked("https://0%o.0%o.0%o.0%o/".formatted(bytes[0], bytes[1], bytes[2], bytes[3]));
    assertBlocked("https://0x%x.0x%x.0x%x.0x%x/".formatted(bytes[0], bytes[1], bytes[2], bytes[3]));
    assertBlocked("https://%d.%d/".formatted(bytes[0] & 0xff, number & 0xffffff));
    assertBlocked("https://" + address + "./");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "0:0:0:0:0:0:0:1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "fc00::1",
        "fd00::1",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "3fff::1",
        "2001:2::1",
        "2001::1",
        "2001:10::1",
        "2001:20::1",
        "2002::1",
        "64:ff9b::808:808",
        "64:ff9b:1::808:808",
        "100::1",
        "::8.8.8.8",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "5f00::1",
        "4000::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2002:808:808::1",
        "2620:4f:8000::1"
      })
  void noIpv6AddressThatIsNotPublic(String address) {
    assertBlocked("https://[" + address + "]/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fe80::1%25eth0",
        "fe80::1%eth0",
        "::1%25lo",
        "2606:2800:220:1:248:1893:25c8:1946%25eth0",
        "2606:2800:220:1:248:1893:25c8:1946%251",
        "93.184.216.34",
        "v1.fe80::1",
        ""
      })
  void noZoneAndNothingButAnIpv6AddressInBrackets(String literal) {
    assertBlocked("https://[" + literal + "]/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "0177.1",
        "0x7f000001",
        "017700000001",
        "2130706433",
        "00000177.0.0.1",
        "0x7f.0.0.0x1",
        "127.0.0.1.",
        "127.0.0.01",
        "127.0.0.1.example.1",
        "0X7F000001",
        "127.0.0.0x1",
        "4294967295",
        "4294967296",
        "18446744073709551617",
        "1.2.3.4.5",
        "256.256.256.256",
        "93.184.216.034",
        "0x5db8d822",
        "1572395042"
      })
  void noNumberThatResolversTakeForAnAddress(String host) {
    assertBlocked("https://" + host + "/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hooks.example.com.",
        "hooks.example.com..",
        ".hooks.example.com",
        "hooks..example.com",
        "93.184.216.34.",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "localhost..",
        "a.localhost",
        "localhost.localdomain",
        "ip6-localhost",
        "printer.local",
        "metadata.google.internal",
        "metadata.google.internal.",
        "metadata",
        "instance-data.ec2.internal",
        "kubernetes.default.svc.cluster.local",
        "router.home.arpa",
        "a.test",
        "a.invalid",
        "intranet"
      })
  void noDotAtTheEndAndNoNameForUseInsideANetwork(String host) {
    names.with(host, "93.184.216.34");
    assertBlocked("https://" + host + "/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ｌｏｃａｌｈｏｓｔ",
        "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
        "lоcalhost",
        "ʟocalhost",
        "localhoﬆ",
        "ⅼocalhost",
        "loc\u00adalhost",
        "loc\u200balhost",
        "localhost。",
        "localhost．",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "127％2e0.0.1",
        "xn--lcalhost-b1g",
        "xn--localhost-",
        "a.xn--localhost-",
        "xn--ocalhost-in2e.com",
        "xn--mi7cdqncpe6aj.com",
        "a.XN--mi7cdqncpe6aj.com",
        "xn--.com",
        "xn--a"
      })
  void noLookAlikeOfLocalhostNorOfAnAddress(String host) {
    names.with(host, "93.184.216.34");
    assertThat(check("https://" + host + "/").exitCode()).as(host).isEqualTo(1);
  }

  @Test
  void whatTheCatalogOpensIsAllowedAndNothingElse() {
    names.with("callback.example.com", "10.20.3.4");
    assertEquals(
        new Run(
            1,
            """
            allowed https://10.20.3.4/
            allowed https://callback.example.com/
            allowed https://[fd12:3456::7]/
            allowed https://93.184.216.34/
            blocked https://10.21.0.1/ its host has an address that is private
            blocked https://169.254.169.254/ its host has an address that is link-local, where metadata services are
            """,
            ""),
        check(
            "--allow",
            "10.20.0.0/16,fd12:3456::/32",
            "https://10.20.3.4/",
            "https://callback.example.com/",
            "https://[fd12:3456::7]/",
            "https://93.184.216.34/",
            "https://10.21.0.1/",
            "https://169.254.169.254/"));
  }

  @Test
  void otherPortsAreThoseThatAreNamed() {
    assertEquals(
        new Run(0, "allowed https://93.184.216.34:8443/\n", ""),
        check("--port", "443,8443", "https://93.184.216.34:8443/"));
    assertEquals(1, check("--port", "8443", "https://93.184.216.34/").exitCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.0/8",
        "169.254.0.0/16",
        "0.0.0.0/0",
        "::/0",
        "100.64.0.0/10",
        "10.0.0.1/8",
        "everything"
      })
  void whatCannotBeOpenedIsUsage(String range) {
    Run run = check("--allow", range, "https://93.184.216.34/");
    assertEquals(2, run.exitCode(), run.everything());
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("--allow");
  }

  /** One of each kind that a receiver may be at. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0.0.1",
        "1.1.1.1",
        "8.8.4.4",
        "9.9.9.9",
        "11.0.0.1",
        "13.107.42.14",
        "52.94.236.248",
        "100.63.255.255",
        "100.128.0.1",
        "126.255.255.255",
        "128.0.0.1",
        "151.101.1.140",
        "169.253.0.1",
        "169.255.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "191.255.255.255",
        "192.0.1.1",
        "192.0.3.1",
        "192.88.98.1",
        "192.88.100.1",
        "192.167.1.1",
        "192.169.1.1",
        "198.17.255.255",
        "198.20.0.1",
        "198.51.99.1",
        "198.51.101.1",
        "203.0.112.1",
        "203.0.114.1",
        "223.255.255.255",
        "[2001:200::1]",
        "[2001:4860:4860::8888]",
        "[2001:db7::1]",
        "[2001:db9::1]",
        "[2003::1]",
        "[2400:cb00::1]",
        "[2600:1f18::1]",
        "[2606:4700:4700::1111]",
        "[2620:fe::fe]",
        "[2a00:1450:4001::200e]",
        "[2a03:2880::1]",
        "[3ffe::1]",
        "[2c0f::1]"
      })
  void ordinaryAddressesAreAllowed(String host) {
    String url = "https://" + host + "/hooks?id=1";
    assertEquals(new Run(0, "allowed " + url + "\n", ""), check(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://%31%32%37.0.0.1/",
        "https://127.0.0.1%00.example.com/",
        "https://127.0.0.1%2eexample.com/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:0:7f00:1]/",
        "https://[0:0:0:0:0:ffff:7f00:1]/",
        "https://[2002:c0a8:101::]/",
        "https://[2001:0:c0a8:101::]/",
        "https://[64:ff9b:1:7f00:0:100::]/",
        "https://[2606:4700::0:5efe:c0a8:101]/",
        "https://[2606:4700::200:5efe:c0a8:101]/",
        "https://[fe80::1%251]/",
        "https://hooks.example.com:443@127.0.0.1/",
        "https://127.0.0.1:443@hooks.example.com/",
        "https://hooks.example.com&@127.0.0.1/",
        "https://hooks.example.com#@127.0.0.1/",
        "https://hooks.example.com?@127.0.0.1/#",
        "https:\\\\127.0.0.1/",
        "https:/127.0.0.1/",
        "https:127.0.0.1",
        "https://127.0.0.1\t/",
        " https://93.184.216.34/",
        "https://93.184.216.34/ ",
        "https://93.184.216.34\u0000/",
        "https://:443/",
        "https://@/",
        "https://?/",
        "https://./",
        "https://../",
        "https://-/",
        "https://[/",
        "https://]/",
        "https://hooks.example.com:443:80/",
        "https://hooks.example.com:-1/",
        "https://hooks.example.com:+443/",
        "https://hooks.example.com:443a/",
        "https://router.lan/",
        "https://db.corp/",
        "https://nas.home/",
        "https://x.intranet/",
        "https://x.private/",
        "https://duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion/",
        "https://1.0.0.127.in-addr.arpa/"
      })
  void noTrickLeadsInside(String url) {
    Run run = check(url);
    assertEquals(1, run.exitCode(), run.everything());
    assertThat(run.out()).startsWith("blocked ").hasLineCount(1);
  }
}
