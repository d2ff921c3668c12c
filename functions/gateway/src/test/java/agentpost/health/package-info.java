@NullMarked
package agentpost.health;

import org.jspecify.annotations.NullMarked;
