/** The event: the envelope that producers put on the bus and agents receive. */
@NullMarked
package agentpost.event;

import org.jspecify.annotations.NullMarked;
