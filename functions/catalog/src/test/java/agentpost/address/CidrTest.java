package agentpost.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.20.0.0/16, 10.20.255.255, true",
    "10.20.0.0/16, 10.21.0.0, false",
    "10.20.0.0/16, 10.19.255.255, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.7/32, 192.0.2.7, true",
    "192.0.2.7/32, 192.0.2.6, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 192.0.2.1, false",
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
  })
  void hasTheAddressesOfItsPrefix(String range, String address, boolean has) {
    assertThat(Cidr.of(range).contains(InetAddress.ofLiteral(address))).isEqualTo(has);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "/8",
        "10/8",
        "10.1/16",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.1/8",
        "10.0.0.0/8/8",
        "10.0.0.0 /8",
        "0x0a.0.0.0/8",
        "010.0.0.256/32",
        "localhost/8",
        "a/8",
        "2001:db8::/129",
        "2001:db8::1/64",
        "fe80::%eth0/64",
        "::ffff:10.0.0.0/104",
        "10.0.0.0/08x",
        "*"
      })
  void isWrittenInOneWay(String text) {
    assertThrows(IllegalArgumentException.class, () -> Cidr.of(text), text);
  }

  @Test
  void overlapsWhatIsInItAndWhatItIsIn() {
    assertThat(Cidr.of("10.0.0.0/8").overlaps(Cidr.of("10.1.0.0/16"))).isTrue();
    assertThat(Cidr.of("10.1.0.0/16").overlaps(Cidr.of("10.0.0.0/8"))).isTrue();
    assertThat(Cidr.of("10.1.0.0/16").overlaps(Cidr.of("10.2.0.0/16"))).isFalse();
    assertThat(Cidr.of("10.1.0.0/16").contains(Cidr.of("10.0.0.0/8"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.1",
        "2130706433",
        "10.0.0.1, 8.8.8.8",
        "10.0.0.1 ",
        "10.0.0.1:80",
        "[::1]",
        "fe80::1%lo"
      })
  void aTextThatIsNoAddressIsInNoRange(String text) {
    assertThat(Ranges.of("0.0.0.0/0, ::/0").contains(text)).isFalse();
  }

  @Test
  void rangesAreSeparatedByCommasAndNoneIsEmpty() {
    assertThat(Ranges.of(" ").isEmpty()).isTrue();
    assertThat(Ranges.of("10.0.0.0/8,2001:db8::/32").contains("2001:db8::7")).isTrue();
    assertThat(Ranges.of("10.0.0.0/8,2001:db8::/32").contains("11.0.0.1")).isFalse();
    assertThrows(IllegalArgumentException.class, () -> Ranges.of("10.0.0.0/8,"));
  }
}
