package agentpost.local.iam;

import java.util.List;

/**
 * What policies make of a call: what denies it goes before what allows it, and what none of them
 * speaks of is denied.
 */
enum Decision {
  ALLOWED,
  NOT_ALLOWED,
  DENIED;

  /**
   * @param about statements that are about the call; their conditions have not been looked at
   */
  static Decision of(List<Statement> about, ActionRequest call) {
    Decision decision = NOT_ALLOWED;
    for (Statement statement : about) {
      if (statement.holds(call.context())) {
        if (!statement.allows()) {
          return DENIED;
        }
        decision = ALLOWED;
      }
    }
    return decision;
  }
}
