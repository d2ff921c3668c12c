@NullMarked
package agentpost.local.eventbridge.targets;

import org.jspecify.annotations.NullMarked;
