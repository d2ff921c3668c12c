package agentpost.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Keeps other sites' pages from reading and from pressing buttons. The front door refuses what
 * names another origin; here, only this machine's own names count, and what changes something must
 * be from a page of this process, which alone knows its token.
 */
final class SameOrigin {
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}+|\\[::1])(:[0-9]{1,5})?+");

  private final String token = newToken();

  private static String newToken() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  String token() {
    return token;
  }

  /** Why a request is refused; nothing if it is not. */
  Optional<String> objection(PageRequest page) {
    String host = page.request().header("host").orElse("");
    if (!LOOPBACK.matcher(host).matches()) {
      return Optional.of(
          "The console is for this machine alone: open it by localhost or 127.0.0.1.");
    }
    if (!page.isPost()) {
      return Optional.empty();
    }
    boolean isFromHere =
        page.request().header("origin").orElse("").equals("http://" + host)
            || page.request().header("sec-fetch-site").orElse("").equals("same-origin");
    return isFromHere && isToken(page.field("token"))
        ? Optional.empty()
        : Optional.of(
            "This form is from another page, or from a local cloud that has ended. Go back,"
                + " reload, and send it again.");
  }

  private boolean isToken(String given) {
    return MessageDigest.isEqual(given.getBytes(UTF_8), token.getBytes(UTF_8));
  }
}
