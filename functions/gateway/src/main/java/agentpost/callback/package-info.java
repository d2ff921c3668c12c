/**
 * Long work that one agent asks another for: starting it, doing it, taking the callback, and
 * noticing when none came.
 */
@NullMarked
package agentpost.callback;

import org.jspecify.annotations.NullMarked;
