package agentpost.health;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.catalog.AgentName;
import agentpost.testing.LocalTables;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangeTest {
  private static final AgentName AGENT = new AgentName("crm");
  private static final Instant NOW = Instant.parse("2026-03-31T10:30:00Z");

  private final LocalTables tables = new LocalTables();
  private final HealthTable table = new HealthTable(tables.client(), LocalTables.HEALTH);

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void valuesAreNumberedInTheOrderOfTheirPlaces() {
    Change.Expression expression =
        Change.when(
                Condition.all(
                    Condition.isFree(Attribute.RECOVERY_LEASE, NOW),
                    Condition.differs(Attribute.STOPPED_URL, "?")))
            .setIfAbsent(Attribute.OUTAGE_BECAUSE, "dead-letters")
            .append(Attribute.OUTCOMES, Change.value(7))
            .copy(Attribute.OUTAGE_SINCE, Attribute.TROUBLED_AT)
            .remove(Attribute.ENDED_AT, Attribute.ANNOUNCED_AT)
            .toExpression();
    assertThat(expression.update())
        .isEqualTo(
            "SET outage_because = if_not_exists(outage_because, :v0), outcomes ="
                + " list_append(if_not_exists(outcomes, :v1), :v2), outage_since = troubled_at"
                + " REMOVE ended_at, announced_at");
    assertThat(expression.condition())
        .isEqualTo(
            "(attribute_not_exists(recovery_lease) OR recovery_lease <= :v3) AND stopped_url <>"
                + " :v4");
    assertThat(expression.values()).hasSize(5);
    assertThat(expression.values().get(":v4")).returns("?", value -> value.s());
  }

  /** None of its names is one that DynamoDB reserves. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EXPIRES_AT")
  void dynamoTakesEveryAttributeInEveryPlace(Attribute attribute) {
    assertThat(update(Change.when(Condition.isAbsent(attribute)).set(attribute, NOW))).isTrue();
    assertThat(table.row(AGENT).instant(attribute)).contains(NOW);
    assertThat(update(Change.when(Condition.isBefore(attribute, NOW)).remove(attribute))).isFalse();
    assertThat(update(Change.when(Condition.equal(attribute, NOW)).setIfAbsent(attribute, "x")))
        .isTrue();
    assertThat(table.row(AGENT).instant(attribute)).contains(NOW);
    assertThat(update(Change.when(Condition.exists(attribute)).remove(attribute))).isTrue();
    assertThat(table.row(AGENT).number(attribute)).isEmpty();
  }

  @Test
  void conditionsNestWithoutParenthesesThatDynamoRefuses() {
    Condition deep =
        Condition.any(
            Condition.isAbsent(Attribute.CHALLENGE_DUE),
            Condition.all(
                Condition.isFree(Attribute.CHALLENGE_LEASE, NOW),
                Condition.isOver(Attribute.CHALLENGE_DUE, NOW)));
    assertThat(update(Change.when(deep).set(Attribute.CHALLENGE_DUE, NOW.plusMillis(1)))).isTrue();
    assertThat(update(Change.when(deep).set(Attribute.CHALLENGE_DUE, NOW))).isFalse();
    assertThat(update(Change.when(Condition.all(deep)).set(Attribute.CHALLENGE_DUE, NOW)))
        .isFalse();
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    update(
        Change.when(Condition.isSlotFree(3, NOW))
            .setSlot(3, NOW)
            .set(Attribute.REFUSED_IDS, Set.of("a", "b"))
            .append(Attribute.OUTCOMES, Change.value(1)));
    update(
        Change.when(Condition.equal(Attribute.OUTCOMES, List.of(Change.value(1))))
            .append(Attribute.OUTCOMES, Change.value(2)));
    HealthRow row = table.row(AGENT);
    assertThat(row.slots()).containsOnlyKeys(3).containsValue(NOW);
    assertThat(row.list(Attribute.OUTCOMES)).containsExactly(Change.value(1), Change.value(2));
    assertThat(row.texts(Attribute.REFUSED_IDS)).containsExactlyInAnyOrder("a", "b");
    assertThat(update(Change.when(Condition.holdsSlot(3, NOW.plusMillis(1))).removeSlot(3)))
        .isFalse();
    assertThat(update(Change.when(Condition.holdsSlot(3, NOW)).removeSlot(3))).isTrue();
    assertThat(table.row(AGENT).slots()).isEmpty();
  }

  private boolean update(Change change) {
    return table.update(AGENT, NOW, change).done();
  }
}
