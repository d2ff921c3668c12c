/** The agents between a captured lead and a booked demo. */
@NullMarked
package agentpost.leads;

import org.jspecify.annotations.NullMarked;
