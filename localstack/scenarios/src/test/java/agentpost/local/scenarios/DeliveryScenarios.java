package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.testing.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.model.RuleState;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.sqs.model.Message;

/** How EventBridge delivers, beyond what {@link CheckScenarios} hold it to. */
interface DeliveryScenarios extends Scenario {
  @Test
  @Hits(Gap.NO_DEAD_LETTERS)
  default void aDeadLetterIsTheWholeEventWithItsAttributes() throws Exception {
    BusTestBed line = new BusTestBed(this, "refused");
    String letters = line.queue("dlq");
    try (Endpoint endpoint = new Endpoint().answers(422)) {
      String rule =
          line.rule(
              "refused",
              line.destination(endpoint, "/"),
              target ->
                  BusTestBed.withRole(target)
                      .inputPath("$.detail")
                      .deadLetterConfig(to -> to.arn(letters)));
      line.put("{\"a\":1}");
      Scenario.eventually(() -> !endpoint.received().isEmpty());
      expect(
          Gap.NO_DEAD_LETTERS,
          () -> {
            Message letter = letter(line, letters);
            assertThat(letter.body())
                .startsWith("{\"version\":\"0\",\"id\":")
                .endsWith("\"detail\":{\"a\":1}}");
            assertThat(attributes(letter))
                .containsEntry("RULE_ARN", rule)
                .containsEntry("ERROR_CODE", "ERROR_FROM_TARGET")
                .containsEntry("RETRY_ATTEMPTS", "0")
                .containsKeys("TARGET_ARN", "ERROR_MESSAGE")
                .doesNotContainKey("EXHAUSTED_RETRY_CONDITION");
          },
          () -> Scenario.never(() -> !line.messages(letters).isEmpty()));
    }
  }

  @Test
  @Hits({Gap.NO_RETRIES, Gap.NO_DEAD_LETTERS})
  default void whatFailsToTheEndOfItsRetriesIsADeadLetterThatSaysSo() throws Exception {
    BusTestBed line = new BusTestBed(this, "exhausted");
    String letters = line.queue("dlq");
    try (Endpoint endpoint = new Endpoint().answers(500)) {
      UnaryOperator<Target.Builder> twice =
          target ->
              BusTestBed.withRole(target)
                  .deadLetterConfig(to -> to.arn(letters))
                  .retryPolicy(
                      retry -> retry.maximumRetryAttempts(2).maximumEventAgeInSeconds(3600));
      line.rule("exhausted", line.destination(endpoint, "/"), twice);
      line.put("{\"a\":1}");
      expect(
          Gap.NO_RETRIES,
          () -> Scenario.eventually(() -> endpoint.received().size() == 3),
          () -> Scenario.eventually(() -> endpoint.received().size() == 1));
      expect(
          Gap.NO_DEAD_LETTERS,
          () ->
              assertThat(attributes(letter(line, letters)))
                  .containsEntry("RETRY_ATTEMPTS", "2")
                  .containsEntry("ERROR_CODE", "ERROR_FROM_TARGET")
                  .containsEntry("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"),
          () ->
              Scenario.never(
                  () -> !line.messages(letters).isEmpty() || endpoint.received().size() > 1));
    }
  }

  private static Message letter(BusTestBed line, String queue) {
    List<Message> received = new ArrayList<>();
    Scenario.eventually(() -> received.addAll(line.messages(queue)));
    return received.getFirst();
  }

  private static Map<String, String> attributes(Message letter) {
    return letter.messageAttributes().entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, attribute -> attribute.getValue().stringValue()));
  }

  @Test
  @Hits(Gap.NO_RATE_LIMIT)
  default void tenEventsToADestinationOfOneASecondTakeNine() throws Exception {
    BusTestBed line = new BusTestBed(this, "rate");
    try (Endpoint endpoint = new Endpoint()) {
      line.rule(
          "rate",
          line.destination(
              endpoint, "/", destination -> destination.invocationRateLimitPerSecond(1), _ -> {}),
          BusTestBed::withRole);
      Instant start = cloud().now();
      line.put(IntStream.range(0, 10).mapToObj(i -> "{\"i\":" + i + "}").toArray(String[]::new));
      Scenario.eventually(() -> endpoint.received().size() == 10);
      Duration took = Duration.between(start, cloud().now());
      expect(
          Gap.NO_RATE_LIMIT,
          () -> assertThat(took).isGreaterThan(Duration.ofSeconds(9)),
          () -> assertThat(took).isLessThan(Duration.ofSeconds(9)));
    }
  }

  @Test
  @Hits(Gap.DISABLED_RULES_DELIVER)
  default void aDisabledRuleSendsNothingAndAnEnabledOneAgainDoes() throws Exception {
    BusTestBed line = new BusTestBed(this, "disabled");
    String disabled = line.queue("disabled");
    String enabled = line.queue("enabled");
    line.rule(
        put -> put.name("disabled").state(RuleState.DISABLED).eventPattern("{\"source\":[\"s\"]}"),
        disabled,
        target -> target);
    line.rule("enabled", enabled, target -> target);
    line.put("{\"a\":1}");
    Scenario.eventually(() -> !line.messages(enabled).isEmpty());
    expect(
        Gap.DISABLED_RULES_DELIVER,
        () -> Scenario.never(() -> !line.messages(disabled).isEmpty()),
        () -> Scenario.eventually(() -> !line.messages(disabled).isEmpty()));
    line.events.enableRule(enable -> enable.name("disabled").eventBusName(line.bus()));
    line.put("{\"a\":2}");
    Scenario.eventually(
        () ->
            line.messages(disabled).stream()
                .anyMatch(message -> message.body().contains("{\"a\":2}")));
  }

  @Test
  @Hits({Gap.FOLLOWS_REDIRECTS, Gap.NO_DEAD_LETTERS})
  default void aRedirectIsNotFollowed() throws Exception {
    BusTestBed line = new BusTestBed(this, "redirect");
    String letters = line.queue("dlq");
    try (Endpoint elsewhere = new Endpoint();
        Endpoint endpoint =
            new Endpoint()
                .answers(302, "Location: " + cloud().url(elsewhere.port(), "/elsewhere"))) {
      line.rule(
          "redirect",
          line.destination(endpoint, "/"),
          target -> BusTestBed.withRole(target).deadLetterConfig(to -> to.arn(letters)));
      line.put("{\"a\":1}");
      Scenario.eventually(() -> !endpoint.received().isEmpty());
      expect(
          Gap.NO_DEAD_LETTERS,
          () ->
              assertThat(attributes(letter(line, letters)))
                  .containsEntry("ERROR_CODE", "ERROR_FROM_TARGET"),
          () -> Scenario.never(() -> !line.messages(letters).isEmpty()));
      expect(
          Gap.FOLLOWS_REDIRECTS,
          () -> assertThat(elsewhere.received()).isEmpty(),
          () ->
              assertThat(elsewhere.received())
                  .extracting(Endpoint.Received::line)
                  .containsExactly("GET /elsewhere HTTP/1.1"));
    }
  }
}
