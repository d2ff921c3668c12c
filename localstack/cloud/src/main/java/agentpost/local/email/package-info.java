/** SES v2: mail goes to an outbox that can be read. */
@NullMarked
package agentpost.local.email;

import org.jspecify.annotations.NullMarked;
