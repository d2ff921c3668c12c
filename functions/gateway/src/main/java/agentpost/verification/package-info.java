/** What {@code agentpost verify-deployment} has a deployed stage deliver to. */
@NullMarked
package agentpost.verification;

import org.jspecify.annotations.NullMarked;
