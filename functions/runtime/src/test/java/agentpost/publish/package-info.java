@NullMarked
package agentpost.publish;

import org.jspecify.annotations.NullMarked;
