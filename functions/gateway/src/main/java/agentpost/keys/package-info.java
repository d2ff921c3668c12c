/**
 * The public keys of agents whose deliveries are signed with Ed25519, for anyone who wants to
 * verify one.
 */
@NullMarked
package agentpost.keys;

import org.jspecify.annotations.NullMarked;
