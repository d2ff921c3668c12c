package agentpost.local.logs;

import agentpost.local.wire.AwsException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * CloudWatch Logs' filter patterns, but those of space-delimited fields and of regular expressions,
 * which are refused by name (CloudWatch Logs user guide, "Filter pattern syntax for metric filters,
 * subscription filters, filter log events, and Live Tail").
 */
final class FilterPattern {
  /** With its sign, in quotation marks or not. */
  private static final Pattern TERM =
      Pattern.compile("([?-]?)(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s\"]+))(?=\\s|$)");

  /** The model's, of a whole pattern. */
  private static final int MAX_LENGTH = 1024;

  private FilterPattern() {}

  /**
   * @throws AwsException naming what is no pattern, or one that is not honoured here
   */
  static Predicate<String> of(String pattern) {
    String text = pattern.strip();
    if (text.isEmpty()) {
      return _ -> true;
    }
    if (text.length() > MAX_LENGTH) {
      throw AwsException.badRequest(
          "InvalidParameterException",
          "A filter pattern has at most "
              + MAX_LENGTH
              + " characters; this one has "
              + text.length());
    }
    if (text.startsWith("[")) {
      throw unsupportedPattern("of space-delimited fields");
    }
    return text.startsWith("{") ? JsonFilter.of(text) : terms(text);
  }

  private record Term(String sign, String text) {
    boolean isIn(String message) {
      return message.contains(text);
    }
  }

  /**
   * All terms without a sign, one of those with a question mark, none of those with a minus; the
   * question marks count for nothing beside others, as the guide has it.
   */
  private static Predicate<String> terms(String text) {
    List<Term> terms = new ArrayList<>();
    int end = 0;
    for (MatchResult term : TERM.matcher(text).results().toList()) {
      if (!text.substring(end, term.start()).isBlank()) {
        throw invalidPattern(text);
      }
      terms.add(term(term, text));
      end = term.end();
    }
    if (!text.substring(end).isBlank()) {
      throw invalidPattern(text);
    }
    List<Term> any = termsSigned(terms, "?");
    List<Term> none = termsSigned(terms, "-");
    List<Term> all = termsSigned(terms, "");
    return message ->
        all.stream().allMatch(term -> term.isIn(message))
            && none.stream().noneMatch(term -> term.isIn(message))
            && (any.isEmpty()
                || any.size() < terms.size()
                || any.stream().anyMatch(term -> term.isIn(message)));
  }

  private static List<Term> termsSigned(List<Term> terms, String sign) {
    return terms.stream().filter(term -> term.sign().equals(sign)).toList();
  }

  private static Term term(MatchResult term, String pattern) {
    String plain = term.group(3);
    if (plain == null) {
      return new Term(term.group(1), term.group(2).replaceAll("\\\\(.)", "$1"));
    }
    if (plain.startsWith("%")) {
      throw unsupportedPattern("with regular expressions");
    }
    if (!plain.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_')) {
      // "Terms that include characters other than alphanumeric or underscore must be placed inside
      // double quotation marks".
      throw AwsException.badRequest(
          "InvalidParameterException",
          "Invalid filter pattern "
              + pattern
              + ": "
              + plain
              + " must be in double quotation marks");
    }
    return new Term(term.group(1), plain);
  }

  static AwsException unsupportedPattern(String which) {
    return AwsException.badRequest(
        "InvalidParameterException",
        "The local cloud does not support a filterPattern " + which + ".");
  }

  static AwsException invalidPattern(String pattern) {
    return AwsException.badRequest(
        "InvalidParameterException", "Invalid filter pattern " + pattern);
  }
}
