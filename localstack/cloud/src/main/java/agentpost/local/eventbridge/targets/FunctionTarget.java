package agentpost.local.eventbridge.targets;

import agentpost.local.eventbridge.registry.Registry;

/**
 * A function: Lambda takes the event and invokes it, again if it must; EventBridge is done when
 * Lambda has it.
 */
public final class FunctionTarget implements TargetKind {
  private final TargetServices reach;

  public FunctionTarget(TargetServices reach) {
    this.reach = reach;
  }

  @Override
  public boolean serves(String arn) {
    return arn.startsWith("arn:aws:lambda:us-east-1:" + Registry.ACCOUNT + ":function:");
  }

  @Override
  public String action() {
    return "lambda:InvokeFunction";
  }

  @Override
  public AttemptResult attempt(DeliveryInput outgoing) {
    return AttemptResult.of(reach.invoke(outgoing.arn(), outgoing.input()));
  }
}
