/** Rules that time matches: rate and cron expressions. */
@NullMarked
package agentpost.local.eventbridge.schedule;

import org.jspecify.annotations.NullMarked;
