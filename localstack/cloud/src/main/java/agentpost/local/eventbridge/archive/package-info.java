/** Archives and replays of what was on a bus. */
@NullMarked
package agentpost.local.eventbridge.archive;

import org.jspecify.annotations.NullMarked;
