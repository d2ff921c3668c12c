/** The {@code agentpost} command. */
@NullMarked
package agentpost.cli;

import org.jspecify.annotations.NullMarked;
