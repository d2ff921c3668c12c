/** {@code local}: the local cloud, and what happens when a file is edited. */
@NullMarked
package agentpost.cli.local;

import org.jspecify.annotations.NullMarked;
