@NullMarked
package agentpost.cli.operations;

import org.jspecify.annotations.NullMarked;
