package agentpost.local.scheduler;

import agentpost.local.time.Timeline;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it was put.
 *
 * @param timer of the next time, or nothing
 */
record Schedule(
    String name,
    ObjectNode input,
    ScheduleTiming timing,
    Instant created,
    Instant modified,
    AtomicReference<Timeline.@Nullable Cancellable> timer) {
  /**
   * @throws AwsException naming what is wrong with its timing or its window
   */
  static Schedule of(String name, ObjectNode input, Instant created, Instant now) {
    JsonNode window = input.path("FlexibleTimeWindow");
    if (window.path("Mode").asText().equals("FLEXIBLE")
        != window.hasNonNull("MaximumWindowInMinutes")) {
      throw AwsException.badRequest(
          "ValidationException",
          "MaximumWindowInMinutes must be set with the mode FLEXIBLE, and only then.");
    }
    return new Schedule(
        name,
        input.deepCopy().put("Name", name),
        ScheduleTiming.of(input, now),
        created,
        now,
        new AtomicReference<>());
  }

  String group() {
    return input.path("GroupName").asText("default");
  }

  String key() {
    return group() + "/" + name;
  }

  String arn() {
    return "arn:aws:scheduler:us-east-1:000000000000:schedule/" + key();
  }

  JsonNode target() {
    return input.path("Target");
  }

  String state() {
    return input.path("State").asText("ENABLED");
  }

  boolean isEnabled() {
    return state().equals("ENABLED");
  }

  /** Whether the request with this token is the one that it was put by. */
  boolean wasPutBy(ObjectNode request) {
    String token = request.path("ClientToken").asText("");
    return !token.isEmpty() && token.equals(input.path("ClientToken").asText());
  }

  boolean isDeletedAfterCompletion() {
    return input.path("ActionAfterCompletion").asText().equals("DELETE");
  }

  void cancel() {
    Timeline.Cancellable planned = timer.get();
    if (planned != null) {
      planned.cancel();
    }
  }

  private ObjectNode head() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("Arn", arn())
        .put("GroupName", group())
        .put("Name", name)
        .put("State", state())
        .put("CreationDate", created.toEpochMilli() / 1000.0)
        .put("LastModificationDate", modified.toEpochMilli() / 1000.0);
  }

  /** As ListSchedules has it. */
  ObjectNode listEntry() {
    ObjectNode out = head();
    out.putObject("Target").put("Arn", target().path("Arn").asText());
    return out;
  }

  /** As GetSchedule has it. */
  ObjectNode describeResponse() {
    ObjectNode out =
        head().put("ActionAfterCompletion", isDeletedAfterCompletion() ? "DELETE" : "NONE");
    out.put("ScheduleExpressionTimezone", input.path("ScheduleExpressionTimezone").asText("UTC"));
    for (String same :
        new String[] {
          "Description",
          "StartDate",
          "EndDate",
          "FlexibleTimeWindow",
          "ScheduleExpression",
          "Target"
        }) {
      if (input.hasNonNull(same)) {
        out.set(same, input.path(same));
      }
    }
    return out;
  }
}
