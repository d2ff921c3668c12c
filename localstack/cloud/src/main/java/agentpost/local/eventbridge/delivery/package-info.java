/** Events on their way to targets: turns, retries, dead letters, and the record of attempts. */
@NullMarked
package agentpost.local.eventbridge.delivery;

import org.jspecify.annotations.NullMarked;
