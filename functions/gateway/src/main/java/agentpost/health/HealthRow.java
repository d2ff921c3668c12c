package agentpost.health;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** One item of the table as it was read; {@link Circuit}, {@link Consent} … say what is in it. */
public record HealthRow(Map<String, AttributeValue> values) {
  /** Of an agent that nothing is known of. */
  public static final HealthRow EMPTY = new HealthRow(Map.of());

  public HealthRow {
    values = Map.copyOf(values);
  }

  /** Both of them; no attribute has a name in common but the key. */
  HealthRow and(HealthRow other) {
    Map<String, AttributeValue> all = new HashMap<>(values);
    all.putAll(other.values);
    return new HealthRow(all);
  }

  Optional<Long> number(Attribute attribute) {
    return value(attribute).map(AttributeValue::n).map(Long::valueOf);
  }

  Optional<Integer> count(Attribute attribute) {
    return number(attribute).map(Math::toIntExact);
  }

  Optional<Instant> instant(Attribute attribute) {
    return number(attribute).map(Instant::ofEpochMilli);
  }

  /** Zero if there is none. */
  Duration duration(Attribute attribute) {
    return Duration.ofMillis(number(attribute).orElse(0L));
  }

  Optional<String> text(Attribute attribute) {
    return value(attribute).map(AttributeValue::s);
  }

  List<AttributeValue> list(Attribute attribute) {
    return value(attribute).map(AttributeValue::l).orElse(List.of());
  }

  Set<String> texts(Attribute attribute) {
    return value(attribute).map(AttributeValue::ss).map(Set::copyOf).orElse(Set.of());
  }

  /** Until when each slot is held. */
  Map<Integer, Instant> slots() {
    Map<Integer, Instant> slots = new HashMap<>();
    values.forEach(
        (column, value) -> {
          if (Attribute.isSlot(column)) {
            slots.put(
                Attribute.slotNumber(column), Instant.ofEpochMilli(Long.parseLong(value.n())));
          }
        });
    return slots;
  }

  private Optional<AttributeValue> value(Attribute attribute) {
    return Optional.ofNullable(values.get(attribute.column()));
  }
}
