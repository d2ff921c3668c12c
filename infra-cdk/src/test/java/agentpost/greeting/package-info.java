@NullMarked
package agentpost.greeting;

import org.jspecify.annotations.NullMarked;
