package agentpost.infra.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.address.Cidr;
import agentpost.address.Ranges;
import agentpost.delivery.AddressGuard;
import agentpost.platform.Network;
import agentpost.schemas.EventSchemas;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the catalog says of addresses, and what it may not say. */
class NetworkReaderTest {
  private static final String HOSTED =
      "agents: {helper: {subscribes: [user.signed_up], hosted: {handler:"
          + " agentpost.agent.HelperHandler}%s}}\n";
  private static final String EXTERNAL =
      "agents: {crm: {subscribes: [user.signed_up], external: {url: %s}}}\n";

  private static Catalog read(String yaml) {
    return CatalogReader.read(
        "agents.yaml",
        yaml,
        EventSchemas.load(),
        ExtensionNames.of(ExtensionNames.class.getClassLoader()));
  }

  private static List<String> problems(String yaml) {
    CatalogException exception = catchThrowableOfType(CatalogException.class, () -> read(yaml));
    return exception == null
        ? List.of()
        : String.valueOf(exception.getMessage()).lines().skip(1).map(String::strip).toList();
  }

  @Test
  void withoutTheseKeysEveryoneMayComeInAndCallsGoToThePublicInternetOnPort443() {
    Catalog catalog = read(HOSTED.formatted(""));
    assertEquals(
        new Catalog.NetworkPolicy(
            List.of(),
            new TreeSet<>(List.of(443)),
            false,
            false,
            new Catalog.Throttle(100, 100, 10)),
        catalog.doors());
    assertEquals(List.of(), catalog.agents().getFirst().from());
  }

