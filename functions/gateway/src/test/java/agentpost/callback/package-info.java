@NullMarked
package agentpost.callback;

import org.jspecify.annotations.NullMarked;
