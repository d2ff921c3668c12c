package agentpost.local.policy;

import java.util.regex.Pattern;

/**
 * Texts with {@code *} for any characters and {@code ?} for one, as IAM has them in actions,
 * resources and conditions.
 */
final class Glob {
  /** Of an ARN, after which colons belong to the resource. */
  private static final int PARTS = 6;

  private static final Pattern COLON = Pattern.compile(":");

  private Glob() {}

  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int after = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        after = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++after;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /**
   * Part by part, so that a star does not reach over a colon (IAM user guide, "ARN condition
   * operators").
   */
  static boolean matchesArn(String pattern, String arn) {
    String[] patterns = COLON.split(pattern, PARTS);
    String[] parts = COLON.split(arn, PARTS);
    if (patterns.length != parts.length) {
      return pattern.equals("*");
    }
    for (int i = 0; i < parts.length; i++) {
      if (!matches(patterns[i], parts[i])) {
        return false;
      }
    }
    return true;
  }
}
