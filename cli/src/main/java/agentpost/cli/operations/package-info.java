/** {@code operations}: long work that agents asked for. */
@NullMarked
package agentpost.cli.operations;

import org.jspecify.annotations.NullMarked;
