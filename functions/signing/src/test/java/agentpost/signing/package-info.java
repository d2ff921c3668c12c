@NullMarked
package agentpost.signing;

import org.jspecify.annotations.NullMarked;
