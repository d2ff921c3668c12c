/** {@code put}, {@code try}: one event, and its deliveries. */
@NullMarked
package agentpost.cli.events;

import org.jspecify.annotations.NullMarked;
