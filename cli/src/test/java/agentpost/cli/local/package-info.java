@NullMarked
package agentpost.cli.local;

import org.jspecify.annotations.NullMarked;
