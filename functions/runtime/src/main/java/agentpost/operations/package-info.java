/**
 * Long work that one agent asks another for, from both sides: starting it and doing it, and the
 * table of what has been started.
 */
@NullMarked
package agentpost.operations;

import org.jspecify.annotations.NullMarked;
