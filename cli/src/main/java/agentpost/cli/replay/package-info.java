/** {@code replay}: events of the archive, again. */
@NullMarked
package agentpost.cli.replay;

import org.jspecify.annotations.NullMarked;
