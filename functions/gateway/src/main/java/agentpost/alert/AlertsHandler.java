package agentpost.alert;

import static agentpost.catalog.EnvironmentVariables.BUS_NAME;

import agentpost.event.Event;
import agentpost.platform.Environment;
import agentpost.platform.LogFields;
import agentpost.platform.Platform;
import agentpost.platform.Priming;
import agentpost.publish.EventBridgePublisher;
import agentpost.publish.Publisher;
import agentpost.schemas.Json;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes AWS's own events from the queue that rules of the default bus fill, and publishes them as
 * alerts. The event source must have ReportBatchItemFailures. Environment: BUS_NAME.
 */
public final class AlertsHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  private static final JsonMapper LENIENT = new JsonMapper();

  private final Publisher publisher;
  private final AwsAlerts alerts;
  private final Platform platform;

  // Kept from the garbage collector: the checkpoint's context holds it by a weak reference.
  @SuppressWarnings("UnusedVariable")
  private final Priming priming;

  public AlertsHandler() {
    this(Platform.lambda());
  }

  public AlertsHandler(Platform platform) {
    this.platform = platform;
    this.publisher =
        EventBridgePublisher.from(
            platform, Environment.require(platform.environment(), BUS_NAME).get(BUS_NAME));
    this.alerts = new AwsAlerts(platform.clock());
    this.priming = Priming.with(platform, () -> alerts.of(JsonNodeFactory.instance.objectNode()));
  }

  /**
   * What could not be published comes again, and with it what was published beside it: under the
   * same ids, so that it is nothing new.
   */
  @Override
  public SQSBatchResponse handleRequest(SQSEvent batch, Context context) {
    Map<String, Event> events = new LinkedHashMap<>();
    List<SQSBatchResponse.BatchItemFailure> failures = new ArrayList<>();
    for (SQSEvent.SQSMessage message : batch.getRecords()) {
      try {
        events.put(message.getMessageId(), alerts.of(read(message.getBody())));
      } catch (JsonProcessingException e) {
        // No event of EventBridge's: it goes to the dead-letter queue with its receives used up,
        // where a person finds it.
        failures.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId()));
        log(
            LogFields.of("message_id", message.getMessageId())
                .with("outcome", "no-event")
                .with("reason", "the message is not JSON"));
      }
    }
    switch (publisher.publish(List.copyOf(events.values()))) {
      case Publisher.Publication.Published _ ->
          events.values().forEach(event -> log(fields(event).with("outcome", "published")));
      case Publisher.Publication.Failed(var reasons, _) -> {
        events
            .keySet()
            .forEach(message -> failures.add(new SQSBatchResponse.BatchItemFailure(message)));
        events
            .values()
            .forEach(
                event ->
                    log(
                        fields(event)
                            .with("outcome", "try-again")
                            .with("reason", String.join("; ", reasons))));
      }
    }
    return new SQSBatchResponse(failures);
  }

  /**
   * As agents read; what they would not, such as what nests too deep, is read all the same, for its
   * details can be left out and the alert cannot.
   */
  private static JsonNode read(String message) throws JsonProcessingException {
    return Json.parse(message) instanceof Json.Parsed.Read(var event)
        ? event
        : LENIENT.readTree(message);
  }

  private static LogFields fields(Event event) {
    return LogFields.of("event_id", event.id().value())
        .with("fingerprint", event.data().path("fingerprint").asText())
        .with("state", event.data().path("state").asText());
  }

  private void log(LogFields fields) {
    platform.log().accept(fields.toLine("alert"));
  }
}
