package com.example.shop;

import agentpost.callback.WorkerHandler;
import agentpost.operations.OperationId;
import agentpost.operations.Processor.Work;
import agentpost.platform.Platform;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A hosted processor: does the work of each request in the queue; its worker calls back. */
public final class CarrierHandler extends WorkerHandler {
  public CarrierHandler() {
    this(Platform.lambda());
  }

  public CarrierHandler(Platform platform) {
    super(platform, _ -> (id, data, _) -> collect(id, data));
  }

  /** The same id may come twice, after a crash, and must then have the same result. */
  static Work collect(OperationId id, ObjectNode data) {
    return data.path("order_id").asText().isEmpty()
        ? new Work.Failed("order_id is missing")
        : new Work.Completed(JsonNodeFactory.instance.objectNode().put("tracking", "trk-" + id));
  }
}
