/**
 * What an hour's outage of an agent leaves behind at many events a second, and how long that takes
 * to be gone: in virtual time, by a seed. Breaker, recovery, redrive and the waits between attempts
 * are the real ones; the relay has as many executions as it needs.
 */
@NullMarked
package agentpost.local.outage;

import org.jspecify.annotations.NullMarked;
