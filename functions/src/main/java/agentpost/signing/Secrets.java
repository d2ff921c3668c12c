package agentpost.signing;

import java.util.List;
import java.util.stream.Stream;

/** The live secrets of one agent, current first; there is at least one, so nothing can be verified or signed with none. */
public record Secrets(List<WebhookSecret> live) {
  public Secrets {
    live = List.copyOf(live);
    if (live.isEmpty()) {
      throw new IllegalArgumentException("At least one webhook secret is needed, there is none");
    }
  }

  public static Secrets of(WebhookSecret current, WebhookSecret... previous) {
    return new Secrets(Stream.concat(Stream.of(current), Stream.of(previous)).toList());
  }
}
