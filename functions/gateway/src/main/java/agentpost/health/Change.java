package agentpost.health;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One conditional update of an item: what it sets and removes, if its condition holds. It alone
 * knows DynamoDB's update expressions ("Update expressions", DynamoDB developer guide).
 */
final class Change {
  private final Condition condition;
  private final List<String> assignments = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();
  private final List<AttributeValue> values = new ArrayList<>();

  private Change(Condition condition) {
    this.condition = condition;
  }

  static Change when(Condition condition) {
    return new Change(condition);
  }

  static AttributeValue value(Instant time) {
    return value(time.toEpochMilli());
  }

  static AttributeValue value(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  /** To the millisecond, as times are in the table. */
  static Instant truncate(Instant time) {
    return Instant.ofEpochMilli(time.toEpochMilli());
  }

  Change set(Attribute attribute, Instant time) {
    return assign(attribute.column(), "?", value(time));
  }

  Change set(Attribute attribute, Duration time) {
    return assign(attribute.column(), "?", value(time.toMillis()));
  }

  Change set(Attribute attribute, long number) {
    return assign(attribute.column(), "?", value(number));
  }

  Change set(Attribute attribute, String text) {
    return assign(attribute.column(), "?", AttributeValue.fromS(text));
  }

  Change set(Attribute attribute, List<AttributeValue> list) {
    return assign(attribute.column(), "?", AttributeValue.fromL(list));
  }

  /**
   * @param texts not empty: DynamoDB has no empty set
   */
  Change set(Attribute attribute, Collection<String> texts) {
    return assign(attribute.column(), "?", AttributeValue.fromSs(List.copyOf(texts)));
  }

  Change setSlot(int number, Instant until) {
    return assign(Attribute.slotColumn(number), "?", value(until));
  }

  /** What it has, or else this. */
  Change setIfAbsent(Attribute attribute, Instant time) {
    return assign(attribute.column(), ifAbsent(attribute), value(time));
  }

  Change setIfAbsent(Attribute attribute, String text) {
    return assign(attribute.column(), ifAbsent(attribute), AttributeValue.fromS(text));
  }

  /** What another attribute has. */
  Change copy(Attribute attribute, Attribute from) {
    return assign(attribute.column(), from.column());
  }

  Change append(Attribute attribute, AttributeValue element) {
    return assign(
        attribute.column(),
        "list_append(" + ifAbsent(attribute) + ", ?)",
        AttributeValue.fromL(List.of()),
        AttributeValue.fromL(List.of(element)));
  }

  Change remove(Attribute... attributes) {
    for (Attribute attribute : attributes) {
      removed.add(attribute.column());
    }
    return this;
  }

  Change removeSlot(int number) {
    removed.add(Attribute.slotColumn(number));
    return this;
  }

  /** With its values numbered, as DynamoDB takes it. */
  record Expression(String update, String condition, Map<String, AttributeValue> values) {}

  Expression toExpression() {
    Map<String, AttributeValue> numbered = new HashMap<>();
    String set = "SET " + String.join(", ", assignments);
    String update = removed.isEmpty() ? set : set + " REMOVE " + String.join(", ", removed);
    return new Expression(
        number(update, values, numbered),
        number(condition.text(), condition.values(), numbered),
        numbered);
  }

  private static String number(
      String text, List<AttributeValue> values, Map<String, AttributeValue> numbered) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '?') {
        String name = ":v" + numbered.size();
        numbered.put(name, values.get(next++));
        out.append(name);
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }

  private static String ifAbsent(Attribute attribute) {
    return "if_not_exists(" + attribute.column() + ", ?)";
  }

  private Change assign(String column, String term, AttributeValue... some) {
    assignments.add(column + " = " + term);
    values.addAll(List.of(some));
    return this;
  }
}
