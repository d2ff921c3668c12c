/**
 * What is known of agents' health: circuits, outages and how far a recovery is, one row an agent.
 */
@NullMarked
package agentpost.health;

import org.jspecify.annotations.NullMarked;
