/** The local cloud: what the template declares, in one JVM, on one port. */
@NullMarked
package agentpost.local;

import org.jspecify.annotations.NullMarked;
