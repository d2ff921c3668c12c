package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.registry.Registry;
import agentpost.local.wire.AwsException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Another event bus of the account. What came from a bus goes to a second one and no further
 * (EventBridge user guide, "Sending events between event buses").
 */
public final class BusTarget implements TargetKind {
  private final Registry registry;
  private final TargetServices reach;
  private final BiPredicate<Registry.Bus, ObjectNode> forward;

  /**
   * @param forward puts an event on a bus as one that came from another; false if there is no room
   *     for it
   */
  public BusTarget(
      Registry registry, TargetServices reach, BiPredicate<Registry.Bus, ObjectNode> forward) {
    this.registry = registry;
    this.reach = reach;
    this.forward = forward;
  }

  @Override
  public boolean serves(String arn) {
    return arn.startsWith(Registry.ARN + "event-bus/");
  }

  @Override
  public String action() {
    return "events:PutEvents";
  }

  @Override
  public void check(ObjectNode target) {
    TargetKind.checkRole(target, reach);
    for (String input : new String[] {"Input", "InputPath", "InputTransformer"}) {
      if (target.hasNonNull(input)) {
        throw AwsException.badRequest(
            "ValidationException",
            "The local cloud does not support " + input + " of a target that is an event bus.");
      }
    }
  }

  @Override
  public AttemptResult attempt(DeliveryInput outgoing) {
    Optional<Registry.Bus> bus = registry.bus(outgoing.arn());
    if (bus.isEmpty()) {
      return AttemptResult.noResource("The event bus does not exist: " + outgoing.arn());
    }
    if (outgoing.forwarded()) {
      return AttemptResult.failed(
          "THIRD_ACCOUNT_HOP_DETECTED",
          "The event came from another event bus and cannot be sent to a third one",
          false);
    }
    return forward.test(bus.get(), outgoing.event())
        ? AttemptResult.delivered()
        : AttemptResult.failed("THROTTLING", AttemptResult.RATE_EXCEEDED, true);
  }
}
