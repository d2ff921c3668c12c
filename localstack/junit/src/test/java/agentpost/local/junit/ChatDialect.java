package agentpost.local.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.delivery.Dialect;
import agentpost.delivery.OutgoingEvent;
import agentpost.delivery.OutgoingRequest;
import agentpost.http.HttpPost;
import java.util.Map;
import java.util.Optional;

/** A receiver's that takes no envelopes, whose requests do not say which event they are of. */
public final class ChatDialect implements Dialect {
  @Override
  public String name() {
    return "chat";
  }

  @Override
  public OutgoingRequest request(OutgoingEvent event) {
    return new OutgoingRequest(
        Map.of("Content-Type", "text/plain"), "A trial ends".getBytes(UTF_8));
  }

  @Override
  public Meaning interpret(HttpPost.Answer.Answered answer) {
    return new String(answer.body(), UTF_8).equals("busy")
        ? new Meaning.TryAgain("busy", Optional.empty())
        : new Meaning.AsHttp();
  }
}
