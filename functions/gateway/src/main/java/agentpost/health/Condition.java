package agentpost.health;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What has to hold of an item for a {@link Change} to be made, in DynamoDB's expression language.
 *
 * @param text with a question mark for each value
 * @param isDisjunction whether it needs parentheses beside AND; DynamoDB refuses more than it needs
 */
record Condition(String text, List<AttributeValue> values, boolean isDisjunction) {
  private Condition(String text, AttributeValue... values) {
    this(text, List.of(values), false);
  }

  static Condition exists(Attribute attribute) {
    return new Condition("attribute_exists(" + attribute.column() + ")");
  }

  static Condition isAbsent(Attribute attribute) {
    return new Condition("attribute_not_exists(" + attribute.column() + ")");
  }

  static Condition equal(Attribute attribute, Instant time) {
    return new Condition(attribute.column() + " = ?", Change.value(time));
  }

  static Condition equal(Attribute attribute, List<AttributeValue> list) {
    return new Condition(attribute.column() + " = ?", AttributeValue.fromL(list));
  }

  static Condition differs(Attribute attribute, String text) {
    return new Condition(attribute.column() + " <> ?", AttributeValue.fromS(text));
  }

  static Condition isBefore(Attribute attribute, Instant time) {
    return new Condition(attribute.column() + " < ?", Change.value(time));
  }

  static Condition isOver(Attribute attribute, Instant time) {
    return new Condition(attribute.column() + " <= ?", Change.value(time));
  }

  /** A lease that nobody has, or that has run out. */
  static Condition isFree(Attribute lease, Instant wall) {
    return any(isAbsent(lease), isOver(lease, wall));
  }

  static Condition isSlotFree(int slot, Instant wall) {
    String column = Attribute.slotColumn(slot);
    return any(
        new Condition("attribute_not_exists(" + column + ")"),
        new Condition(column + " <= ?", Change.value(wall)));
  }

  static Condition holdsSlot(int slot, Instant until) {
    return new Condition(Attribute.slotColumn(slot) + " = ?", Change.value(until));
  }

  static Condition any(Condition... some) {
    return new Condition(
        Arrays.stream(some).map(Condition::text).collect(Collectors.joining(" OR ")),
        allValues(some),
        true);
  }

  static Condition all(Condition... all) {
    return new Condition(
        Arrays.stream(all)
            .map(one -> one.isDisjunction ? "(" + one.text + ")" : one.text)
            .collect(Collectors.joining(" AND ")),
        allValues(all),
        false);
  }

  private static List<AttributeValue> allValues(Condition... conditions) {
    return Stream.of(conditions).flatMap(one -> one.values.stream()).toList();
  }
}
