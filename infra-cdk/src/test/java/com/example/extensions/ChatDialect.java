package com.example.extensions;

import agentpost.delivery.Dialect;
import agentpost.delivery.OutgoingEvent;
import agentpost.delivery.OutgoingRequest;
import java.util.Map;

public final class ChatDialect implements Dialect {
  @Override
  public String name() {
    return "chat";
  }

  @Override
  public OutgoingRequest request(OutgoingEvent event) {
    return new OutgoingRequest(Map.of(), event.envelope());
  }
}
