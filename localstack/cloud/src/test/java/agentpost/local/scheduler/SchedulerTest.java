package agentpost.local.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A schedule puts its event, or calls its function, when its time comes; and what if it fails. */
class SchedulerTest extends SchedulerTestBed {
  @Test
  void putsItsEventWhenItsTimeComesAndNotBefore() {
    assertThat(ask("POST", "one", schedule("at(2026-03-31T11:30:00)", "")).status()).isEqualTo(200);
    timeline.pass(Duration.ofMinutes(59));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
    assertThat(put.getFirst().toString())
        .isEqualTo(
            "{\"EventBusName\":\"arn:aws:events:us-east-1:000000000000:event-bus/b\",\"Source\":\"s\",\"DetailType\":\"t\",\"Detail\":\"{\\\"a\\\":1}\"}");
    timeline.pass(Duration.ofDays(2));
    assertThat(put).hasSize(1);
  }

  @Test
  void itsTimeIsOfItsZone() {
    ask(
        "POST",
        "one",
        schedule("at(2026-03-31T13:30:00)", ",'ScheduleExpressionTimezone':'Europe/Berlin'"));
    timeline.pass(Duration.ofMinutes(59));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void isDeletedAfterCompletionOnlyIfItSaysSo() {
    ask("POST", "gone", schedule("at(2026-03-31T10:31:00)", ",'ActionAfterCompletion':'DELETE'"));
    ask("POST", "kept", schedule("at(2026-03-31T10:31:00)", ""));
    timeline.pass(Duration.ofMinutes(1));
    assertThat(ask("GET", "gone", "").status()).isEqualTo(404);
    assertThat(ask("GET", "kept", "").status()).isEqualTo(200);
  }

  @Test
  void anUpdateMovesIt() {
    ask("POST", "one", schedule("at(2026-03-31T10:31:00)", ""));
    assertThat(ask("PUT", "one", schedule("at(2026-03-31T10:35:00)", "")).status()).isEqualTo(200);
    assertThat(ask("PUT", "two", schedule("at(2026-03-31T10:35:00)", "")).status()).isEqualTo(404);
    timeline.pass(Duration.ofMinutes(4));
    assertThat(put).isEmpty();
    timeline.pass(Duration.ofMinutes(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void aPastTimeFiresAtOnceAndADisabledOneNever() {
    ask("POST", "past", schedule("at(2026-03-30T10:30:00)", ",'ActionAfterCompletion':'DELETE'"));
    ask("POST", "off", schedule("at(2026-03-31T10:31:00)", ",'State':'DISABLED'"));
    timeline.pass(Duration.ofDays(1));
    assertThat(put).hasSize(1);
    assertThat(ask("GET", "past", "").status()).isEqualTo(404);
  }

  @Test
  void onceIsWhenItSaysWhateverTheDatesAre() {
    ask(
        "POST",
        "one",
        schedule(
            "at(2026-03-31T11:30:00)",
            ",'StartDate':"
                + seconds("2026-04-01T00:00:00Z")
                + ",'EndDate':"
                + seconds("2026-03-31T11:00:00Z")));
    timeline.pass(Duration.ofHours(1));
    assertThat(put).hasSize(1);
  }

  @Test
  void whatFailsIsTriedAgainAndThenInItsDeadLetterQueue() {
    isThere = false;
    String target =
        "'Input':'{}','RetryPolicy':{'MaximumRetryAttempts':2},'DeadLetterConfig':{'Arn':'arn:aws:sqs:us-east-1:000000000000:late'}";
    ask("POST", "one", everyTime("at(2026-03-31T11:30:00)", "").replace("'Input':'{}'", target));
    timeline.pass(Duration.ofHours(2));
    assertThat(invoked).hasSize(3);
    assertThat(deadLetters)
        .singleElement()
        .asString()
        .contains("function:sweep:live")
        .contains("arn:aws:sqs:us-east-1:000000000000:late {\"FunctionName\":")
        .contains(
            "ERROR_CODE=ResourceNotFoundException",
            "EXHAUSTED_RETRY_CONDITION=MaximumRetryAttempts",
            "RETRY_ATTEMPTS=2",
            "SCHEDULED_TIME=2026-03-31T11:30:00Z")
        .contains(
            "SCHEDULE_ARN=arn:aws:scheduler:us-east-1:000000000000:schedule/default/one",
            "TARGET_ARN=arn:aws:scheduler:::aws-sdk:lambda:invoke",
            "IS_PAYLOAD_TRUNCATED=false");
  }

  @Test
  void whatIsTooOldIsGivenUpAndSaysSo() {
    isThere = false;
    ask(
        "POST",
        "one",
        everyTime("at(2026-03-31T11:30:00)", "")
            .replace("'Input':'{}'", "'Input':'{}','RetryPolicy':{'MaximumEventAgeInSeconds':60}"));
    timeline.pass(Duration.ofDays(1));
    assertThat(invoked).hasSize(6);
    assertThat(log)
        .singleElement()
        .asString()
        .contains("schedule default/one given up after 6 attempts (MaximumEventAgeInSeconds)");
  }

  @Test
  void anEventThatThePutRefusesIsADeadLetterToo() {
    refused = true;
    String queue =
        "'DeadLetterConfig':{'Arn':'arn:aws:sqs:us-east-1:000000000000:late'},'RetryPolicy':{'MaximumRetryAttempts':0},'Input'";
    ask("POST", "one", schedule("at(2026-03-31T11:30:00)", "").replace("'Input'", queue));
    timeline.pass(Duration.ofHours(1));
    assertThat(deadLetters)
        .singleElement()
        .asString()
        .contains("ERROR_CODE=MalformedDetail", "\"Entries\":[{");
  }

  @Test
  void itsInputKnowsTheScheduleAndTheTime() {
    ask(
        "POST",
        "one",
        everyTime("at(2026-03-31T11:30:00)", "")
            .replace(
                "'{}'",
                "'<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time>"
                    + " <aws.scheduler.attempt-number>'"));
    timeline.pass(Duration.ofHours(1));
    assertThat(invoked.getFirst())
        .startsWith(
            "sweep arn:aws:scheduler:us-east-1:000000000000:schedule/default/one"
                + " 2026-03-31T11:30:00Z 1 ");
  }
}
