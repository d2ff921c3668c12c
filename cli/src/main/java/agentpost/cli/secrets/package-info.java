/** {@code secrets}: what agents, processors and sources sign with. */
@NullMarked
package agentpost.cli.secrets;

import org.jspecify.annotations.NullMarked;
