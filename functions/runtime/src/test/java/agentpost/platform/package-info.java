@NullMarked
package agentpost.platform;

import org.jspecify.annotations.NullMarked;
