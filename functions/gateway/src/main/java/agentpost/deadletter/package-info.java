/**
 * Dead letters: what EventBridge gave up on for one agent, looked at without being touched, and
 * delivered again to that agent alone.
 */
@NullMarked
package agentpost.deadletter;

import org.jspecify.annotations.NullMarked;
