/** The local cloud as a whole, over the wire. */
@NullMarked
package agentpost.local;

import org.jspecify.annotations.NullMarked;
