/** The {@code agentpost} command: where it starts. What it does is in a package a noun. */
@NullMarked
package agentpost.cli;

import org.jspecify.annotations.NullMarked;
