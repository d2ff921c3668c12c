@NullMarked
package agentpost;

import org.jspecify.annotations.NullMarked;
