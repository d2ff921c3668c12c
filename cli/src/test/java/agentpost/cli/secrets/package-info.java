@NullMarked
package agentpost.cli.secrets;

import org.jspecify.annotations.NullMarked;
