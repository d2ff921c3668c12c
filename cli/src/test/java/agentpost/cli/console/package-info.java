@NullMarked
package agentpost.cli.console;

import org.jspecify.annotations.NullMarked;
