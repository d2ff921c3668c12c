/** Rotation of webhook secrets, as Secrets Manager asks for it. */
@NullMarked
package agentpost.rotation;

import org.jspecify.annotations.NullMarked;
