/** The relay: signs one attempt to deliver one event to one agent, and passes the answer back. */
@NullMarked
package agentpost.delivery;

import org.jspecify.annotations.NullMarked;
