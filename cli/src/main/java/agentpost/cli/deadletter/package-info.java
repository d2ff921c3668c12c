/** {@code dlq}, {@code redeliver}: events that could not be delivered. */
@NullMarked
package agentpost.cli.deadletter;

import org.jspecify.annotations.NullMarked;
