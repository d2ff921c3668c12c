/** Secrets Manager, as far as the template and its functions use it. */
@NullMarked
package agentpost.local.secrets;

import org.jspecify.annotations.NullMarked;
