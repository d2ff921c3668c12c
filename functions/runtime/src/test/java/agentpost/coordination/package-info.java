@NullMarked
package agentpost.coordination;

import org.jspecify.annotations.NullMarked;
