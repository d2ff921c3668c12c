package com.example.extensions;

import static java.nio.charset.StandardCharsets.UTF_8;

import agentpost.delivery.Dialect;
import agentpost.delivery.OutgoingEvent;
import agentpost.delivery.OutgoingRequest;
import agentpost.http.HttpPost;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A chat's incoming webhook: takes {@code text}, and always answers 200 with a word. */
public final class ChatDialect implements Dialect {
  @Override
  public String name() {
    return "chat";
  }

  @Override
  public OutgoingRequest request(OutgoingEvent event) {
    if (new String(event.envelope(), UTF_8).contains("unspeakable")) {
      throw new IllegalStateException("no words for " + event.id());
    }
    byte[] body = ("{\"text\":\"" + event.id() + "\"}").getBytes(UTF_8);
    Map<String, String> headers = new HashMap<>(event.sign(body));
    headers.put("Content-Type", "application/json");
    return new OutgoingRequest(headers, body);
  }

  @Override
  public Meaning interpret(HttpPost.Answer.Answered answer) {
    return switch (new String(answer.body(), UTF_8)) {
      case "ok" -> new Meaning.Taken();
      case "no_text" -> new Meaning.Refused("the chat found no text");
      case "channel_is_archived" -> new Meaning.Gone();
      case "slow_down" ->
          new Meaning.TryAgain("the chat is busy", Optional.of(Duration.ofSeconds(30)));
      default -> new Meaning.AsHttp();
    };
  }
}
