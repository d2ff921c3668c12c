@NullMarked
package agentpost.cli.deadletter;

import org.jspecify.annotations.NullMarked;
