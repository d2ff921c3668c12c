/** EventBridge Scheduler: one-time schedules. */
@NullMarked
package agentpost.local.scheduler;

import org.jspecify.annotations.NullMarked;
