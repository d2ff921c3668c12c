package agentpost.local.eventbridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import agentpost.local.eventbridge.RuleTestBed.Letter;
import agentpost.local.eventbridge.delivery.DeliveryListener.DeliveryEvent;
import agentpost.local.eventbridge.targets.TargetServices;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What EventBridge puts into a target's dead-letter queue, and that nothing keeps it from getting
 * there.
 */
class DeadLetterTest {
  private RuleTestBed line;

  @BeforeEach
  void start() throws IOException {
    line = new RuleTestBed();
  }

  @AfterEach
  void stop() throws IOException {
    line.close();
  }

  private Letter letter() {
    assertThat(line.letters).hasSize(1);
    return line.letters.getFirst();
  }

  private String message() {
    return letter().attributes().getOrDefault("ERROR_MESSAGE", "");
  }

  @Test
  void holdsTheWholeEventInAwssOrderWhateverTheInput() {
    line.target("{'InputPath':'$.detail.a'}").endpoint.answers(400);
    String id = line.put("{ 'b': 2,  'a': 1 }");
    assertThat(letter().queue()).isEqualTo(RuleTestBed.DLQ);
    assertThat(letter().body())
        .isEqualTo(
            "{\"version\":\"0\",\"id\":\""
                + id
                + "\",\"detail-type\":\"t\",\"source\":\"s\",\"account\":\"000000000000\","
                + "\"time\":\"2026-03-31T10:30:00Z\",\"region\":\"us-east-1\",\"resources\":[],\"detail\":{\"b\":2,\"a\":1}}");
  }

  @Test
  void hasTheseAttributesWhenRetriesRanOut() {
    line.retry(2, 86_400).endpoint.answers(500);
    line.put("{}");
    line.pass(Duration.ofMinutes(1));
    assertThat(letter().attributes())
        .containsOnly(
            entry("RULE_ARN", "arn:aws:events:us-east-1:000000000000:rule/b/r"),
            entry("TARGET_ARN", line.destinationArn()),
            entry("ERROR_CODE", "ERROR_FROM_TARGET"),
            entry("ERROR_MESSAGE", "The endpoint answered 500: answer 500"),
            entry("RETRY_ATTEMPTS", "2"),
            entry("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"));
  }