  @Test
  void theyAreReadAsTheyStand() {
    Catalog catalog =
        read(
            HOSTED.formatted(", from: [192.0.2.0/24, '2001:db8::/32']")
                + "addresses: {allow: [10.20.0.0/16], ports: [8443, 443]}\n"
                + "egress: static\n"
                + "waf: true\n");
    assertEquals(
        new Catalog.NetworkPolicy(
            List.of("10.20.0.0/16"),
            new TreeSet<>(List.of(443, 8443)),
            true,
            true,
            new Catalog.Throttle(100, 100, 10)),
        catalog.doors());
    assertEquals(List.of("192.0.2.0/24", "2001:db8::/32"), catalog.agents().getFirst().from());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "addresses: {open: [10.0.0.0/8]}        | addresses.open is not a key; there are allow,"
            + " ports",
        "addresses: {allow: 10.0.0.0/8}         | addresses.allow must be a list of 1 to 40 ranges"
            + " of addresses",
        "addresses: {allow: []}                 | addresses.allow must be a list of 1 to 40 ranges"
            + " of addresses",
        "addresses: {allow: [10.0.0.1/8]}       | addresses.allow has \"10.0.0.1/8\"; a range is"
            + " like",
        "addresses: {allow: [10.0.0.0]}         | addresses.allow has \"10.0.0.0\"; a range is"
            + " like",
        "addresses: {allow: [7]}                | addresses.allow has 7; a range is like",
        "addresses: {allow: [127.0.0.0/8]}      | addresses.allow has 127.0.0.0/8, which is not"
            + " within 10.0.0.0/8",
        "addresses: {allow: [169.254.0.0/16]}   | addresses.allow has 169.254.0.0/16, which is not"
            + " within 10.0.0.0/8",
        "addresses: {allow: [100.64.0.0/10]}    | addresses.allow has 100.64.0.0/10, and in it"
            + " 100.100.100.200/32, a metadata service's",
        "addresses: {ports: 443}                | addresses.ports must be a list of different"
            + " ports",
        "addresses: {ports: [443, 443]}         | addresses.ports must be a list of different"
            + " ports",
        "addresses: {ports: [0]}                | addresses.ports must be a list of different"
            + " ports",
        "addresses: {ports: [65536]}            | addresses.ports must be a list of different"
            + " ports",
        "addresses: {ports: []}                 | addresses.ports must be a list of different"
            + " ports",
        "egress: dynamic                        | egress must be static, or not there; got"
            + " \"dynamic\"",
        "waf: maybe                             | waf must be true or false; got \"maybe\"",
      })
  void whatIsWrongIsNamed(String keys, String problem) {
    assertThat(problems(HOSTED.formatted("") + keys))
        .singleElement()
        .asString()
        .startsWith(problem);
  }

  @Test
  void aListForAnAgentsDoorNeedsFixedAddressesOfTheRelay() {
    assertThat(problems(HOSTED.formatted(", from: [192.0.2.0/24]")))
        .singleElement()
        .asString()
        .startsWith("agents.helper.from would keep the relay out too")
        .contains("egress: static");
    assertThat(
            problems(
                "agents: {crm: {subscribes: [user.signed_up], external: {url:"
                    + " https://example.com/}, from: [192.0.2.0/24]}}"))
        .singleElement()
        .asString()
        .startsWith("agents.crm.from is for the door of a hosted agent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "[fd12:3456::1]",
        "[::ffff:10.0.0.1]"
      })
  void anAddressThatIsNotOpenedIsRefusedNamingTheKeyThatOpensIt(String address) {
    assertThat(problems(EXTERNAL.formatted("'https://" + address + "/hooks'")))
        .singleElement()
        .asString()
        .startsWith("agents.crm.external.url has the address ")
        .contains("no delivery could be made; to open it, name its range: addresses: {allow: [");
  }

  @Test
  void anAddressInARangeThatIsOpenedIsTaken() {
    assertThat(
            problems(
                EXTERNAL.formatted("'https://10.0.0.1/'")
                    + "addresses: {allow: [\"10.0.0.0/24\"]}"))
        .isEmpty();
    assertThat(
            problems(
                EXTERNAL.formatted("'https://[fd12:3456::1]/'")
                    + "addresses: {allow: [\"fd12:3456::/32\"]}"))
        .isEmpty();
    assertThat(
            problems(
                EXTERNAL.formatted("'https://10.0.1.1/'")
                    + "addresses: {allow: [\"10.0.0.0/24\"]}"))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "169.254.169.254",
        "192.0.2.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[2001:db8::1]",
        "[64:ff9b::a00:1]",
        "[ff02::1]",
        "[4000::1]",
        "[::ffff:127.0.0.1]"
      })
  void anAddressThatCanNeverBeCalledIsRefusedAsOne(String address) {
    assertThat(problems(EXTERNAL.formatted("'https://" + address + "/hooks'")))
        .singleElement()
        .asString()
        .startsWith("agents.crm.external.url has the address ")
        .endsWith("addresses.allow cannot open it: name a host of the public internet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"93.184.216.34", "[2606:2800:220:1:248:1893:25c8:1946]", "crm.example.com"})
  void aPublicAddressAndANameAreTaken(String host) {
    assertThat(problems(EXTERNAL.formatted("'https://" + host + "/hooks'"))).isEmpty();
  }

  @Test
  void anExternalAgentIsOnAPortThatCallsMayGoTo() {
    assertThat(problems(EXTERNAL.formatted("'https://crm.example.com:8443/'")))
        .singleElement()
        .asString()
        .startsWith("agents.crm.external.url has port 8443, and addresses.ports has [443] only");
    assertThat(
            problems(
                EXTERNAL.formatted("'https://crm.example.com:8443/'")
                    + "addresses: {ports: [443, 8443]}"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"off, false", "false, false", "on, true", "true, true", "'', true"})
  void theChallengeIsOffOrItIsOn(String value, boolean isAsked) {
    String key = value.isEmpty() ? "" : ", challenge: " + value;
    assertEquals(
        isAsked,
        ((Catalog.Placement.External)
                read("agents: {crm: {subscribes: [user.signed_up], external: {url:"
                        + " https://example.com/"
                        + key
                        + "}}}")
                    .agents()
                    .getFirst()
                    .place())
            .settings()
            .isAsked());
  }

  @Test
  void theChallengeIsNothingElse() {
    assertThat(
            problems(
                "agents: {crm: {subscribes: [user.signed_up], external: {url: https://example.com/,"
                    + " challenge: sometimes}}}"))
        .containsExactly("agents.crm.external.challenge must be off or on; got sometimes");
  }

  /**
   * What one lets through and the other does not would fail at the function's start, or open what
   * must stay closed.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/8",
        "10.20.0.0/16",
        "10.20.3.4/32",
        "172.16.0.0/12",
        "172.15.0.0/16",
        "172.32.0.0/16",
        "192.168.0.0/16",
        "192.168.0.0/15",
        "100.64.0.0/16",
        "100.64.0.0/10",
        "100.100.0.0/16",
        "100.100.100.200/32",
        "100.127.0.0/16",
        "fc00::/7",
        "fd12:3456::/32",
        "fd00:ec2::/48",
        "fd00:ec2::254/128",
        "fd00:ec3::/32",
        "fd00::/8",
        "fd20:ce::/32",
        "fd20:cd::/32",
        "127.0.0.1/32",
        "169.254.169.254/32",
        "0.0.0.0/0",
        "::/0",
        "::1/128",
        "fe80::/10",
        "93.184.216.0/24",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0",
        "::ffff:10.0.0.0/104",
        "::ffff:10.0.0.0/8",
        "fd12::%eth0/32",
        "10.0.0/8",
        "everything"
      })
  void theCatalogAndTheFunctionsOpenTheSame(String range) {
    boolean catalog =
        problems(HOSTED.formatted("") + "addresses: {allow: ['" + range + "']}").isEmpty();
    boolean functions =
        catchThrowable(() -> new AddressGuard(Network.internet(), Set.of(443), Ranges.of(range)))
            == null;
    assertEquals(functions, catalog, range);
    boolean listed =
        problems(HOSTED.formatted(", from: ['" + range + "']") + "egress: static\n").isEmpty();
    assertEquals(catchThrowable(() -> Cidr.of(range)) == null, listed, range);
  }
}
