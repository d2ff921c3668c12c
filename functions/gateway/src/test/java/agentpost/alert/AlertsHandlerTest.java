package agentpost.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import agentpost.platform.AwsClients;
import agentpost.platform.Platform;
import agentpost.testing.FakeBus;
import agentpost.testing.MovableClock;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;

class AlertsHandlerTest {
  private static final Context UNUSED =
      (Context)
          Proxy.newProxyInstance(
              Context.class.getClassLoader(),
              new Class<?>[] {Context.class},
              (_, method, _) -> {
                throw new AssertionError(
                    "the handler is to need no context, and asked for " + method.getName());
              });

  private final FakeBus bus = new FakeBus();
  private final List<String> log = new ArrayList<>();
  private final AlertsHandler handler =
      new AlertsHandler(
          new Platform(
              Map.of("BUS_NAME", "agentpost"),
              new MovableClock(Instant.parse("2026-03-31T10:30:00Z")),
              new AwsClients() {
                @Override
                @SuppressWarnings("unchecked") // It asks for EventBridge's client and no other.
                public <C, B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>> C create(
                    B builder) {
                  return (C) bus;
                }
              },
              HttpClient.newHttpClient(),
              log::add));

  private List<String> failed(String... bodies) {
    SQSEvent batch = new SQSEvent();
    batch.setRecords(
        Stream.of(bodies)
            .map(
                body -> {
                  SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
                  message.setMessageId("m" + body.hashCode());
                  message.setBody(body);
                  return message;
                })
            .toList());
    return handler.handleRequest(batch, UNUSED).getBatchItemFailures().stream()
        .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
        .toList();
  }

  private static String alarm(int number) {
    return "{\"id\":\"a-"
        + number
        + "\",\"detail-type\":\"CloudWatch Alarm State"
        + " Change\",\"detail\":{\"alarmName\":\"disk\",\"state\":{\"value\":\"ALARM\"}}}";
  }

  @Test
  void aBatchIsPublishedInOneCall() {
    assertEquals(List.of(), failed(alarm(1), alarm(2), alarm(3)));
    assertEquals(List.of(3), bus.calls().stream().map(List::size).toList());
    assertTrue(log.getFirst().contains("\"outcome\":\"published\""), log.getFirst());
  }

  @Test
  void whatDidNotGetOntoTheBusComesAgainUnderTheSameId() {
    bus.down(true);
    assertEquals(List.of("m" + alarm(1).hashCode()), failed(alarm(1)));
    bus.down(false);
    assertEquals(List.of(), failed(alarm(1)));
    assertEquals(List.of(), failed(alarm(1)));
    assertEquals(
        1,
        bus.accepted().stream()
            .map(entry -> entry.detail().replaceAll(".*\"event_id\":\"([^\"]+)\".*", "$1"))
            .distinct()
            .count());
  }

  @Test
  void theDigitsOfDetailsAreKept() {
    String detail = "{\"a\":12345678901234567890.25,\"b\":100.0,\"c\":1e2,\"d\":0.0000001}";
    assertEquals(
        List.of(),
        failed(
            "{\"id\":\"a-1\",\"source\":\"aws.health\",\"detail-type\":\"x\",\"detail\":"
                + detail
                + "}"));
    assertTrue(
        bus.accepted().getFirst().detail().contains("\"details\":" + detail),
        () -> bus.accepted().getFirst().detail());
  }

  /** The alert is not lost for details that no agent could read. */
  @Test
  void detailsThatNoAgentCanReadAreLeftOut() {
    for (String detail :
        List.of(
            "{\"a\":" + "[".repeat(70) + "]".repeat(70) + "}",
            "{\"a\":\"\\ud83d\"}",
            "{\"a\":" + "1".repeat(200) + "}")) {
      assertEquals(
          List.of(),
          failed(
              "{\"id\":\"a-1\",\"source\":\"aws.health\",\"detail-type\":\"x\",\"detail\":"
                  + detail
                  + "}"));
      assertTrue(
          !bus.accepted().getLast().detail().contains("details"),
          () -> bus.accepted().getLast().detail());
    }
  }

  @Test
  void aMessageThatIsNoEventFailsAloneAndIsNotInTheLog() {
    assertEquals(List.of("m" + "{secret".hashCode()), failed("{secret", alarm(1)));
    assertEquals(1, bus.accepted().size());
    assertTrue(log.stream().noneMatch(line -> line.contains("secret")), log.toString());
  }
}
