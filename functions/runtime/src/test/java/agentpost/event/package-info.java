@NullMarked
package agentpost.event;

import org.jspecify.annotations.NullMarked;
