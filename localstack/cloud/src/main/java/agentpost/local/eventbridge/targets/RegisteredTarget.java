package agentpost.local.eventbridge.targets;

import agentpost.local.extension.LocalTarget;
import agentpost.local.extension.LocalTarget.Outcome;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** A kind of target that is registered from outside. */
public final class RegisteredTarget implements TargetKind {
  private final LocalTarget kind;
  private final TargetServices reach;

  public RegisteredTarget(LocalTarget kind, TargetServices reach) {
    this.kind = kind;
    this.reach = reach;
  }

  @Override
  public boolean serves(String arn) {
    return kind.serves(arn);
  }

  @Override
  public String action() {
    return kind.action();
  }

  @Override
  public Set<String> settings() {
    return kind.settings();
  }

  @Override
  public void check(ObjectNode target) {
    TargetKind.checkRole(target, reach);
  }

  @Override
  public AttemptResult attempt(DeliveryInput outgoing) throws InterruptedException {
    LocalTarget.Event event =
        new LocalTarget.Event(
            reach.endpoint(),
            outgoing.rule().arn(),
            outgoing.target().deepCopy(),
            outgoing.input());
    return switch (kind.deliver(event)) {
      case Outcome.Delivered() -> AttemptResult.delivered();
      case Outcome.FailedForNow(var code, var message) -> AttemptResult.failed(code, message, true);
      case Outcome.Failed(var code, var message) -> AttemptResult.failed(code, message, false);
    };
  }
}
