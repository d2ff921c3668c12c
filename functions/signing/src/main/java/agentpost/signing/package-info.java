/**
 * Signing and verifying webhooks: Standard Webhooks and the plain X-Webhook-Signature. Needs
 * nothing but the JDK.
 */
@NullMarked
package agentpost.signing;

import org.jspecify.annotations.NullMarked;
