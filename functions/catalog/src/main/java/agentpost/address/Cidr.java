package agentpost.address;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of addresses of one family, such as {@code 10.20.0.0/16} or {@code 2001:db8::/32}.
 *
 * @param bits of the prefix; what the network's address has beyond them must be zero
 */
public record Cidr(InetAddress network, int bits) {
  /**
   * Four decimal numbers, or hexadecimal with colons; nothing that would be looked up, and no short
   * spelling of an IPv4 address.
   */
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)/([0-9]{1,3})");

  public Cidr {
    byte[] bytes = network.getAddress();
    if (bits < 0 || bits > bytes.length * 8) {
      throw new IllegalArgumentException(
          "a prefix of "
              + network.getHostAddress()
              + " has 0 to "
              + bytes.length * 8
              + " bits, got "
              + bits);
    }
    if (!Arrays.equals(applyMask(bytes, bits), bytes)) {
      throw new IllegalArgumentException(
          network.getHostAddress() + "/" + bits + " has bits beyond its prefix");
    }
  }

  /**
   * @throws IllegalArgumentException if the text is no range in this form
   */
  public static Cidr of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "a range of addresses is like 10.20.0.0/16 or 2001:db8::/32, got " + text);
    }
    return new Cidr(InetAddress.ofLiteral(form.group(1)), Integer.parseInt(form.group(2)));
  }

  public static boolean isValid(String text) {
    try {
      return of(text).bits() >= 0;
    } catch (IllegalArgumentException _) {
      // InetAddress has no other way to say that a literal is none.
      return false;
    }
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == network.getAddress().length
        && Arrays.equals(applyMask(bytes, bits), network.getAddress());
  }

  /** Whether all of the other is in this one. */
  public boolean contains(Cidr other) {
    return bits <= other.bits && contains(other.network);
  }

  /** Whether any address is in both. */
  public boolean overlaps(Cidr other) {
    return contains(other) || other.contains(this);
  }

  private static byte[] applyMask(byte[] address, int bits) {
    byte[] out = new byte[address.length];
    int whole = bits / 8;
    System.arraycopy(address, 0, out, 0, whole);
    if (bits % 8 != 0) {
      out[whole] = (byte) (address[whole] & (0xff << (8 - bits % 8)));
    }
    return out;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + bits;
  }
}
