/** The function host. */
@NullMarked
package agentpost.local.lambda;

import org.jspecify.annotations.NullMarked;
