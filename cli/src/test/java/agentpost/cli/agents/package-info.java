@NullMarked
package agentpost.cli.agents;

import org.jspecify.annotations.NullMarked;
