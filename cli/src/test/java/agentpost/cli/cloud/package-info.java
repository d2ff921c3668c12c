@NullMarked
package agentpost.cli.cloud;

import org.jspecify.annotations.NullMarked;
