@NullMarked
package agentpost.schemas;

import org.jspecify.annotations.NullMarked;
