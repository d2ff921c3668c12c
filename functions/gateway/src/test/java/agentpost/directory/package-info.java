@NullMarked
package agentpost.directory;

import org.jspecify.annotations.NullMarked;
