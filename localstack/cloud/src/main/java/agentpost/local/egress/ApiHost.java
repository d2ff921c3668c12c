package agentpost.local.egress;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that AWS gives to REST APIs and to functions' URLs. */
public final class ApiHost {
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9]+)\\.execute-api\\.us-east-1\\.amazonaws\\.com");

  private static final Pattern URL_HOST =
      Pattern.compile("([a-z0-9]+)\\.lambda-url\\.us-east-1\\.on\\.aws");

  private ApiHost() {}

  /** The name of a function's URL. */
  public static String ofUrl(String id) {
    return id + ".lambda-url.us-east-1.on.aws";
  }

  /** The id of the function's URL whose name this is. */
  public static Optional<String> urlOf(String host) {
    Matcher matcher = URL_HOST.matcher(host);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Whether it leads to the local cloud's front door. */
  public static boolean isOne(String host) {
    return apiOf(host).isPresent() || urlOf(host).isPresent();
  }

  /** The id of an API; another stage's has the same logical id. */
  public static String idOf(String name, String logicalId) {
    return "api" + Integer.toHexString((name + logicalId).hashCode());
  }

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
