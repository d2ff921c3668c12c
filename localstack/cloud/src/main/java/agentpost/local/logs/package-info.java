/** CloudWatch Logs, in memory. */
@NullMarked
package agentpost.local.logs;

import org.jspecify.annotations.NullMarked;
