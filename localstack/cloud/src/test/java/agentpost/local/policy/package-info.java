@NullMarked
package agentpost.local.policy;

import org.jspecify.annotations.NullMarked;
