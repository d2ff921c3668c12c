package agentpost.schemas;

import com.google.re2j.Pattern;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.format.EmailFormat;
import java.net.IDN;

/**
 * The format {@code email}, RFC 5321's mailbox: before the at sign what the library takes there;
 * after it an address in brackets or a host name, as HTML's {@code <input type=email>} has it:
 * labels of 1 to 63 letters, digits and inner hyphens, those of other scripts as IDN. Whether there
 * is such a host is not for a schema to say: the library knows a list of top-level domains, and
 * refuses {@code corp.example} and {@code mail.internal} by it.
 */
final class EmailAddressFormat extends EmailFormat {
  /**
   * RFC 5321, 4.5.3.1: 64 before the at sign, 255 after it. At a domain of 100,000 characters the
   * library throws.
   */
  private static final int MAX_LENGTH = 320;

  /** RFC 1035, 2.3.4: 255 octets, of which the first label's length and the root are two. */
  private static final int MAX_HOST_LENGTH = 253;

  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final Pattern HOST = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
  private static final String HOST_ON_THE_LIST = "example.com";

  @Override
  public boolean matches(ExecutionContext context, String value) {
    if (value.codePointCount(0, value.length()) > MAX_LENGTH
        || value.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    int host = value.lastIndexOf('@') + 1;
    return value.startsWith("[", host)
        ? super.matches(context, value)
        : isHost(value.substring(host))
            && super.matches(context, value.substring(0, host) + HOST_ON_THE_LIST);
  }

  private static boolean isHost(String name) {
    try {
      String ascii = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
      return ascii.length() <= MAX_HOST_LENGTH && HOST.matches(ascii);
    } catch (IllegalArgumentException _) {
      // IDN has no other way to say that it is none.
      return false;
    }
  }
}
