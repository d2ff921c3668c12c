@NullMarked
package agentpost.local.eventbridge.schedule;

import org.jspecify.annotations.NullMarked;
