/** A way in for tests of other packages, to what handlers put together. */
@NullMarked
package agentpost.deadletter;

import org.jspecify.annotations.NullMarked;
