package agentpost.local.policy;

/**
 * What policies make of a call: what denies it goes before what allows it, and what none of them
 * speaks of is not allowed.
 */
public enum Decision {
  ALLOWED,
  NOT_ALLOWED,
  DENIED
}
