package agentpost.local.egress;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that API Gateway gives to REST APIs. */
public final class ApiHost {
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9]+)\\.execute-api\\.us-east-1\\.amazonaws\\.com");

  private ApiHost() {}

  /** The name of an API. */
  public static String of(String api) {
    return api + ".execute-api.us-east-1.amazonaws.com";
  }

  /** The API whose name this is. */
  public static Optional<String> apiOf(String host) {
    Matcher matcher = HOST.matcher(host);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
