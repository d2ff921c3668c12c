/**
 * EventBridge: buses, rules, connections, API destinations, archives, and delivery as AWS does it.
 */
@NullMarked
package agentpost.local.eventbridge;

import org.jspecify.annotations.NullMarked;
