@NullMarked
package agentpost.calendar;

import org.jspecify.annotations.NullMarked;
