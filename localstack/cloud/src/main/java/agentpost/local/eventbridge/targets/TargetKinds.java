package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.input.Input;
import agentpost.local.wire.AwsException;
import agentpost.local.wire.LocalScope;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kinds of targets that the local cloud delivers to; a target of any other is refused when it
 * is put.
 */
public final class TargetKinds {
  private final List<TargetKind> kinds;

  public TargetKinds(List<TargetKind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  public Optional<TargetKind> of(String arn) {
    return kinds.stream().filter(kind -> kind.serves(arn)).findFirst();
  }

  /**
   * @throws AwsException naming what is wrong, or what the local cloud cannot honour
   */
  public void check(JsonNode target) {
    String arn = target.path("Arn").asText();
    String id = target.path("Id").asText();
    if (!arn.matches("arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")) {
      throw AwsException.badRequest(
          "ValidationException",
          "Parameter " + arn + " is not valid. Reason: Provided Arn is not in correct format.");
    }
    TargetKind kind =
        of(arn)
            .orElseThrow(
                () ->
                    AwsException.badRequest(
                        "ValidationException",
                        "The local cloud does not support the target " + arn + "."));
    for (String name : (Iterable<String>) target::fieldNames) {
      if (!TargetKind.OF_ALL.contains(name)
          && !kind.settings().contains(name)
          && !target.path(name).isNull()) {
        throw AwsException.badRequest(
            "ValidationException",
            "The local cloud does not support " + name + " of the target " + arn + ".");
      }
    }
    if (Stream.of("Input", "InputPath", "InputTransformer").filter(target::hasNonNull).count()
        > 1) {
      throw AwsException.badRequest(
          "ValidationException",
          "Only one of Input, InputPath, or InputTransformer must be provided for target "
              + id
              + ".");
    }
    Input.check(target);
    String queue = target.path("DeadLetterConfig").path("Arn").asText("");
    if (!queue.isEmpty()) {
      LocalScope.requireDeadLetterQueue(queue);
    }
    kind.check((ObjectNode) target);
  }
}
