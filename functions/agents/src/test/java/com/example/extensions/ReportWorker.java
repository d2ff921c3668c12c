package com.example.extensions;

import agentpost.callback.WorkerHandler;
import agentpost.operations.Processor;
import agentpost.platform.Platform;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** A processor of a team's own, hosted as the demo calendar is. */
public final class ReportWorker extends WorkerHandler {
  public ReportWorker() {
    this(Platform.lambda());
  }

  public ReportWorker(Platform platform) {
    super(
        platform,
        _ ->
            (id, data, _) ->
                new Processor.Work.Completed(
                    JsonNodeFactory.instance
                        .objectNode()
                        .put("report", id + ": " + data.path("pages").asInt() + " pages")));
  }
}
