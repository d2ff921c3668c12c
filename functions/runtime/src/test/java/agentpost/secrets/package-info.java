@NullMarked
package agentpost.secrets;

import org.jspecify.annotations.NullMarked;
