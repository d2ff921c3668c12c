@NullMarked
package agentpost.local.wire;

import org.jspecify.annotations.NullMarked;
