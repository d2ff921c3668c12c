package agentpost.local.cloudformation;

/**
 * What a deployment does to one resource.
 *
 * @param stack the key of the stack that has it, see {@link Deployer}
 * @param ref what {@code Ref} gives of it; empty before it is made
 * @param reason of a failure; empty otherwise
 */
public record ResourceStep(
    String stack,
    Change.Kind kind,
    State state,
    String logicalId,
    String type,
    String ref,
    String reason) {
  /** How far it is. */
  public enum State {
    BEGUN,
    DONE,
    FAILED,
    /** It is retained, and no stack's any more. */
    KEPT
  }
}