  @Test
  void saysTimeoutWhenTheLastAttemptTimedOut() {
    line.retry(0, 60).endpoint.answersLate(Duration.ofSeconds(6), 200);
    line.put("{}");
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "TIMEOUT")
        .containsEntry("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts");
  }

  @Test
  void saysNoResourceWhenTheDestinationIsGone() {
    line.call("DeleteApiDestination", "{'Name':'d'}");
    line.put("{}");
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "NO_RESOURCE")
        .doesNotContainKey("EXHAUSTED_RETRY_CONDITION");
  }

  @Test
  void sendsNothingWithoutItsKeyWhenTheConnectionIsGone() {
    line.call("DeleteConnection", "{'Name':'c'}");
    line.put("{}");
    assertThat(line.endpoint.received()).isEmpty();
    assertThat(letter().attributes()).containsEntry("ERROR_CODE", "NO_RESOURCE");
  }

  @Test
  void saysInvalidJsonWhenTheTransformerMakesNone() {
    line.target(
        "{'InputTransformer':{'InputPathsMap':{'o':'$.detail.o'},'InputTemplate':'{\\\"text\\\":\\\"<o>\\\"}'}}");
    line.put("{'o':{'a':1}}");
    line.pass(Duration.ofDays(1));
    assertThat(line.endpoint.received()).isEmpty();
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "INVALID_JSON")
        .containsEntry("RETRY_ATTEMPTS", "0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\nX-Forged: 1", "\u20ac"})
  void saysInvalidParameterWhenTheEventMakesNoHeader(String value) {
    line.target("{'HttpParameters':{'HeaderParameters':{'x-dynamic':'$.detail.v'}}}");
    line.put("{'v':'" + value + "'}");
    line.pass(Duration.ofDays(1));
    assertThat(line.endpoint.received()).isEmpty();
    assertThat(letter().attributes()).containsEntry("ERROR_CODE", "INVALID_PARAMETER");
  }

  @Test
  void aHeaderMayHave512CharactersAndNoMore() {
    line.target("{'HttpParameters':{'HeaderParameters':{'x-dynamic':'$.detail.v'}}}");
    line.put("{'v':'" + "x".repeat(512) + "'}");
    assertThat(line.endpoint.received()).hasSize(1);
    line.put("{'v':'" + "x".repeat(513) + "'}");
    assertThat(line.endpoint.received()).hasSize(1);
    assertThat(message()).contains("x-dynamic has 513 characters");
  }

  @Test
  void aLongAnswerIsClippedInTheMessage() {
    line.endpoint.answersBody(400, "x".repeat(1_000_000).getBytes(UTF_8));
    line.put("{}");
    assertThat(message()).startsWith("The endpoint answered 400: xxx").hasSize(1024);
  }

  @Test
  void aBinaryAnswerIsCleanedOfWhatSqsRefuses() {
    line.endpoint.answersBody(
        400,
        new byte[] {
          'a', 0, 1, 0x1b, (byte) 0xff, '\t', 'b', (byte) 0xef, (byte) 0xbf, (byte) 0xbf
        });
    line.put("{}");
    assertThat(message()).isEqualTo("The endpoint answered 400: a???\ufffd\tb?");
  }

  @Test
  void aCompressedAnswerIsReadable() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write("no such agent".getBytes(UTF_8));
    }
    line.endpoint.answersBody(404, zipped.toByteArray(), "Content-Encoding: gzip");
    line.put("{}");
    assertThat(message()).isEqualTo("The endpoint answered 404: no such agent");
  }

  @Test
  void anAnswerThatIsNotWhatItsEncodingSaysIsALetterAllTheSame() {
    line.endpoint.answersBody(404, "plain".getBytes(UTF_8), "Content-Encoding: gzip");
    line.put("{}");
    assertThat(message())
        .isEqualTo("The endpoint answered 404: (a body in gzip that cannot be read)");
  }

  @Test
  void anAnswerThatIsNoHttpIsAFailedConnection() {
    line.retry(0, 60).endpoint.raw("garbage\u0001\r\n\r\n".getBytes(UTF_8));
    line.put("{}");
    assertThat(letter().attributes()).containsEntry("ERROR_CODE", "CONNECTION_FAILURE");
  }

  @Test
  void charactersThatSqsRefusesGoAsEscapesInTheEvent() {
    line.endpoint.answers(400);
    line.put("{'v':'\\uffff \\ud800 \\u0001 \ud83d\ude00'}");
    assertThat(letter().body())
        .endsWith("\"detail\":{\"v\":\"\\uffff \\ud800 \\u0001 \ud83d\ude00\"}}");
  }

  @Test
  void isSentAgainWhileTheQueueFailsForNow() {
    line.endpoint.answers(400);
    for (int i = 0; i < 3; i++) {
      line.queueFailures.add(
          new TargetServices.Failure("INTERNAL_ERROR", "InternalFailure: down", true));
    }
    line.put("{}");
    assertThat(line.letters).isEmpty();
    assertThat(line.events.pendingDeliveries()).hasSize(1);
    line.pass(Duration.ofSeconds(7));
    assertThat(letter().attributes())
        .containsEntry("ERROR_CODE", "ERROR_FROM_TARGET")
        .containsEntry("RETRY_ATTEMPTS", "0");
    assertThat(line.events.pendingDeliveries()).isEmpty();
    assertThat(line.happenings)
        .hasAtLeastOneElementOfType(DeliveryEvent.DeadLettered.class)
        .noneMatch(DeliveryEvent.Dropped.class::isInstance);
  }

  @Test
  void isDroppedWithAWordIfThereIsNoQueue() {
    line.target("{'DeadLetterConfig':null}").endpoint.answers(400);
    line.put("{'event_id':'e'}");
    assertThat(line.happenings)
        .last()
        .isInstanceOfSatisfying(
            DeliveryEvent.Dropped.class,
            d -> {
              assertThat(d.eventId()).isEqualTo("e");
              assertThat(d.errorMessage())
                  .isEqualTo(
                      "The endpoint answered 400: answer 400; the target has no dead-letter queue");
            });
    assertThat(line.events.pendingDeliveries()).isEmpty();
  }

  @Test
  void isDroppedWithAWordIfTheQueueDoesNotExist() {
    line.endpoint.answers(400);
    line.queueFailures.add(
        new TargetServices.Failure("NO_RESOURCE", "QueueDoesNotExist: gone", false));
    line.put("{}");
    line.pass(Duration.ofDays(1));
    assertThat(line.happenings)
        .last()
        .isInstanceOfSatisfying(
            DeliveryEvent.Dropped.class,
            d -> assertThat(d.errorMessage()).endsWith("; QueueDoesNotExist: gone"));
    assertThat(line.letters).isEmpty();
  }
}
