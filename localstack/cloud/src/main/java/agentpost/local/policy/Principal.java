package agentpost.local.policy;

/** Who asks. */
public sealed interface Principal {
  /**
   * An AWS service on its own behalf.
   *
   * @param name such as {@code events.amazonaws.com}
   */
  record Service(String name) implements Principal {}

  /** Whoever has taken a role of this account. */
  record Role(String arn) implements Principal {}

  /** A caller that is not authenticated. */
  record Anonymous() implements Principal {}
}
