@NullMarked
package agentpost.local.secrets;

import org.jspecify.annotations.NullMarked;
