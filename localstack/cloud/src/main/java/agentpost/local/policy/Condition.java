package agentpost.local.policy;

import agentpost.address.Cidr;
import agentpost.address.Ranges;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * One condition of a statement. Operators that are not here are refused by their names, since a
 * policy that is read in part says something else.
 *
 * @param isAbsence whether it asks if the key is there at all
 * @param key in lower case
 * @param values one of which has to match, or none where the operator is negated
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">Condition
 *     operators</a>
 */
record Condition(
    Operator operator,
    boolean isAbsence,
    Quantifier quantifier,
    boolean ifExists,
    String key,
    List<String> values) {
  private static final String IF_EXISTS = "IfExists";

  /**
   * The same of every call: one account and region, and whatever has a name on AWS is taken to be
   * called by TLS.
   */
  private static final Map<String, List<String>> ALWAYS =
      Map.of(
          "aws:securetransport",
          List.of("true"),
          "aws:requestedregion",
          List.of("us-east-1"),
          "aws:principalaccount",
          List.of("000000000000"));

  private enum Quantifier {
    NONE,
    ALL,
    ANY
  }

  /**
   * @param matches a value of the policy and one of the call
   */
  private record Operator(boolean negated, BiPredicate<String, String> matches) {}

  private static final String NULL = "Null";

  /** The two of each pair of ARN operators are the same to IAM. */
  private static final Map<String, Operator> OPERATORS =
      Map.ofEntries(
          Map.entry("StringEquals", new Operator(false, String::equals)),
          Map.entry("StringNotEquals", new Operator(true, String::equals)),
          Map.entry("StringEqualsIgnoreCase", new Operator(false, String::equalsIgnoreCase)),
          Map.entry("StringNotEqualsIgnoreCase", new Operator(true, String::equalsIgnoreCase)),
          Map.entry("StringLike", new Operator(false, Glob::matches)),
          Map.entry("StringNotLike", new Operator(true, Glob::matches)),
          Map.entry("ArnEquals", new Operator(false, Glob::matchesArn)),
          Map.entry("ArnLike", new Operator(false, Glob::matchesArn)),
          Map.entry("ArnNotEquals", new Operator(true, Glob::matchesArn)),
          Map.entry("ArnNotLike", new Operator(true, Glob::matchesArn)),
          Map.entry("IpAddress", new Operator(false, Condition::isIn)),
          Map.entry("NotIpAddress", new Operator(true, Condition::isIn)),
          Map.entry("Bool", new Operator(false, String::equalsIgnoreCase)),
          Map.entry(NULL, new Operator(false, String::equals)));

  Condition {
    values = List.copyOf(values);
  }

  /**
   * @throws IllegalArgumentException naming an operator that is not supported, or a range of
   *     addresses that is none
   */
  static Condition of(String operator, String key, List<String> values) {
    String name = operator;
    Quantifier quantifier = Quantifier.NONE;
    if (name.startsWith("ForAllValues:")) {
      quantifier = Quantifier.ALL;
    } else if (name.startsWith("ForAnyValue:")) {
      quantifier = Quantifier.ANY;
    }
    name = name.substring(quantifier == Quantifier.NONE ? 0 : name.indexOf(':') + 1);
    boolean ifExists = name.endsWith(IF_EXISTS);
    name = ifExists ? name.substring(0, name.length() - IF_EXISTS.length()) : name;
    Operator known = OPERATORS.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "the local cloud does not support the condition operator " + name);
    }
    if (name.endsWith("IpAddress")) {
      values.forEach(Condition::range);
    }
    // Absence has no values to look at.
    return new Condition(
        known, name.equals(NULL), quantifier, ifExists, key.toLowerCase(Locale.ROOT), values);
  }

  private static boolean isIn(String range, String address) {
    return new Ranges(List.of(range(range))).contains(address);
  }

  /** IAM takes an address for a range of one. */
  private static Cidr range(String text) {
    String length = text.indexOf(':') >= 0 ? "/128" : "/32";
    return Cidr.of(text.indexOf('/') >= 0 ? text : text + length);
  }

  boolean holds(Map<String, List<String>> context) {
    List<String> given = context.getOrDefault(key, ALWAYS.getOrDefault(key, List.of()));
    if (isAbsence) {
      return values.contains(Boolean.toString(given.isEmpty()));
    }
    if (given.isEmpty()) {
      return ifExists
          || switch (quantifier) {
            case ALL -> true;
            case ANY -> false;
            case NONE -> operator.negated;
          };
    }
    boolean everyOne =
        quantifier == Quantifier.ALL || (quantifier == Quantifier.NONE && operator.negated);
    return everyOne ? given.stream().allMatch(this::holds) : given.stream().anyMatch(this::holds);
  }

  private boolean holds(String given) {
    return values.stream().anyMatch(value -> operator.matches.test(value, given))
        != operator.negated;
  }
}
