/** EventBridge Scheduler: schedules that put events on a bus or invoke functions. */
@NullMarked
package agentpost.local.scheduler;

import org.jspecify.annotations.NullMarked;
