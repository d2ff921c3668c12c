package agentpost.local.cloudformation.control;

import agentpost.local.cloudformation.SynthesizedStack;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a stack is to become.
 *
 * @param stack as it would be deployed
 * @param isCreation whether there is nothing of the stack yet
 * @param reason why it cannot be executed; empty if it can
 */
record ChangeSet(
    String id,
    String name,
    StackRegistry.Summary of,
    SynthesizedStack stack,
    Map<String, String> tags,
    List<TemplateChanges.Change> changes,
    String description,
    Instant created,
    boolean isCreation,
    String reason,
    boolean isExecuted) {
  String status() {
    return reason.isEmpty() ? "CREATE_COMPLETE" : "FAILED";
  }

  String executionStatus() {
    if (isExecuted) {
      return "EXECUTE_COMPLETE";
    }
    return reason.isEmpty() ? "AVAILABLE" : "UNAVAILABLE";
  }

  ChangeSet executed() {
    return new ChangeSet(
        id, name, of, stack, tags, changes, description, created, isCreation, reason, true);
  }
}
