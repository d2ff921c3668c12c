@NullMarked
package agentpost.deadletter;

import org.jspecify.annotations.NullMarked;
