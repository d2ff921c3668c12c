package agentpost.local.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.InvalidEventPatternException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;
import software.amazon.awssdk.services.eventbridge.model.PutRuleRequest;
import software.amazon.awssdk.services.eventbridge.model.Rule;
import software.amazon.awssdk.services.sqs.model.Message;

/** Putting events on a bus, and rules that send them on. */
interface BusScenarios extends Scenario {
  @Test
  default void aQueueGetsTheWholeEvent() {
    BusTestBed line = new BusTestBed(this, "whole");
    String queue = line.queue("all");
    line.rule("all", queue, target -> target);
    String id = line.put(line.entry("t", "{\"a\":1}")).entries().getFirst().eventId();
    List<Message> received = new ArrayList<>();
    Scenario.eventually(() -> received.addAll(line.messages(queue)));
    assertThat(received.getFirst().body())
        .startsWith(
            "{\"version\":\"0\",\"id\":\""
                + id
                + "\",\"detail-type\":\"t\",\"source\":\"s\",\"account\":\"000000000000\",\"time\":\"")
        .endsWith("\",\"region\":\"us-east-1\",\"resources\":[],\"detail\":{\"a\":1}}");
  }

  @Test
  default void onlyWhatThePatternMatchesIsSentOn() {
    BusTestBed line = new BusTestBed(this, "pattern");
    String queue = line.queue("wanted");
    line.rule(
        put ->
            put.name("wanted")
                .eventPattern(
                    "{\"detail-type\":[\"user.signed_up\"],\"detail\":{\"data\":{\"plan\":[\"premium_trial\",{\"prefix\":\"enterprise\"}]}}}"),
        queue,
        target -> target.inputPath("$.detail.data.plan"));
    line.put(
        line.entry("user.signed_up", "{\"data\":{\"plan\":\"free\"}}"),
        line.entry("trial.started", "{\"data\":{\"plan\":\"premium_trial\"}}"),
        line.entry("user.signed_up", "{\"data\":{\"plan\":\"enterprise_plus\"}}"),
        line.entry("user.signed_up", "{\"data\":{\"plan\":\"premium_trial\"}}"));
    List<String> plans = new ArrayList<>();
    Scenario.eventually(
        () -> {
          line.messages(queue).forEach(message -> plans.add(message.body()));
          return plans.size() >= 2;
        });
    assertThat(plans).containsExactlyInAnyOrder("\"enterprise_plus\"", "\"premium_trial\"");
  }

  @Test
  default void aBadEntryFailsAloneAndTheAnswersAreInOrder() {
    BusTestBed line = new BusTestBed(this, "partial");
    PutEventsRequestEntry nameless = line.entry("t", "{}").toBuilder().source(null).build();
    PutEventsResponse answer =
        line.put(
            line.entry("t", "{}"),
            line.entry("t", "no JSON"),
            line.entry("t", "[1]"),
            nameless,
            line.entry("t", "{}"));
    assertThat(answer.failedEntryCount()).isEqualTo(3);
    assertThat(answer.entries())
        .extracting(entry -> String.valueOf(entry.errorCode()))
        .containsExactly("null", "MalformedDetail", "MalformedDetail", "InvalidArgument", "null");
    assertThat(answer.entries().get(3).errorMessage())
        .isEqualTo("Parameter Source is not valid. Reason: Source is a required argument.");
  }

  @Test
  default void moreThanTenEntriesAreRefusedTogether() {
    BusTestBed line = new BusTestBed(this, "eleven");
    PutEventsRequestEntry[] eleven =
        IntStream.range(0, 11)
            .mapToObj(i -> line.entry("t", "{\"i\":" + i + "}"))
            .toArray(PutEventsRequestEntry[]::new);
    assertThatThrownBy(() -> line.put(eleven))
        .isInstanceOfSatisfying(
            EventBridgeException.class,
            refused -> {
              assertThat(refused.statusCode()).isEqualTo(400);
              assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("ValidationException");
              assertThat(refused.awsErrorDetails().errorMessage())
                  .contains("Member must have length less than or equal to 10");
            });
  }

  @Test
  default void anEventForABusThatIsNotThereIsTakenAndGone() {
    BusTestBed line = new BusTestBed(this, "nowhere");
    PutEventsResponse answer =
        line.put(line.entry("t", "{}").toBuilder().eventBusName(unique("no-such-bus")).build());
    assertThat(answer.failedEntryCount()).isZero();
    assertThat(answer.entries().getFirst().eventId()).isNotEmpty();
  }

  @Test
  @Hits(Gap.SMALL_ENTRIES)
  default void anEntryOfHalfAMegabyteIsTaken() throws Exception {
    BusTestBed line = new BusTestBed(this, "large");
    PutEventsRequestEntry large = line.entry("t", "{\"a\":\"" + "x".repeat(500_000) + "\"}");
    expect(
        Gap.SMALL_ENTRIES,
        () -> assertThat(line.put(large).failedEntryCount()).isZero(),
        () ->
            assertThatThrownBy(() -> line.put(large))
                .isInstanceOf(EventBridgeException.class)
                .hasMessageContaining(
                    "Total size of the entries in the request is over the limit."));
  }

  @Test
  @Hits(Gap.TAKES_ANY_PATTERN)
  default void aPatternThatIsNoneIsRefusedByName() throws Exception {
    BusTestBed line = new BusTestBed(this, "invalid");
    PutRuleRequest rule =
        PutRuleRequest.builder()
            .name("x")
            .eventBusName(line.bus())
            .eventPattern("{\"source\":\"s\"}")
            .build();
    expect(
        Gap.TAKES_ANY_PATTERN,
        () ->
            assertThatThrownBy(() -> line.events.putRule(rule))
                .isInstanceOf(InvalidEventPatternException.class)
                .hasMessageContaining("Event pattern is not valid. Reason:"),
        () -> assertThat(line.events.putRule(rule).ruleArn()).endsWith("/x"));
  }

  @Test
  default void rulesAreListedByTheirPrefix() {
    BusTestBed line = new BusTestBed(this, "list");
    for (String name : List.of("agent-a", "agent-b", "other")) {
      line.events.putRule(
          put -> put.name(name).eventBusName(line.bus()).eventPattern("{\"source\":[\"s\"]}"));
    }
    assertThat(
            line.events
                .listRules(list -> list.eventBusName(line.bus()).namePrefix("agent-"))
                .rules())
        .extracting(Rule::name)
        .containsExactly("agent-a", "agent-b");
  }
}
