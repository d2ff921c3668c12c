/** Webhook secrets from Secrets Manager, cached, with the previous one during a rotation. */
@NullMarked
package agentpost.secrets;

import org.jspecify.annotations.NullMarked;
