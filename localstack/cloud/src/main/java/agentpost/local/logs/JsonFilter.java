package agentpost.local.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A filter pattern of JSON: {@code { $.a.b[0] = "x*" && ($.n >= 5 || $.c IS NULL || $.d NOT EXISTS)
 * }}. {@code &&} binds more tightly than {@code ||}.
 */
final class JsonFilter {
  /** Numbers keep their digits, and compare by value. */
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(\\(|\\)|&&|\\|\\||!=|>=|<=|=|>|<|\"(?:[^\"\\\\]|\\\\.)*+\"|"
              + "\\$(?:\\.[A-Za-z0-9_-]+|\\[[0-9]{1,9}]|\\['[^']+'])*+|[^\\s()&|=<>!\"]+)");
  private static final Pattern STEP =
      Pattern.compile("\\.([A-Za-z0-9_-]+)|\\[([0-9]{1,9})]|\\['([^']+)']");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?");

  /** Parentheses in one another; more are no filter that anybody wrote. */
  private static final int MAX_NESTING = 50;

  private final String pattern;
  private final List<String> tokens;
  private int next;
  private int depth;

  private JsonFilter(String pattern, List<String> tokens) {
    this.pattern = pattern;
    this.tokens = tokens;
  }

  /**
   * @throws agentpost.local.wire.AwsException if it is none
   */
  static Predicate<String> of(String pattern) {
    if (!pattern.endsWith("}")) {
      throw FilterPattern.invalidPattern(pattern);
    }
    JsonFilter filter = new JsonFilter(pattern, tokens(pattern));
    Predicate<JsonNode> condition = filter.parseOr();
    if (filter.next < filter.tokens.size()) {
      throw FilterPattern.invalidPattern(pattern);
    }
    return message -> {
      try {
        JsonNode json = JSON.readTree(message);
        return json.isContainerNode() && condition.test(json);
      } catch (JsonProcessingException e) {
        // A line that is not JSON matches no pattern of JSON.
        return false;
      }
    };
  }

  private static List<String> tokens(String pattern) {
    String inner = pattern.substring(1, pattern.length() - 1).stripTrailing();
    List<String> tokens = new ArrayList<>();
    Matcher token = TOKEN.matcher(inner);
    int end = 0;
    while (end < inner.length() && token.find(end) && token.start() == end) {
      tokens.add(token.group(1));
      end = token.end();
    }
    if (end < inner.length()) {
      throw FilterPattern.invalidPattern(pattern);
    }
    return tokens;
  }

  private String take() {
    if (next == tokens.size()) {
      throw FilterPattern.invalidPattern(pattern);
    }
    return tokens.get(next++);
  }

  private boolean takes(String token) {
    boolean there = next < tokens.size() && tokens.get(next).equals(token);
    next += there ? 1 : 0;
    return there;
  }

  private Predicate<JsonNode> parseOr() {
    Predicate<JsonNode> any = parseAnd();
    while (takes("||")) {
      any = any.or(parseAnd());
    }
    return any;
  }

  private Predicate<JsonNode> parseAnd() {
    Predicate<JsonNode> all = parseTerm();
    while (takes("&&")) {
      all = all.and(parseTerm());
    }
    return all;
  }

  private Predicate<JsonNode> parseTerm() {
    if (takes("(")) {
      if (++depth > MAX_NESTING) {
        throw FilterPattern.invalidPattern(pattern);
      }
      Predicate<JsonNode> inner = parseOr();
      depth--;
      if (!takes(")")) {
        throw FilterPattern.invalidPattern(pattern);
      }
      return inner;
    }
    String selector = take();
    if (!selector.startsWith("$") || selector.length() == 1) {
      throw FilterPattern.invalidPattern(pattern);
    }
    Predicate<JsonNode> condition = condition();
    return json -> condition.test(at(json, selector));
  }

  private Predicate<JsonNode> condition() {
    String operator = take().toUpperCase(Locale.ROOT);
    return switch (operator) {
      case "IS" -> is(take().toUpperCase(Locale.ROOT));
      case "NOT" -> {
        if (!take().toUpperCase(Locale.ROOT).equals("EXISTS")) {
          throw FilterPattern.invalidPattern(pattern);
        }
        yield JsonNode::isMissingNode;
      }
      case "EXISTS" -> value -> !value.isMissingNode();
      case "=", "!=", ">", "<", ">=", "<=" -> compare(operator, take());
      default -> throw FilterPattern.invalidPattern(pattern);
    };
  }

  private Predicate<JsonNode> is(String what) {
    return switch (what) {
      case "NULL" -> JsonNode::isNull;
      case "TRUE" -> value -> value.isBoolean() && value.booleanValue();
      case "FALSE" -> value -> value.isBoolean() && !value.booleanValue();
      default -> throw FilterPattern.invalidPattern(pattern);
    };
  }

  /**
   * A selector that finds an object, an array or nothing matches neither {@code =} nor {@code !=}
   * (guide, "JSON special considerations").
   */
  private Predicate<JsonNode> compare(String operator, String operand) {
    if (operand.startsWith("%")) {
      throw FilterPattern.unsupportedPattern("with regular expressions");
    }
    if (NUMBER.matcher(operand).matches()) {
      BigDecimal number = new BigDecimal(operand);
      return value -> value.isNumber() && holds(operator, value.decimalValue().compareTo(number));
    }
    boolean isEqual = operator.equals("=");
    boolean isPlain = operand.startsWith("\"") || operand.matches("[A-Za-z0-9_.*:/@+-]+");
    if (!isPlain || (!isEqual && !operator.equals("!="))) {
      throw FilterPattern.invalidPattern(pattern);
    }
    Pattern text =
        wildcards(
            operand.startsWith("\"")
                ? operand.substring(1, operand.length() - 1).replaceAll("\\\\(.)", "$1")
                : operand);
    return value ->
        value.isValueNode() && !value.isNull() && text.matcher(value.asText()).matches() == isEqual;
  }

  private static boolean holds(String operator, int order) {
    return switch (operator) {
      case "=" -> order == 0;
      case "!=" -> order != 0;
      case ">" -> order > 0;
      case "<" -> order < 0;
      case ">=" -> order >= 0;
      default -> order <= 0;
    };
  }

  /** A star at either end stands for any text; one within stands for itself. */
  private static Pattern wildcards(String text) {
    if (text.equals("*")) {
      return Pattern.compile("(?s).*");
    }
    String start = text.startsWith("*") ? ".*" : "";
    String end = text.endsWith("*") && text.length() > 1 ? ".*" : "";
    return Pattern.compile(
        "(?s)"
            + start
            + Pattern.quote(
                text.substring(start.isEmpty() ? 0 : 1, text.length() - (end.isEmpty() ? 0 : 1)))
            + end);
  }

  private static JsonNode at(JsonNode json, String selector) {
    JsonNode found = json;
    for (MatchResult step : STEP.matcher(selector).results().toList()) {
      found =
          step.group(2) != null
              ? found.path(Integer.parseInt(step.group(2)))
              : found.path(step.group(1) != null ? step.group(1) : step.group(3));
    }
    return found;
  }
}
