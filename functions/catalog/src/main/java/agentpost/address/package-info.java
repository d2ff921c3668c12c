/** Ranges of IP addresses, and lists of them: JDK only. */
@NullMarked
package agentpost.address;

import org.jspecify.annotations.NullMarked;
