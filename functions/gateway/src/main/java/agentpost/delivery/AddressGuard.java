package agentpost.delivery;

import static agentpost.catalog.EnvironmentVariables.ALLOWED_ADDRESSES;
import static agentpost.catalog.EnvironmentVariables.CALLBACK_ALLOWED_PORTS;

import agentpost.address.AddressRules;
import agentpost.address.Ranges;
import agentpost.platform.Network;
import agentpost.platform.Platform;
import java.net.IDN;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides whether a URL that someone else chose may be called: https, a port of the list, and a
 * host of the public internet, by every address its name has. Whoever calls then connects to an
 * address of {@link Verdict.Allowed} and to no other, or the check is void: a name can have another
 * address a moment later.
 */
public final class AddressGuard {
  private static final int MAX_URL_LENGTH = 2048;

  /** Printable ASCII without what browsers and parsers take for a slash, or drop. */
  private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7e&&[^\\\\\"<>^`{|}]]+");

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.|$)){4}");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /**
   * What resolvers read as an IPv4 address in decimal, octal or hex, whole or in parts: WHATWG URL,
   * "ends in a number".
   */
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");

  private static final String NO_NAME =
      "its host must be a full domain name of letters, digits and hyphens without a dot at its end,"
          + " or an address";
  private static final String NO_PLAIN_ADDRESS =
      "an address as its host must be written in four decimal numbers";

  /**
   * Names that never are the public internet's: RFC 6761, 6762 with its appendix G, 7686, 8375,
   * 9476, and what cloud networks use inside.
   */
  private static final List<String> INSIDE =
      List.of(
          "localhost",
          "localdomain",
          "local",
          "internal",
          "home.arpa",
          "test",
          "invalid",
          "onion",
          "alt",
          "intranet",
          "private",
          "corp",
          "home",
          "lan",
          "in-addr.arpa",
          "ip6.arpa");

  /** What came of looking at a URL. */
  public sealed interface Verdict {
    /**
     * @param host in lower case, an IPv6 literal without brackets
     * @param addresses every one the name has, all of them public
     */
    record Allowed(URI url, String host, int port, List<InetAddress> addresses)
        implements Verdict {}

    /**
     * @param why for whoever chose the URL; addresses are not in it, since they are no business of
     *     a stranger's
     */
    record Refused(String why) implements Verdict {}

    /** The name has no address now; it may later. */
    record Unresolved(String why) implements Verdict {}
  }

  private final Network network;
  private final Set<Integer> ports;
  private final AddressRules rules;

  /** With no range opened. */
  public AddressGuard(Network network, Set<Integer> ports) {
    this(network, ports, Ranges.NONE);
  }

  /**
   * @param opened private ranges that may be called nevertheless
   * @throws IllegalArgumentException if one of them is of those that stay closed
   */
  public AddressGuard(Network network, Set<Integer> ports, Ranges opened) {
    this.network = network;
    this.ports = Set.copyOf(ports);
    this.rules = new AddressRules(opened);
  }

  /**
   * The ports are CALLBACK_ALLOWED_PORTS, separated by commas, 443 if there are none; the private
   * ranges that are open are ALLOWED_ADDRESSES, none if there are none. Both are the catalog's
   * {@code addresses}.
   *
   * @throws IllegalStateException if they are no ports, or no ranges that can be opened: the
   *     function does not start
   */
  public static AddressGuard from(Platform platform) {
    String list = platform.environment().getOrDefault(CALLBACK_ALLOWED_PORTS, "");
    Set<Integer> ports;
    try {
      ports =
          Arrays.stream((list.isBlank() ? "443" : list).split(","))
              .map(String::strip)
              .map(Integer::valueOf)
              .collect(Collectors.toSet());
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "CALLBACK_ALLOWED_PORTS must be port numbers separated by commas", e);
    }
    try {
      return new AddressGuard(
          platform.network(),
          ports,
          Ranges.of(platform.environment().getOrDefault(ALLOWED_ADDRESSES, "")));
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("ALLOWED_ADDRESSES: " + e.getMessage(), e);
    }
  }

  public Verdict check(String text) {
    if (text.length() > MAX_URL_LENGTH || !PLAIN.matcher(text).matches()) {
      return new Verdict.Refused(
          "it must be 1 to 2048 characters of a URL in ASCII; a name in another script is written"
              + " as xn--");
    }
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      return new Verdict.Refused("it is not a URL");
    }
    if (!"https".equalsIgnoreCase(url.getScheme())) {
      return new Verdict.Refused("its scheme must be https");
    }
    if (url.getRawAuthority() == null) {
      return new Verdict.Refused("it must have a host, as in https://example.com/");
    }
    if (url.getRawAuthority().indexOf('@') >= 0) {
      return new Verdict.Refused("it must have no user information");
    }
    if (url.getHost() == null) {
      return new Verdict.Refused(explainUnreadable(url.getRawAuthority()));
    }
    if (url.getRawFragment() != null) {
      return new Verdict.Refused("it must have no fragment");
    }
    int port = url.getPort() == -1 ? 443 : url.getPort();
    if (!ports.contains(port)) {
      return new Verdict.Refused("its port must be one of " + ports.stream().sorted().toList());
    }
    return checkName(url, url.getHost().toLowerCase(Locale.ROOT), port);
  }

  /**
   * What is wrong with an authority that java.net.URI takes for no host and port: it keeps such a
   * one as text ("registry-based").
   */
  private static String explainUnreadable(String authority) {
    int colon = authority.lastIndexOf(':');
    String host = (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase(Locale.ROOT);
    List<String> labels = List.of(host.split("\\.", -1));
    if (host.isEmpty()) {
      return "it must have a host, as in https://example.com/";
    }
    if (host.indexOf('_') >= 0) {
      return "its host has an underscore; a host's name has letters, digits and hyphens only (RFC"
          + " 1123)";
    }
    if (labels.size() > 1 && NUMBER.matcher(labels.getLast()).matches()) {
      return NO_PLAIN_ADDRESS;
    }
    return isName(labels) && Character.isLetter(labels.getLast().charAt(0))
        ? "its port must be a number"
        : NO_NAME;
  }

  private static boolean isName(List<String> labels) {
    return labels.size() > 1
        && labels.stream().allMatch(label -> LABEL.matcher(label).matches())
        && String.join(".", labels).length() <= 253;
  }

  private Verdict checkName(URI url, String host, int port) {
    if (host.startsWith("[")) {
      return ipv6(url, host.substring(1, host.length() - 1), port);
    }
    if (IPV4.matcher(host).matches()) {
      return checkAddresses(url, host, port, List.of(InetAddress.ofLiteral(host)));
    }
    List<String> labels = List.of(host.split("\\.", -1));
    if (!isName(labels)) {
      return new Verdict.Refused(NO_NAME);
    }
    if (NUMBER.matcher(labels.getLast()).matches()) {
      return new Verdict.Refused(NO_PLAIN_ADDRESS);
    }
    if (INSIDE.stream().anyMatch(name -> host.equals(name) || host.endsWith("." + name))) {
      return new Verdict.Refused("its host is a name for use inside a network");
    }
    if (labels.stream().anyMatch(AddressGuard::isDisguised)) {
      return new Verdict.Refused("its host is an xn-- spelling of a name in ASCII");
    }
    try {
      return checkAddresses(url, host, port, network.resolve(host));
    } catch (UnknownHostException e) {
      return new Verdict.Unresolved("its host has no address");
    }
  }

  private Verdict ipv6(URI url, String literal, int port) {
    if (literal.indexOf('%') >= 0) {
      return new Verdict.Refused("an address as its host must have no zone");
    }
    try {
      InetAddress address = InetAddress.ofLiteral(literal);
      return address instanceof Inet4Address
          ? new Verdict.Refused("its host is an IPv4 address mapped into IPv6")
          : checkAddresses(url, literal, port, List.of(address));
    } catch (IllegalArgumentException e) {
      return new Verdict.Refused("its host is not an address");
    }
  }

  /**
   * One address that is not public spoils the name: it would do for an attacker to have it first,
   * or next.
   */
  private Verdict checkAddresses(URI url, String host, int port, List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return new Verdict.Unresolved("its host has no address");
    }
    Optional<String> refusal =
        addresses.stream().map(rules::refusal).flatMap(Optional::stream).findFirst();
    return refusal
        .<Verdict>map(what -> new Verdict.Refused("its host has an address that is " + what))
        .orElseGet(() -> new Verdict.Allowed(url, host, port, List.copyOf(addresses)));
  }

  /**
   * A label in another script is never the same as one in ASCII; one that folds into ASCII, as
   * full-width letters do, is made to deceive.
   */
  private static boolean isDisguised(String label) {
    if (!label.startsWith("xn--")) {
      return false;
    }
    String shown =
        Normalizer.normalize(IDN.toUnicode(label, IDN.ALLOW_UNASSIGNED), Normalizer.Form.NFKC);
    return shown.chars().allMatch(c -> c < 0x80);
  }
}
