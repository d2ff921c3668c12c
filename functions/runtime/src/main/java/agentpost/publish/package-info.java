/** Putting events on the bus. */
@NullMarked
package agentpost.publish;

import org.jspecify.annotations.NullMarked;
