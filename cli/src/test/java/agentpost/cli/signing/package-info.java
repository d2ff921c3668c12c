@NullMarked
package agentpost.cli.signing;

import org.jspecify.annotations.NullMarked;
