package agentpost.greeting;

import agentpost.event.Event;
import agentpost.platform.Platform;
import agentpost.webhook.Outcome;
import agentpost.webhook.WebhookHandler;
import java.util.List;

/** {@code POST /webhooks/greeting-agent}. */
public final class GreetingHandler extends WebhookHandler {
  public GreetingHandler() {
    this(Platform.lambda());
  }

  public GreetingHandler(Platform platform) {
    super(platform, GreetingHandler::greet);
  }

  static Outcome greet(Event event) {
    return new Outcome.Done(List.of(), "greeted " + event.data().path("user_id").asText());
  }
}
