/** The kinds of targets, and one attempt to deliver to one. */
@NullMarked
package agentpost.local.eventbridge.targets;

import org.jspecify.annotations.NullMarked;
