/** The scaled timeline. */
@NullMarked
package agentpost.local.time;

import org.jspecify.annotations.NullMarked;
