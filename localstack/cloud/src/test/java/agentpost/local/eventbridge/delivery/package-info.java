@NullMarked
package agentpost.local.eventbridge.delivery;

import org.jspecify.annotations.NullMarked;
