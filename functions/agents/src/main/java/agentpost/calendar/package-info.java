/** The example of long work: the calendar in which demos are booked. */
@NullMarked
package agentpost.calendar;

import org.jspecify.annotations.NullMarked;
