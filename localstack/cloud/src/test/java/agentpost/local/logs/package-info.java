@NullMarked
package agentpost.local.logs;

import org.jspecify.annotations.NullMarked;
