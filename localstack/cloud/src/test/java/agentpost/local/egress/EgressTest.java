package agentpost.local.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.egress.Egress.Destination;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressTest {
  private static final Egress EGRESS =
      new Egress(
          Map.of("Routed.example.com", 9000, "api.localhost", 9001),
          Set.of("Allowed.example.com.", "203.0.113.9", "[2001:DB8::1]"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "[::1]",
        "::1",
        "0.0.0.0",
        "2130706433"
      })
  void thisMachineIsCalled(String host) {
    assertEquals(new Destination.Machine(), EGRESS.to(host));
  }

  @ParameterizedTest
  @CsvSource({"routed.example.com,9000", "ROUTED.example.com.,9000", "api.localhost,9001"})
  void whatIsRoutedGoesToItsPort(String host, int port) {
    assertEquals(new Destination.Routed(port), EGRESS.to(host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allowed.example.com",
        "ALLOWED.EXAMPLE.COM",
        "allowed.example.com.",
        "203.0.113.9",
        "[2001:db8::1]"
      })
  void whatIsAllowedGoesWhereItSays(String host) {
    assertEquals(new Destination.Allowed(), EGRESS.to(host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "notallowed.example.com",
        "allowed.example.com.evil.example",
        "x.allowed.example.com",
        "203.0.113.10",
        "169.254.169.254",
        "10.0.0.1",
        "[fe80::1]",
        "localhost.example.com",
        "notlocalhost",
        "3639551754",
        "0x5d.1",
        "host.docker.internal"
      })
  void nothingElseIs(String host) {
    assertEquals(new Destination.StandIn(), EGRESS.to(host));
  }

  @Property
  void noNameLeavesAClosedMachine(
      @ForAll @AlphaChars @StringLength(min = 1, max = 20) String label,
      @ForAll @AlphaChars @StringLength(min = 2, max = 8) String top) {
    String host = label + "." + top;
    assertEquals(
        host.equalsIgnoreCase(label + ".localhost")
            ? new Destination.Machine()
            : new Destination.StandIn(),
        Egress.closed().to(host));
  }
}
