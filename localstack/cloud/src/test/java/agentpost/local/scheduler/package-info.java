/** One-time schedules on a timeline that moves by hand. */
@NullMarked
package agentpost.local.scheduler;

import org.jspecify.annotations.NullMarked;
