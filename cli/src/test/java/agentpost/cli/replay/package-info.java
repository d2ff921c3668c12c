@NullMarked
package agentpost.cli.replay;

import org.jspecify.annotations.NullMarked;
