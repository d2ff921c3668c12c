@NullMarked
package agentpost.address;

import org.jspecify.annotations.NullMarked;
