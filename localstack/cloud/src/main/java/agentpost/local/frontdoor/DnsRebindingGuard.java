package agentpost.local.frontdoor;

import agentpost.local.egress.ApiHost;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.AwsRequest;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Keeps web pages out. A page of any site can send simple requests to whatever its reader's machine
 * reaches, and where it can point its own name at this machine (DNS rebinding) it reads the answers
 * too. So a request is for a name that is this machine's, and says of no other origin that it is
 * from there. No answer has a CORS header. AWS's clients send neither {@code Origin} nor {@code
 * Sec-Fetch-Site}; browsers always do.
 */
final class DnsRebindingGuard {
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._-]*)(?::[0-9]{1,5})?");

  /** A name is what is rebound; an address is what it is. */
  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  /**
   * Reserved for this machine (RFC 6761), or made to lead to it by those who own them: LocalStack's
   * clients and S3's virtual hosts use such names.
   */
  private static final Pattern LOCAL =
      Pattern.compile("(.+\\.)?(localhost|localhost\\.localstack\\.cloud)");

  private final Set<String> names;

  /**
   * @param names that lead here too
   */
  DnsRebindingGuard(Set<String> names) {
    this.names =
        names.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * @throws AwsException if the request may be a web page's
   */
  void check(AwsRequest request) {
    String host = request.header("host").orElse("").toLowerCase(Locale.ROOT);
    Matcher authority = AUTHORITY.matcher(host);
    if (!authority.matches() || !isHere(withoutDot(authority.group(1)))) {
      throw refuse(
          "Host names none of this machine's names; ./agentpost local --allow-host NAME lets one"
              + " more in");
    }
    String origin = request.header("origin").orElse("");
    if (!origin.isEmpty() && !origin.equalsIgnoreCase("http://" + host)) {
      throw refuse("Origin is another site");
    }
    String site = request.header("sec-fetch-site").orElse("none");
    if (!site.equals("none") && !site.equals("same-origin")) {
      throw refuse("Sec-Fetch-Site is another site");
    }
  }

  /**
   * The API's own name leads here inside the function host and from EventBridge; no page can have
   * it.
   */
  private boolean isHere(String name) {
    return ADDRESS.matcher(name).matches()
        || LOCAL.matcher(name).matches()
        || names.contains(name)
        || ApiHost.isOne(name);
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static AwsException refuse(String why) {
    return new AwsException(
        403,
        "AccessDeniedException",
        "The local cloud takes no requests from web pages of other sites: " + why);
  }
}
