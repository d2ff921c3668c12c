/** A way in for tests of other packages, to what handlers put together. */
@NullMarked
package agentpost.delivery;

import org.jspecify.annotations.NullMarked;
