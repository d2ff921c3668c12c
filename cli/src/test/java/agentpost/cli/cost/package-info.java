@NullMarked
package agentpost.cli.cost;

import org.jspecify.annotations.NullMarked;
