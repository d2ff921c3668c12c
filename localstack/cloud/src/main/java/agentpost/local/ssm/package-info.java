/** Parameter Store, as far as the template and its functions use it. */
@NullMarked
package agentpost.local.ssm;

import org.jspecify.annotations.NullMarked;
