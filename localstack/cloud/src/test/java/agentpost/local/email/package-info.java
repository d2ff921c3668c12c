@NullMarked
package agentpost.local.email;

import org.jspecify.annotations.NullMarked;
