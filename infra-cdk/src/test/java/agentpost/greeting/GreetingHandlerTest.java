package agentpost.greeting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.event.CorrelationId;
import agentpost.event.Event;
import agentpost.event.EventId;
import agentpost.webhook.Outcome;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GreetingHandlerTest {
  @Test
  void greetsWhoSignedUp() {
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("user_id", "usr-5678");
    Event.Metadata metadata =
        new Event.Metadata(
            "authentication_service", new CorrelationId("corr-9876"), Optional.empty(), 1);
    Event signUp =
        new Event(new EventId("uuid-1234-abcd"), "user.signed_up", Instant.EPOCH, data, metadata);
    assertEquals(new Outcome.Done(List.of(), "greeted usr-5678"), GreetingHandler.greet(signUp));
  }
}
