@NullMarked
package agentpost.agent;

import org.jspecify.annotations.NullMarked;
