package agentpost.local.nothinglost;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Evaluates a condition or an update of DynamoDB's expression language over one item. It knows the
 * part that is used here, and throws at the rest; what it knows is held against DynamoDB Local by
 * {@link StoresContractIT}.
 */
public final class Expression {
  private static final Pattern TOKEN =
      Pattern.compile("<>|<=|>=|[=<>(),+-]|[:#]?[A-Za-z_][A-Za-z0-9_]*");

  private final List<String> tokens;
  private final Map<String, String> names;
  private final Map<String, AttributeValue> values;
  private final Map<String, AttributeValue> item;
  private int next;

  public Expression(
      String text,
      Map<String, String> names,
      Map<String, AttributeValue> values,
      Map<String, AttributeValue> item) {
    this.tokens = TOKEN.matcher(text).results().map(MatchResult::group).toList();
    this.names = names;
    this.values = values;
    this.item = item;
  }

  public boolean holds() {
    boolean result = either();
    if (next != tokens.size()) {
      throw unknown();
    }
    return result;
  }

  private boolean either() {
    boolean result = both();
    while (skip("OR")) {
      // Not short-circuited: the other side has to be read, too.
      result |= both();
    }
    return result;
  }

  private boolean both() {
    boolean result = one();
    while (skip("AND")) {
      result &= one();
    }
    return result;
  }

  private boolean one() {
    if (skip("NOT")) {
      return !one();
    }
    if (skip("(")) {
      boolean inner = either();
      expect(")");
      return inner;
    }
    if (skip("attribute_not_exists")) {
      return argument().isEmpty();
    }
    if (skip("attribute_exists")) {
      return argument().isPresent();
    }
    Optional<AttributeValue> left = operand();
    String comparator = tokens.get(next++);
    return compared(left, comparator, operand());
  }

  private Optional<AttributeValue> argument() {
    expect("(");
    Optional<AttributeValue> found = operand();
    expect(")");
    return found;
  }

  private Optional<AttributeValue> operand() {
    String token = tokens.get(next++);
    if (token.equals("if_not_exists")) {
      expect("(");
      Optional<AttributeValue> found = operand();
      expect(",");
      Optional<AttributeValue> otherwise = operand();
      expect(")");
      return found.or(() -> otherwise);
    }
    if (token.equals("list_append")) {
      expect("(");
      List<AttributeValue> both = new ArrayList<>(operand().orElseThrow(this::unknown).l());
      expect(",");
      both.addAll(operand().orElseThrow(this::unknown).l());
      expect(")");
      return Optional.of(AttributeValue.fromL(both));
    }
    return Optional.ofNullable(token.startsWith(":") ? values.get(token) : item.get(name(token)));
  }

  private String name(String token) {
    return token.startsWith("#")
        ? Optional.ofNullable(names.get(token)).orElseThrow(this::unknown)
        : token;
  }

  /** What is missing, or is of another type, is neither more nor less than anything. */
  private boolean compared(
      Optional<AttributeValue> left, String comparator, Optional<AttributeValue> right) {
    if (comparator.equals("<>")) {
      return !left.equals(right);
    }
    if (left.isEmpty() || right.isEmpty() || left.get().type() != right.get().type()) {
      return false;
    }
    int order = order(left.get(), right.get());
    return switch (comparator) {
      case "=" -> order == 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      case ">=" -> order >= 0;
      default -> throw unknown();
    };
  }

  private int order(AttributeValue left, AttributeValue right) {
    return switch (left.type()) {
      case N -> new BigDecimal(left.n()).compareTo(new BigDecimal(right.n()));
      case S -> left.s().compareTo(right.s());
      case L -> left.l().equals(right.l()) ? 0 : 1; // Only ever asked whether they are equal.
      default -> throw unknown();
    };
  }

  /**
   * The item after an update with SET, REMOVE and ADD of numbers; every right side is of the item
   * before.
   */
  public Map<String, AttributeValue> updated() {
    Map<String, AttributeValue> result = new HashMap<>(item);
    List<String> removed = new ArrayList<>();
    while (next < tokens.size()) {
      if (skip("SET")) {
        do {
          String target = name(tokens.get(next++));
          expect("=");
          result.put(target, sum());
        } while (skip(","));
      } else if (skip("REMOVE")) {
        do {
          removed.add(name(tokens.get(next++)));
        } while (skip(","));
      } else if (skip("ADD")) {
        do {
          String target = name(tokens.get(next++));
          BigDecimal added = new BigDecimal(operand().orElseThrow(this::unknown).n());
          BigDecimal before =
              Optional.ofNullable(item.get(target))
                  .map(value -> new BigDecimal(value.n()))
                  .orElse(BigDecimal.ZERO);
          result.put(target, AttributeValue.fromN(before.add(added).toPlainString()));
        } while (skip(","));
      } else {
        throw unknown();
      }
    }
    removed.forEach(result::remove);
    return result;
  }

  private AttributeValue sum() {
    AttributeValue first = operand().orElseThrow(this::unknown);
    boolean plus = skip("+");
    if (!plus && !skip("-")) {
      return first;
    }
    BigDecimal second = new BigDecimal(operand().orElseThrow(this::unknown).n());
    return AttributeValue.fromN(
        new BigDecimal(first.n()).add(plus ? second : second.negate()).toPlainString());
  }

  private boolean skip(String token) {
    boolean found = next < tokens.size() && tokens.get(next).equalsIgnoreCase(token);
    next += found ? 1 : 0;
    return found;
  }

  private void expect(String token) {
    if (!skip(token)) {
      throw unknown();
    }
  }

  /** No fault of the code that is tested: this table has to learn it. */
  private AssertionError unknown() {
    return new AssertionError("This table does not know " + tokens + " at " + next);
  }
}
