@NullMarked
package agentpost.rotation;

import org.jspecify.annotations.NullMarked;
