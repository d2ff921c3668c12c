/** The operations that clients call, but for archives. */
@NullMarked
package agentpost.local.eventbridge.control;

import org.jspecify.annotations.NullMarked;
