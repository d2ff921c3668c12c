@NullMarked
package agentpost.cli.deployment;

import org.jspecify.annotations.NullMarked;
