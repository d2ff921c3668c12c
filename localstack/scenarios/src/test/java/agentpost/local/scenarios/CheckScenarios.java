package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.verification.Check;
import agentpost.verification.Deliveries;
import agentpost.verification.DeliveryChecks;
import agentpost.verification.Outcome;
import org.junit.jupiter.api.Test;

/** What {@code verify-deployment} holds a stage's deliveries to, of EventBridge alone. */
interface CheckScenarios extends Scenario {
  private Outcome outcome(Check<Deliveries> check, String name) throws Exception {
    try (BusDeliveries deliveries = new BusDeliveries(this, name)) {
      return check.body().apply(deliveries);
    }
  }

  private void passes(Check<Deliveries> check, String name) throws Exception {
    assertThat(outcome(check, name)).isInstanceOf(Outcome.Passed.class);
  }

  private void fails(Check<Deliveries> check, String name, String why) throws Exception {
    assertThat(outcome(check, name))
        .isInstanceOf(Outcome.Failed.class)
        .extracting(Outcome::text)
        .asString()
        .startsWith(why);
  }

  @Test
  @Hits(Gap.REWRITES_JSON)
  default void anEventIsDeliveredOnceAsItWasPut() throws Exception {
    expect(
        Gap.REWRITES_JSON,
        () -> passes(DeliveryChecks.DELIVERY, "delivery"),
        () -> fails(DeliveryChecks.DELIVERY, "delivery", "the body is not what was put"));
  }

  @Test
  @Hits(Gap.REWRITES_JSON)
  default void anEventThatIsPutTwiceComesTwice() throws Exception {
    expect(
        Gap.REWRITES_JSON,
        () -> passes(DeliveryChecks.DUPLICATE, "duplicate"),
        () -> fails(DeliveryChecks.DUPLICATE, "duplicate", "the body is not what was put"));
  }

  @Test
  @Hits(Gap.NO_RETRIES)
  default void anEndpointThatIsDownIsTriedAgainNoSoonerThanItAsks() throws Exception {
    expect(
        Gap.NO_RETRIES,
        () -> passes(DeliveryChecks.RETRIES, "retries"),
        () -> fails(DeliveryChecks.RETRIES, "retries", "1 of 4 attempts came"));
  }

  @Test
  @Hits(Gap.NO_RETRIES)
  default void anAnswerThatComesTooLateIsTriedAgain() throws Exception {
    expect(
        Gap.NO_RETRIES,
        () -> passes(DeliveryChecks.LATE, "late"),
        () -> fails(DeliveryChecks.LATE, "late", "1 of 2 attempts came"));
  }

  @Test
  @Hits(Gap.NO_DEAD_LETTERS)
  default void whatIsRefusedIsNotTriedAgainAndIsADeadLetter() throws Exception {
    expect(
        Gap.NO_DEAD_LETTERS,
        () -> passes(DeliveryChecks.REFUSED, "refusal"),
        () -> fails(DeliveryChecks.REFUSED, "refusal", "there is no dead letter; 1 attempts came"));
  }
}
