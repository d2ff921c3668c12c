package agentpost.local.cloudformation;

/** Hears of stacks and their resources while they are deployed. */
public interface DeploymentListener {
  /**
   * @param stack its key, see {@link Deployer}
   * @param reason of a failure; empty otherwise
   */
  void onStack(String stack, StackStatus status, String reason);

  void onResource(ResourceStep step);
}
