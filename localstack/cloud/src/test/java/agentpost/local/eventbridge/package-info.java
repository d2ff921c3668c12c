/** EventBridge's delivery and operations, without a server. */
@NullMarked
package agentpost.local.eventbridge;

import org.jspecify.annotations.NullMarked;
