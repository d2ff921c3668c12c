/** Tests of the command. */
@NullMarked
package agentpost.cli;

import org.jspecify.annotations.NullMarked;
