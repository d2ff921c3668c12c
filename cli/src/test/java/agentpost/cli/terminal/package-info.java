@NullMarked
package agentpost.cli.terminal;

import org.jspecify.annotations.NullMarked;
