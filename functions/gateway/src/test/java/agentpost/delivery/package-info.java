@NullMarked
package agentpost.delivery;

import org.jspecify.annotations.NullMarked;
