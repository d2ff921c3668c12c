/** What there is: buses, rules, connections, API destinations, archives and replays. */
@NullMarked
package agentpost.local.eventbridge.registry;

import org.jspecify.annotations.NullMarked;
