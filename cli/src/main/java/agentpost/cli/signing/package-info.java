/** {@code sign}, {@code verify}: requests by hand. */
@NullMarked
package agentpost.cli.signing;

import org.jspecify.annotations.NullMarked;
