package agentpost.local.nothinglost;

/** How an agent is for a while. */
enum AgentMode {
  UP,
  /** Some of its answers take longer than the relay waits; it goes on and comes to its end. */
  SLOW,
  /** Longer than its function may run. */
  STUCK,
  /** No connection. */
  DOWN,
  /** At each request up or down. */
  FLAPPING,
  /** Its code throws. */
  FAILING,
  /** It answers with a lasting 4xx, whatever the event, until someone mends it. */
  REFUSING,
  /** It asks to be called again later. */
  BUSY
}
