package agentpost.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Several ranges; an address is in them if it is in one. */
public record Ranges(List<Cidr> all) {
  public static final Ranges NONE = new Ranges(List.of());

  private static final Pattern LITERAL =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

  public Ranges {
    all = List.copyOf(all);
  }

  /**
   * @param list ranges separated by commas; blank for none
   * @throws IllegalArgumentException if one of them is no range
   */
  public static Ranges of(String list) {
    return list.isBlank()
        ? NONE
        : new Ranges(Arrays.stream(list.split(",", -1)).map(String::strip).map(Cidr::of).toList());
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  public boolean contains(InetAddress address) {
    return all.stream().anyMatch(range -> range.contains(address));
  }

  /** Whether the text is an address, and in these. IPv4 mapped into IPv6 is the IPv4 address. */
  public boolean contains(String address) {
    if (!LITERAL.matcher(address).matches()) {
      return false;
    }
    try {
      return contains(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
